"""How much of a running period is left, told in the unit in which it is counted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from engine.core.calendar import WorkingCalendar, civil_date, is_day
from engine.core.deadlines import begins
from engine.core.reckoning import Reckoning, days_between
from engine.core.stretch import Stretch, part

_DAY = timedelta(days=1)
_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Left:
    """How many units still count, today not among them; when `over`, how many have passed since the last day.

    `stretches` are the days after today until the last one; when over, those after the last one until today. Hours
    are whole hours and have no stretches.
    """

    unit: str
    count: int
    over: bool
    stretches: tuple[Stretch, ...]


def left(reckoning: Reckoning, now: datetime, calendar: WorkingCalendar) -> Left:
    """What is left of a period at an aware instant."""
    due, unit = reckoning.dates.due_effective, reckoning.counted_in or "calendar_day"
    if not is_day(due):
        to_go = begins(due) - now
        return Left(unit, int(abs(to_go) / _HOUR), to_go < timedelta(0), ())
    today = civil_date(now)
    if today > due:
        stretches = days_between(calendar, unit, due, today)
    elif reckoning.counted_in is None or reckoning.backward:
        stretches = days_between(calendar, unit, today, due)
    else:
        stretches = _from(reckoning.stretches, today + _DAY)
    return Left(unit, sum(one.units for one in stretches), today > due, stretches)


def _from(stretches: tuple[Stretch, ...], day: date) -> tuple[Stretch, ...]:
    """What lies on and after that day, with totals of its own."""
    kept: list[Stretch] = []
    for one in stretches:
        if is_day(one.first) and is_day(one.last) and one.last >= day:
            kept.append(part(one, max(one.first, day), one.last, kept[-1].total if kept else 0))
    return tuple(kept)
