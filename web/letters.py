"""Messages that wait for a person: each with the forms that send it again or enter how it went on paper."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from api.calls import an_id
from engine.core.paper_form import HOW, NOTE_LENGTH
from engine.core.refusals import Refusal
from engine.message_acts import OPEN
from web.asking import Asking
from web.commanding import fresh_key, on_paper, resend
from web.fields import ABSENT, Choice, Field, Typed, read_field
from web.problems import Told, told

RESEND, PAPER = "resend", "paper"


@dataclass(frozen=True, slots=True)
class RefusedLetter:
    """The message whose form was refused, why, and what stood in it."""

    id: str
    problem: Told
    typed: Typed = field(default_factory=Typed)


def act_on(asking: Asking, typed: Typed, id: str, act: str) -> RefusedLetter | None:
    """The message was sent again, or its delivery on paper entered; else what was refused. Raises `not_found`."""
    key = typed.first("idempotency_key")
    try:
        if act == RESEND:
            resend(asking, an_id(id), key)
        else:
            read = {one.name: read_field(one, typed) for one in paper_fields(asking)}
            body = {name: value for name, value in read.items() if value is not ABSENT}
            on_paper(asking, an_id(id), body, key)
    except Refusal as refusal:
        if refusal.code == "not_found":
            raise
        return RefusedLetter(id, told(refusal, asking.words), typed if act == PAPER else Typed())
    return None


def letters(
    rows: Sequence[Mapping[str, Any]],
    path: Callable[[str, str], str],
    refused: RefusedLetter | None,
    *,
    acts: bool,
) -> list[dict[str, Any]]:
    """The messages as `parts/letters.html` shows them; `path` gives where the form of an act on a message goes."""
    return [_letter(row, path, refused, acts) for row in rows]


def _letter(
    row: Mapping[str, Any], path: Callable[[str, str], str], refused: RefusedLetter | None, acts: bool
) -> dict[str, Any]:
    mine = refused is not None and refused.id == row["id"]
    entered = row["state"] == PAPER and (row["system_id"] or row["delivered_at"])
    open_to = acts and (row["state"] in OPEN or (row["state"] == PAPER and not entered))
    return {
        **row,
        "open": mine,
        "resend": path(row["id"], RESEND) if open_to and row["system_id"] else "",
        "paper": path(row["id"], PAPER) if open_to else "",
        "typed": refused.typed if refused and mine else Typed(),
        "errors": refused.problem.errors if refused and mine else {},
        "key": fresh_key(),
    }


def paper_fields(asking: Asking) -> tuple[Field, ...]:
    """The inputs of a delivery on paper."""
    words = asking.words
    ways = tuple(Choice(code, words(f"exchange.how_{code}")) for code in HOW)
    return (
        Field("how", words("exchange.how"), "code", True, ways),
        Field("delivered_on", words("exchange.delivered_on"), "date", True),
        Field("note", words("exchange.note"), "text", longest=NOTE_LENGTH),
    )
