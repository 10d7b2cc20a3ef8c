"""The part of a finding's or referral's page that says who has stepped back, with the forms to enter and decide it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.core.recusal import GROUNDS, RECUSED, REFUSED, WITHDRAWN
from engine.core.visibility import DEPARTMENTAL, sees_department
from web.commanding import fresh_key
from web.fields import Choice, Field, Typed
from web.problems import Told, errors_of
from web.records import Folder

REASON_LENGTH = 200


def recusal_part(folder: Folder, problem: Told | None, typed: Typed | None) -> dict[str, Any]:
    """What the page shows of recusals; `typed` is what stood in a refused form, of which `problem` tells."""
    asking, who = folder.asking, folder.asking.who
    subject = "referral" if folder.referral else "finding"
    record = folder.record(subject)
    told = asking.house.recusal_reader.of_record(who, subject, record["id"])
    fields = entry_fields(folder) if sees_department(who) == record["department"] else ()
    errors = errors_of(fields, problem if typed is not None else None)
    return {
        "items": [_item(folder, one) for one in told["items"]],
        "needs_reassign": told["needs_reassign"],
        "fields": fields,
        "typed": typed if typed is not None else Typed(),
        "errors": errors,
        "focus": next((one.input_name for one in fields if errors.get(one.name)), ""),
        "key": (typed.first("idempotency_key") if typed is not None else "") or fresh_key(),
        "path": f"{folder.home}/recusals",
        "blank": Typed(),
        "open": typed is not None,
    }


def entry_fields(folder: Folder) -> tuple[Field, ...]:
    """The inputs of a recusal: who, oneself unless somebody is chosen, on what ground, and why."""
    words, who = folder.asking.words, folder.asking.who
    colleagues = tuple(
        Choice(one["login"], f"{one['name']}　{one['login']}")
        for one in folder.people.by_login.values()
        if one["department"] == who.department
        and not one["disabled"]
        and one["login"].casefold() != who.login.casefold()
        and not DEPARTMENTAL.isdisjoint(one["roles"])
    )
    grounds = tuple(Choice(code, words(f"note_value.ground.{code}")) for code in GROUNDS)
    return (
        Field(
            "person", words("recusal.person"), "code", choices=colleagues, hint=words("recusal.person_hint")
        ),
        Field("ground", words("note_fact.ground"), "code", True, grounds),
        Field("reason", words("note_fact.reason"), "text", True, longest=REASON_LENGTH),
        Field("applicant", words("note_fact.applicant"), "text", longest=REASON_LENGTH),
    )


def decision_fields(folder: Folder, may: Mapping[str, Any]) -> tuple[Field, ...]:
    """The inputs of a decision, with the outcomes that this person may choose."""
    words, allowed = folder.asking.words, may["may"]
    outcomes = ([RECUSED, REFUSED] if "decide" in allowed else []) + (
        [WITHDRAWN] if "withdraw" in allowed else []
    )
    choices = tuple(Choice(code, words(f"note_value.outcome.{code}")) for code in outcomes)
    return (
        Field("outcome", words("note_fact.outcome"), "code", True, choices),
        Field("reason", words("note_fact.reason"), "text", True, longest=REASON_LENGTH),
    )


def _item(folder: Folder, one: Mapping[str, Any]) -> dict[str, Any]:
    words, people = folder.asking.words, folder.people
    return {
        **one,
        "shown_kind": words(f"recusal.{one['kind']}"),
        "shown_state": words(f"recusal.state_{one['state']}"),
        "shown_ground": words(f"note_value.ground.{one['ground']}"),
        "by": people.name(one["entered_by"]),
        "decided_by": people.name(one["decision"]["by"]) if one["decision"] else "",
        "fields": decision_fields(folder, one) if one["may"] else (),
        "key": fresh_key(),
    }
