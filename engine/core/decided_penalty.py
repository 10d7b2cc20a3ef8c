"""What a penalty proceeding has decided, as messages about it say: number, kinds, fine, day, and what undid it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from engine.core.calendar import civil_date
from engine.core.penalty_guards import CHANGED, PENALISED, REVOKED
from engine.core.snapshot import Record, Snapshot

ON_SPOT = ("decide_on_spot_fine", "decide_on_spot_warning")
REMEDIED = ("remedy_revoked", "remedy_changed")
BY_ROW = {"decide_on_spot_fine": "fine", "decide_on_spot_warning": "warning"}
"""The one kind of penalty that a row of the summary procedure imposes; its form does not ask for it."""
LIGHTEST = "warning"
LISTED = frozenset({"listed", "in_force", "removal_requested", "removal_proposed", "withdrawal_due"})
"""States of a serious listing in which the party is on the list."""


@dataclass(frozen=True, slots=True)
class DecidedPenalty:
    """The penalty as it stands after every change."""

    proceeding: str
    doc_no: str | None
    kinds: tuple[str, ...]
    fine_fen: int
    confiscation_fen: int
    decided_on: str | None
    procedure: str
    papers: tuple[str, ...]
    """Kinds of document in which the decision may be written, the likeliest first."""

    def heaviest(self, order: Sequence[str]) -> str:
        """The kind that comes last in the order."""
        return max(self.kinds, key=order.index)


@dataclass(frozen=True, slots=True)
class Undoing:
    """What revoked or changed a decision: the ground as publications say it, the day, and where it is written."""

    ground: str
    decided_on: str
    text: str | None
    doc_no: str | None
    papers: tuple[str, ...]


def penalty_behind(snapshot: Snapshot, flag: Record) -> Record | None:
    """The penalty that the flag rests on: the one whose number it names, else the latest that was decided."""
    penalties = [one for one in snapshot.proceedings.values() if one.chart == "penalty" and _was_decided(one)]
    said = str(flag.facts.get("underlying_act") or "")
    named = [one for one in penalties if one.facts.get("decision_no") and one.facts["decision_no"] in said]
    return max(named or penalties, key=lambda one: (one.last(*PENALISED), one.ordinal), default=None)


def flags_of(snapshot: Snapshot, penalty: Record) -> list[Record]:
    """The flags by which that penalty is made public."""
    return [
        one
        for one in snapshot.proceedings.values()
        if one.chart == "credit_flag"
        and one.facts.get("flag_kind") == "penalty_publicity"
        and penalty_behind(snapshot, one) is penalty
    ]


def decided_penalty(record: Record) -> DecidedPenalty:
    """What was decided, from the facts of the proceeding and the steps that were taken."""
    facts = record.facts
    trigger = _latest(record, (*PENALISED, *CHANGED))
    deciding = _latest(record, PENALISED)
    fine = int(facts.get("fine_fen") or 0)
    changed = trigger in CHANGED
    return DecidedPenalty(
        proceeding=record.id,
        doc_no=facts.get("decision_no"),
        kinds=_kinds(facts, fine, deciding),
        fine_fen=fine,
        confiscation_fen=int(facts.get("confiscation_fen") or 0),
        decided_on=_day_of(record, trigger),
        procedure="summary" if deciding in ON_SPOT else "ordinary",
        papers=(
            *(("own_correction_decision", "reconsideration_decision", "admin_judgment") if changed else ()),
            *(("summary_decision",) if deciding in ON_SPOT else ("penalty_decision",)),
        ),
    )


def undoing(record: Record) -> Undoing | None:
    """The latest step that revoked or changed the decision; None where none did."""
    trigger = _latest(record, (*REVOKED, *CHANGED))
    if trigger is None:
        return None
    facts, by_remedy = record.facts, trigger in REMEDIED
    courts = by_remedy and facts.get("remedy_kind") == "litigation"
    return Undoing(
        ground=_ground(trigger, courts),
        decided_on=str(
            facts.get("decided_on") if by_remedy and facts.get("decided_on") else _acted_on(record, trigger)
        ),
        text=facts.get("remedy_result") if by_remedy else facts.get("reason"),
        doc_no=None if by_remedy else facts.get("decision_no"),
        papers=(
            ("own_correction_decision",)
            if not by_remedy
            else ("admin_judgment",)
            if courts
            else ("reconsideration_decision",)
        ),
    )


def on_serious_list(records: Iterable[Record]) -> bool:
    """True when a flag among these keeps the party on the serious list."""
    return any(
        one.chart == "credit_flag" and one.facts.get("flag_kind") == "serious_list" and one.state in LISTED
        for one in records
    )


def _was_decided(record: Record) -> bool:
    return record.last(*PENALISED) >= 0 or (record.carried and bool(record.facts.get("decision_no")))


def _latest(record: Record, triggers: Sequence[str]) -> str | None:
    taken = [name for name in triggers if name in record.acts]
    return max(taken, key=lambda name: record.acts[name].sequence) if taken else None


def _kinds(facts: Mapping[str, Any], fine_fen: int, deciding: str | None) -> tuple[str, ...]:
    """The kinds that the decision states; a fine is one of them wherever there is a sum."""
    stated = [BY_ROW[deciding]] if deciding in BY_ROW else [*facts.get("penalty_kinds", ())]
    if fine_fen > 0 and "fine" not in stated:
        stated.append("fine")
    # An old record that states neither kind nor sum: no more is said of the party than the lightest kind.
    return tuple(stated) or (LIGHTEST,)


def _day_of(record: Record, trigger: str | None) -> str | None:
    if trigger is None:
        return record.facts.get("decided_on")
    remedied_since = record.last("remedy_upheld", *REMEDIED) > record.acts[trigger].sequence
    if trigger == "remedy_changed" or (trigger in ON_SPOT and not remedied_since):
        return record.facts.get("decided_on") or _acted_on(record, trigger)
    return _acted_on(record, trigger)


def _acted_on(record: Record, trigger: str) -> str:
    return civil_date(record.acts[trigger].occurred_at).isoformat()


def _ground(trigger: str, courts: bool) -> str:
    if trigger in REMEDIED:
        return "court_annulled" if courts else "reconsideration_annulled"
    return "changed" if trigger in CHANGED else "revoked"
