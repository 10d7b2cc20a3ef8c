"""Deadlines counted anew when the working days have changed: the same period, by the calendar that stands now."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from engine.core.calendar import WorkingCalendar
from engine.core.deadlines import Dates, compute
from engine.core.lawbook import Lawbook
from engine.core.running import LIVE, Moment
from engine.core.snapshot import Deadline, Snapshot
from engine.core.standing_still import day_of, ends

Ground = Callable[[Dates], str | None]
"""Why dates may be others now, in words; None where no day that they were counted over has changed."""


@dataclass(frozen=True, slots=True)
class Recounted:
    """A deadline that has other dates, or final ones, and what it had before."""

    deadline: Deadline
    former: Dates

    @property
    def moved(self) -> bool:
        """True when it is due on another day; False where its light changes on another day, or it is final now."""
        return self.deadline.dates.due_effective != self.former.due_effective


def recount_live(law: Lawbook, snapshot: Snapshot, moment: Moment, ground: Ground) -> list[Recounted]:
    """Every live deadline of the snapshot has the dates of the present calendar; those that changed are told.

    Each of these has it in its history, from the former day to the new one. What has ended stays as it was.
    Raises DeadlineError where the calendar ends.
    """
    changed = []
    for deadline in snapshot.deadlines:
        former, reason = deadline.dates, ground(deadline.dates)
        if reason is None or not differs(law, deadline):
            continue
        ends(deadline, counted(law, deadline, law.calendar), moment)
        span = {"from": former.due_effective.isoformat(), "to": deadline.dates.due_effective.isoformat()}
        deadline.history.append(moment.told("recomputed", deadline, **span, reason=reason))
        changed.append(Recounted(deadline, former))
    return changed


def differs(law: Lawbook, deadline: Deadline) -> bool:
    """True when the deadline is live and its dates are not those that the calendar gives; raises DeadlineError."""
    live = deadline.state in LIVE and deadline.dates.unit != "hour"
    return live and counted(law, deadline, law.calendar) != deadline.dates


def counted(law: Lawbook, deadline: Deadline, calendar: WorkingCalendar) -> Dates:
    """The dates of the deadline by that calendar.

    The period is as long as it was counted before: what an office sets for new ones changes none that runs.
    """
    term, stated = law.terms[deadline.term], deadline.fixed_due is not None
    by_order = term.adds and term.by_order  # the order says what is added, and the term to what
    return compute(
        term,
        deadline.start,
        calendar,
        length=None if stated else deadline.length if by_order else deadline.dates.length,
        unit=None if stated or deadline.dates.length is None else deadline.dates.unit,
        exclusions=() if stated else deadline.exclusions,
        extended=deadline.extended if by_order and not stated else 0,
        severe_after=law.severe_after,
        fixed_due=deadline.fixed_due,
        half_open=law.half_open,
    )


def touches(dates: Dates, first: date, last: date) -> bool:
    """True when a day from `first` to `last` is one that these dates were counted over."""
    begins = min(day_of(dates.start), day_of(dates.due_raw), day_of(dates.yellow_on))
    return begins <= last and day_of(dates.severe_on) >= first
