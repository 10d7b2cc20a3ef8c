"""Why a period ends on its day: every day from day 0 to the last, in stretches, each with why it counts or not."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from typing import NamedTuple, Unpack

from engine.core.calendar import Named, WorkingCalendar, is_day
from engine.core.counting import Exclusion, add_months, taken_out
from engine.core.deadlines import Dates, How, Point, compute
from engine.core.stretch import Kind, Stretch
from engine.core.term import Term

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Reckoning:
    """The dates of a period and the days that lead to them.

    `counted_in` is the unit of the stretches (calendar_day, working_day or hour), None where a day is fixed and nothing
    counted; `counts` is what they sum to. Months are counted as the calendar days that lie before their last day.
    """

    term: Term
    dates: Dates
    stretches: tuple[Stretch, ...]
    counted_in: str | None
    counts: int
    own: int | None
    """The length before it was extended, in the unit of the period; None where nothing extended it."""
    same_day: date | None
    """For months: the last day before anything was excluded or rolled."""
    falls_on: tuple[str, Named | None] | None
    """Why the last day is free, where it is: weekend, or a holiday with its name."""
    half_open: bool
    otherwise: Dates | None
    """What comes out when exclusions are counted the other way; None without exclusions."""
    idle: tuple[Exclusion, ...]
    """Exclusions that lie outside the period, so that nothing was taken out."""

    @property
    def backward(self) -> bool:
        """True where the period is counted back from an event."""
        return self.dates.unit == "working_day_before"


class _Sort(NamedTuple):
    """What is said of one day; days that are alike make one stretch."""

    kind: Kind
    why: str
    units: int = 0
    named: Named | None = None
    exclusions: tuple[Exclusion, ...] = ()
    provisional: bool = False
    lost: int = 0


_ZERO = _Sort("day_zero", "start")
_EVERY_DAY = _Sort("counted", "calendar_day", 1)
_Told = tuple[date, _Sort, bool]
"""A day, its sort, and whether an extension added it."""


def reckon(term: Term, start: Point, calendar: WorkingCalendar, **how: Unpack[How]) -> Reckoning:
    """The dates that `compute` gives with the same arguments, and the days that lead there.

    Stretches follow one another from day 0 to due_effective, backward terms from the event back. Raises DeadlineError.
    Basis: 民事诉讼法第八十五条; 民法典第二百零二条; 行政处罚法第八十五条; 行政强制法第六十九条.
    """
    dates = compute(term, start, calendar, **how)
    exclusions, half_open = how.get("exclusions", ()), how.get("half_open", False)
    other: How = {**how, "half_open": not half_open}
    counted_in, counts, same_day = _counting(dates)
    own = _own(term, dates, how)
    stretches = _stretches(term, dates, calendar, how, counts, own)
    shown = [one for stretch in stretches for one in stretch.exclusions]
    free = is_day(dates.due_raw) and not calendar.is_working(dates.due_raw)
    return Reckoning(
        term=term,
        dates=dates,
        stretches=stretches,
        counted_in=counted_in,
        counts=counts,
        own=own,
        same_day=same_day,
        falls_on=_free(calendar, dates.due_raw) if free else None,
        half_open=half_open,
        otherwise=compute(term, start, calendar, **other) if exclusions else None,
        idle=tuple(one for one in exclusions if one not in shown),
    )


def days_between(calendar: WorkingCalendar, unit: str, after: date, until: date) -> tuple[Stretch, ...]:
    """The days after one day until another, in working days or calendar days, nothing excluded."""
    return _joined((day, _sort_of(calendar, unit, (), day), False) for day in _days(after, until))


def _counting(dates: Dates) -> tuple[str | None, int, date | None]:
    """The unit of the stretches, what they sum to, and the day of the same number for months."""
    if dates.length is None:
        return None, 0, None
    if dates.unit == "month":
        assert is_day(dates.start), "months are counted from a day"
        same_day = add_months(dates.start, dates.length)
        return "calendar_day", (same_day - dates.start).days, same_day
    units = {"immediate": "calendar_day", "working_day_before": "working_day"}
    counts = 0 if dates.unit == "immediate" else dates.length
    return units.get(dates.unit, dates.unit), counts, None


def _own(term: Term, dates: Dates, how: How) -> int | None:
    """The length without what extended it; None where nothing did."""
    if dates.length is None:
        return None
    if term.adds and (how.get("length") is None or term.by_order):
        return term.base_length
    extended = how.get("extended", 0)
    return dates.length - extended if extended else None


def _stretches(
    term: Term, dates: Dates, calendar: WorkingCalendar, how: How, counts: int, own: int | None
) -> tuple[Stretch, ...]:
    start, raw, due = dates.start, dates.due_raw, dates.due_effective
    if not (is_day(start) and is_day(raw) and is_day(due)):
        return (Stretch(start, due, "counted", counts, counts, "hours"),)
    rolled = list(_rolled(calendar, raw, due))
    if dates.length is None:
        return (*_stated(dates, start, raw, how), *_joined(rolled))
    if dates.unit == "working_day_before":
        return _joined(_backward(start, counts, calendar))
    if own is not None and dates.unit == "month":
        own = (add_months(start, own) - start).days
    unit = "working_day" if dates.unit == "working_day" else "calendar_day"
    excluded = _shifted(how.get("exclusions", ()), how.get("half_open", False))

    def sort(day: date) -> _Sort:
        return _sort_of(calendar, unit, excluded, day)

    return _joined([*_forward(start, counts, counts if own is None else own, sort), *rolled])


def _stated(dates: Dates, start: date, due: date, how: How) -> Iterator[Stretch]:
    """A day that is fixed: nothing is counted on the way there."""
    why = "ordered" if how.get("fixed_due") else dates.unit.partition(" ")[0]
    if due > start:
        yield Stretch(start, start, "day_zero", 0, 0, "start")
    yield Stretch(min(start + _DAY, due), due, "stated", 0, 0, why)


def _forward(start: date, counts: int, own: int, sort: Callable[[date], _Sort]) -> Iterator[_Told]:
    """Day 0, and the days after it until so many have counted; what lies after the first `own` was added."""
    yield start, _ZERO, False
    day, total = start, 0
    while total < counts:
        day += _DAY
        told = sort(day)
        yield day, told, total >= own
        total += told.units


def _backward(event: date, counts: int, calendar: WorkingCalendar) -> Iterator[_Told]:
    """The days before the event, last first: so many clear ones, and the working day before them."""
    yield event, _ZERO, False
    day, total = event, 0
    while True:
        day -= _DAY
        told = _sort_of(calendar, "working_day", (), day)
        if told.units and total == counts:
            yield day, told._replace(kind="last_day", units=0), False
            return
        yield day, told, False
        total += told.units


def _rolled(calendar: WorkingCalendar, raw: date, due: date) -> Iterator[_Told]:
    """The days after a last day that is free, until the first working day."""
    for day in _days(raw, due):
        told = _sort_of(calendar, "working_day", (), day)
        yield day, told._replace(kind="rolled", units=0), False


def _days(after: date, until: date) -> Iterator[date]:
    return (after + number * _DAY for number in range(1, (until - after).days + 1))


_Shifted = Sequence[tuple[date, date, Exclusion]]


def _shifted(exclusions: Sequence[Exclusion], half_open: bool) -> _Shifted:
    """First and last day that are not counted, with the exclusion that says so; the same one once."""
    different = [one for place, one in enumerate(exclusions) if one not in exclusions[:place]]
    return [(closed.first, closed.last, one) for one in different for closed in taken_out([one], half_open)]


def _sort_of(calendar: WorkingCalendar, unit: str, excluded: _Shifted, day: date) -> _Sort:
    """What is said of one day of a period that is counted in calendar days or working days."""
    counts = unit != "working_day" or calendar.is_working(day)
    out = tuple(one for first, last, one in excluded if first <= day <= last) if excluded else ()
    if out:
        return _Sort("excluded", "excluded", exclusions=out, lost=int(counts))
    if unit != "working_day":
        return _EVERY_DAY
    unsure = calendar.provisional(day, day)
    if counts:
        why = "worked_instead" if calendar.worked_instead(day) else "working_day"
        return _Sort("counted", why, 1, provisional=unsure)
    why, named = _free(calendar, day)
    return _Sort("not_working", why, named=named, provisional=unsure)


def _free(calendar: WorkingCalendar, day: Point) -> tuple[str, Named | None]:
    """Why nobody works on that day."""
    assert is_day(day), "an hour is never free"
    named = calendar.name_of(day)
    if named is not None:
        return "holiday", named
    return ("weekend", None) if day.weekday() >= 5 else ("day_off", None)


def _joined(days: Iterable[_Told]) -> tuple[Stretch, ...]:
    """Days that are alike and follow one another as one stretch each, with the running total."""
    stretches: list[Stretch] = []
    for (sort, added), alike in groupby(days, key=lambda told: told[1:]):
        listed = [day for day, _, _ in alike]
        total = (stretches[-1].total if stretches else 0) + sort.units * len(listed)
        stretches.append(_stretch(listed, sort, added, total))
    return tuple(stretches)


def _stretch(days: Sequence[date], sort: _Sort, added: bool, total: int) -> Stretch:
    return Stretch(
        first=min(days[0], days[-1]),
        last=max(days[0], days[-1]),
        kind=sort.kind,
        units=sort.units * len(days),
        total=total,
        why=sort.why,
        named=sort.named,
        exclusions=sort.exclusions,
        provisional=sort.provisional,
        lost=sort.lost * len(days),
        added=added,
    )
