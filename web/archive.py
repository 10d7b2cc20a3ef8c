"""The part of a finding's page on legal holds and erasure, with the forms that this person may send."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from engine.core.commands import ArchiveCommand
from web.commanding import fresh_key
from web.fields import Choice, Field, Typed
from web.problems import Told, errors_of
from web.records import Folder
from web.wording import Words

LENGTH = 200
ASKED = {"hold": "on", "release": "outcome", "decide": "outcome"}
"""The choice of each form beside its reason; an erasure asks for the law."""


@dataclass(frozen=True, slots=True)
class Sent:
    """A form that was refused, as it was typed."""

    path: str
    typed: Typed


def page_path(asked: ArchiveCommand) -> str:
    """Where the form of that act is sent."""
    within = {
        "hold": "holds",
        "release": "holds/{}/release",
        "erase": "erasures",
        "decide": "erasures/{}/decision",
    }
    return f"/findings/{asked.finding}/{within[asked.act].format(asked.of)}"


def archive_part(folder: Folder, problem: Told | None, sent: Sent | None) -> dict[str, Any]:
    """What the page shows; `sent` is a refused form, of which `problem` tells."""
    asking, id = folder.asking, folder.finding["id"]
    reader, words = asking.house.archive.reader, asking.words
    held, erasures = reader.holds(asking.who, id), reader.erasures(asking.who, id)

    def form(act: str, of: str | None, may: Sequence[str]) -> dict[str, Any] | None:
        if not may:
            return None
        path = page_path(ArchiveCommand(id, act, of, {}))
        mine = sent is not None and sent.path == path
        fields = fields_of(words, act, may)
        typed = sent.typed if mine and sent is not None else Typed()
        errors = errors_of(fields, problem if mine else None)
        focus = next((one.input_name for one in fields if errors.get(one.name)), "")
        key = typed.first("idempotency_key") or fresh_key()
        return {
            **{"path": path, "fields": fields, "typed": typed, "errors": errors, "focus": focus, "key": key},
            "place": f"archive-{act}-{of or 'new'}",
            "open": mine,
        }

    return {
        "holds": [
            _hold(folder, one) | {"form": form("release", one["id"], one["may"])} for one in held["items"]
        ],
        "hold_form": form("hold", None, ("finding", "party") if held["may"] else ()),
        "erasures": [
            _erasure(folder, one) | {"form": form("decide", one["id"], one["may"])}
            for one in erasures["items"]
        ],
        "erasure_form": form("erase", None, ("erase",) if erasures["may"] else ()),
    }


def fields_of(words: Words, act: str, may: Sequence[str]) -> tuple[Field, ...]:
    """The inputs of a form; `may` are the choices that the person has."""
    reason = Field("reason", words("note_fact.reason"), "text", True, longest=LENGTH)
    if act == "erase":
        return (Field("basis", words("archive.basis"), "text", True, longest=LENGTH), reason)
    said = {"hold": "note_value.held", "release": "archive.release", "decide": "archive.decide"}[act]
    mark = "." if act == "hold" else "_"
    choices = tuple(Choice(code, words(f"{said}{mark}{code}")) for code in may)
    label = words("archive.scope" if act == "hold" else "archive.outcome")
    return (Field(ASKED[act], label, "code", True, choices), reason)


def _hold(folder: Folder, one: Mapping[str, Any]) -> dict[str, Any]:
    words, people = folder.asking.words, folder.people
    return {
        **one,
        "shown_state": words(f"archive.state_{one['state']}"),
        "shown_scope": words(f"note_value.held.{one['on']}"),
        "by": people.name(one["put_by"]) if one["put_by"] else words("archive.by_others"),
        "last_by": people.name(one["last"]["by"]) if one["last"] else "",
    }


def _erasure(folder: Folder, one: Mapping[str, Any]) -> dict[str, Any]:
    words, people = folder.asking.words, folder.people
    return {
        **one,
        "shown_state": words(f"archive.erasure_{one['state']}"),
        "by": people.name(one["proposed_by"]),
        "decided_by": people.name(one["decision"]["by"]) if one["decision"] else "",
    }
