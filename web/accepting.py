"""An inbound matter is accepted where its inspection is recorded: the intake form, with what the matter says in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from engine.core.commands import Outcome
from engine.core.incoming import ACCEPT
from engine.core.refusals import Refusal
from web.asking import Asking
from web.commanding import act_on_incoming
from web.fields import Typed
from web.intake_form import FINDINGS

NAMED, CLUE = "incoming", "clue"
WITHIN = "/facts/inspection"
CARRIED = {
    "party.name": "party_name",
    "party.address": "party_address",
    f"{FINDINGS}.0.item": "title",
    f"{FINDINGS}.0.facts_summary": "facts_summary",
    f"{FINDINGS}.0.evidence_list": "evidence_list",
}
"""Input of the intake form ← member of the matter."""


def matter_to_accept(asking: Asking, id: str) -> dict[str, Any] | None:
    """The matter that the form is to accept; None where it names none. Raises `not_found` for a hidden one."""
    if not id:
        return None
    reader = asking.house.incoming.reader
    row = reader.matter(asking.who, id)
    return {**row, "needs_clue": reader.book.kinds[row["kind"]].needs_clue}


def carried(typed: Typed, matter: Mapping[str, Any]) -> Typed:
    """The fresh form with what the matter says; its place and uniform code are for the inspector to confirm."""
    content = matter["content"]
    for name, member in CARRIED.items():
        if content.get(member):
            typed[name] = [str(content[member])]
    if content.get("party_uscc"):
        typed["party.identifiers.0.scheme"] = ["uscc"]
        typed["party.identifiers.0.value"] = [str(content["party_uscc"])]
    return typed


def accept_matter(asking: Asking, id: str, inspection: Mapping[str, Any], typed: Typed, key: str) -> Outcome:
    """The matter was accepted with that inspection; the outcome names the inspection. Raises Refusal, in words of its form."""
    clue = typed.first(CLUE).strip()
    facts = {"inspection": dict(inspection)} | ({CLUE: clue} if clue else {})
    try:
        outcome = act_on_incoming(asking, id, {"act": ACCEPT, "facts": facts}, key)
    except Refusal as refusal:
        raise _of_the_form(refusal) from refusal
    finding = asking.house.incoming.reader.matter(asking.who, id)["finding"]
    inspection_id = asking.house.reader.finding(asking.who, finding)["inspection"]
    return replace(
        outcome, id=inspection_id, status="unchanged" if outcome.decision["replayed"] else "created"
    )


def _of_the_form(refusal: Refusal) -> Refusal:
    """The refusal with pointers into the inspection alone."""
    errors = [replace(one, pointer=one.pointer.removeprefix(WITHIN)) for one in refusal.errors]
    return Refusal(
        refusal.code, errors=errors, reasons=refusal.reasons, detail=refusal.detail, **refusal.carries
    )
