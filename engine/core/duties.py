"""Reporting duties of the member departments: for which periods, due when, reminded when, and how each stands."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from engine.core.calendar import FIRST_YEAR, LAST_YEAR, WorkingCalendar
from engine.core.deadlines import Dates, compute, overdue
from engine.core.term import Term

ReportsOn = Literal["previous_month", "first_half", "year"]
REPORTS_ON: tuple[ReportsOn, ...] = ("previous_month", "first_half", "year")
"""What a report tells of: the month before the one in which it is due, the first half of the year, the year."""
DUE, LATE, DONE, DONE_LATE = "due", "late", "done", "done_late"
STATES = (DUE, LATE, DONE, DONE_LATE)
"""How a duty stands: not handed in and not overdue; not handed in and overdue; handed in; of those, too late."""
MONTH_OF_YEAR = re.compile(r"([0-9]{4})-(0[1-9]|1[0-2])", re.ASCII)
DECEMBER = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Duty:
    """A report that each member department owes; `first_month` is that of the year's first monthly one, else None.

    `basis` is the text that asks for it, `mark` how far it was verified.
    """

    id: str
    zh: str
    en: str
    term: str
    reports_on: ReportsOn
    first_month: int | None
    basis: str
    mark: str


@dataclass(frozen=True, slots=True)
class DutyPeriod:
    """One report that is owed; `key` names what it reports on: 2024-04, 2024-H1 or 2024."""

    duty: Duty
    key: str
    dates: Dates
    remind_on: date

    @property
    def due_on(self) -> date:
        """The last day on which it is in time."""
        due = self.dates.due_effective
        assert not isinstance(due, datetime), "reports are due on a day"
        return due

    @property
    def begins_on(self) -> date:
        """The first day on which it can be handed in."""
        start = self.dates.start
        assert not isinstance(start, datetime), "reports are due on a day"
        return start

    def overdue(self, at: datetime) -> bool:
        """True when the due day has passed at that instant."""
        return overdue(self.dates, at)


def periods(
    duty: Duty, term: Term, year: int, calendar: WorkingCalendar, severe_after: int, since: date
) -> tuple[DutyPeriod, ...]:
    """The reports of that duty that are due in the year, none due before `since`, in the order they are due.

    Due dates are those of the term: counted from the first day of the month in which a monthly report is due, of
    others from the first day of the year; never moved to a working day, since the limit is internal. The reminder is on
    the last working day before the due day, which is never that day itself: whether 前 includes the day is disputed.
    """
    owed = []
    for key, start in _starts(duty, year):
        dates = compute(term, start, calendar, severe_after=severe_after)
        due = dates.due_effective
        assert not isinstance(due, datetime), "reports are due on a day"
        if due >= since:
            owed.append(DutyPeriod(duty, key, dates, calendar.add(due, -1)))
    return tuple(owed)


def due_year(duty: Duty, key: str) -> int | None:
    """The year in which the report on that period is due; None for what names none of the duty's periods."""
    if duty.reports_on == "previous_month":
        found = MONTH_OF_YEAR.fullmatch(key)
        if found is None:
            return None
        year = int(found[1]) + (int(found[2]) == DECEMBER)
    else:
        named, half = key[:4], key[4:]
        if not (named.isascii() and named.isdecimal() and len(named) == len("2024")):
            return None
        if half != ("-H1" if duty.reports_on == "first_half" else ""):
            return None
        year = int(named)
    return year if FIRST_YEAR < year < LAST_YEAR else None


def _starts(duty: Duty, year: int) -> list[tuple[str, date]]:
    """The key of each period and the day from which its term counts."""
    if duty.reports_on == "previous_month":
        return [
            (_month_before(year, month), date(year, month, 1)) for month in range(duty.first_month or 1, 13)
        ]
    key = f"{year:04d}-H1" if duty.reports_on == "first_half" else f"{year:04d}"
    return [(key, date(year, 1, 1))]


def _month_before(year: int, month: int) -> str:
    return f"{year:04d}-{month - 1:02d}" if month > 1 else f"{year - 1:04d}-{DECEMBER}"
