"""Deadlines of a record: how steps open, settle, extend and cancel them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from engine.core.calendar import civil_date
from engine.core.deadlines import DeadlineError, compute, overdue
from engine.core.lawbook import Lawbook
from engine.core.refusals import FieldError, Refusal
from engine.core.snapshot import Deadline, Record, Snapshot

LIVE = ("running", "suspended")
CARRIED_CORRECTION = (15, "calendar_day")
"""For an old order whose period nobody knows; DOMAIN DL10 names it as the practice, so it shows as internal."""


@dataclass(frozen=True, slots=True)
class Moment:
    """When a step happened and when it was entered; `sequence` is its entry."""

    occurred_at: datetime
    recorded_at: datetime
    sequence: int

    def told(self, what: str, deadline: Deadline, **more: Any) -> dict[str, Any]:
        """A history item of the contract's deadline schema."""
        return {
            "what": what,
            "occurred_at": self.occurred_at.isoformat(),
            "recorded_at": self.recorded_at.isoformat(),
            "sequence": self.sequence,
            "due_effective": deadline.dates.due_effective.isoformat(),
            **more,
        }


def running(
    snapshot: Snapshot, proceeding: str | None, terms: tuple[str, ...] | None = None
) -> list[Deadline]:
    """The deadlines of one record that are not over, of the given terms or of all; some may stand still."""
    return [
        deadline
        for deadline in snapshot.deadlines
        if deadline.state in LIVE
        and deadline.proceeding == proceeding
        and (terms is None or deadline.term in terms)
    ]


def open_term(
    law: Lawbook,
    snapshot: Snapshot,
    record: Record,
    term_id: str,
    start: date | datetime,
    moment: Moment,
    new_id: Callable[[], str],
    facts: Mapping[str, Any],
) -> None:
    """The term runs from `start` on this record; one of the same term that still ran is cancelled by it.

    A term set by order starts only where the order set it: without a length or a date it does not run.
    """
    term = law.terms[term_id]
    length, unit, fixed_due = (
        _set_by_order(term_id, record.facts if term_id in _STATED_BEFORE else facts)
        if term.unit == "set_by_order"
        else (None, None, None)
    )
    if term.unit == "set_by_order" and length is None and fixed_due is None:
        if not (record.carried and term_id == "DL10"):
            return
        length, unit = CARRIED_CORRECTION
    if term.unit != "hour":
        start = start if not isinstance(start, datetime) else civil_date(start)
    elif not isinstance(start, datetime):
        start = (
            moment.occurred_at
        )  # of an act of which only the day is known, hours run from its instant on record
    proceeding = None if record is snapshot.main else record.id
    for former in running(snapshot, proceeding, (term_id,)):
        close(former, "cancelled", moment, reason="重新起算 · started anew")
    added_to = [name for name in (term.of, term.follows) if name] if term.adds else []
    base = next((one for name in added_to for one in running(snapshot, proceeding, (name,))), None)
    start = base.start if base else start
    try:
        dates = compute(
            term,
            start,
            law.calendar,
            length=length,
            unit=unit,
            fixed_due=fixed_due,
            exclusions=base.exclusions if base else (),
            severe_after=law.severe_after,
            half_open=law.half_open,
        )
    except DeadlineError as error:
        pointer = f"/facts/{_STATED_BY.get(term_id, 'period_length')}"
        raise Refusal("facts_invalid", errors=[FieldError(pointer, "range", error.zh, error.en)]) from error
    nature = "internal" if record.carried else term.nature
    deadline = Deadline(
        new_id(), term_id, proceeding, start, dates, nature, length=length, unit=unit, fixed_due=fixed_due
    )
    deadline.counted = not record.carried
    deadline.exclusions = list(base.exclusions) if base else []
    deadline.fresh = deadline.touched = True
    deadline.history.append(moment.told("opened", deadline))
    snapshot.deadlines.append(deadline)


_STATED_BEFORE = ("DL10", "DL48.ban")
"""Terms whose order may stand in an earlier step on the record: a correction ordered, a ban decided with its end."""
_STATED_BY = {
    "DL01.review": "review_date",
    "DL18": "due_on",
    "DL30.instalment": "due_on",
    "DL48.ban": "end_date",
}
"""The fact in which an order states the date itself."""


def _set_by_order(term_id: str, facts: Mapping[str, Any]) -> tuple[int | None, str | None, date | None]:
    """Length, unit or date as the order states it."""
    if term_id == "DL10":
        if facts.get("new_due_on") and not facts.get("deadline_type"):  # a carried-over order states its date
            return None, None, date.fromisoformat(facts["new_due_on"])
        if facts.get("deadline_type") == "immediate":
            return 0, "calendar_day", None
        return facts.get("period_length"), facts.get("period_unit"), None
    if term_id == "DL28.collective":  # the discussion fixes what is added, in the unit of the period itself
        return facts.get("period_length"), None, None
    named = _STATED_BY[term_id]
    return None, None, date.fromisoformat(facts[named]) if facts.get(named) else None


def settle(
    snapshot: Snapshot, proceeding: str | None, terms: tuple[str, ...], moment: Moment, lapsed: bool
) -> None:
    """The running deadlines of these terms are met, met late, or (taken by the clock after expiry) lapsed."""
    for deadline in running(snapshot, proceeding, terms):
        late = overdue(deadline.dates, moment.occurred_at)
        state = "lapsed" if lapsed and late else "met_late" if late else "met"
        close(deadline, state, moment)


def close(deadline: Deadline, state: str, moment: Moment, reason: str | None = None) -> None:
    """The deadline runs no more; its history says how and when."""
    deadline.state = state
    deadline.touched = True
    if state in ("met", "met_late", "lapsed"):
        deadline.settled_at = moment.occurred_at
    what = {"met": "settled", "met_late": "settled"}.get(state, state)
    more = {"reason": reason} if reason else {}
    deadline.history.append(moment.told(what, deadline, **more))
