"""Why a period ends on its day: every day from day 0 to the last, in stretches, each with why it counts or not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
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
    percent: int | None = None
    """Per cent a day, where the period is as long as these take to reach the whole."""

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


_ZERO = _Sort("day_zero", "start")
_EVERY_DAY = _Sort("counted", "calendar_day", 1)


class _Run(NamedTuple):
    """Days of one sort; how many of them would have counted were they not excluded."""

    first: date
    last: date
    sort: _Sort
    added: bool = False
    lost: int = 0


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
        percent=term.percent_per_day(how.get("length"), how.get("unit")),
    )


def calendar_days(
    start: date, counts: int, exclusions: Sequence[Exclusion] = (), *, half_open: bool = False
) -> tuple[Stretch, ...]:
    """Day 0, and the calendar days after it until so many have counted that no exclusion takes out.

    Raises DeadlineError for an exclusion that ends before it begins, OverflowError where the calendar ends.
    """
    return _joined(_forward(start, counts, counts, _Days(None, _shifted(exclusions, half_open))))


def days_between(calendar: WorkingCalendar, unit: str, after: date, until: date) -> tuple[Stretch, ...]:
    """The days after one day until another, in working days or calendar days, nothing excluded."""
    days = _Days(calendar if unit == "working_day" else None, ())
    return _joined(days.run(day) for day in _each(after, until))


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
    excluded = _shifted(how.get("exclusions", ()), how.get("half_open", False))
    days = _Days(calendar if dates.unit == "working_day" else None, excluded)
    return _joined([*_forward(start, counts, counts if own is None else own, days), *rolled])


def _stated(dates: Dates, start: date, due: date, how: How) -> Iterator[Stretch]:
    """A day that is fixed: nothing is counted on the way there."""
    why = "ordered" if how.get("fixed_due") else dates.unit.partition(" ")[0]
    if due > start:
        yield Stretch(start, start, "day_zero", 0, 0, "start")
    yield Stretch(min(start + _DAY, due), due, "stated", 0, 0, why)


def _forward(start: date, counts: int, own: int, days: _Days) -> Iterator[_Run]:
    """Day 0, and the days after it until so many have counted; what lies after the first `own` was added."""
    yield _Run(start, start, _ZERO)
    day, total = start + _DAY, 0
    while total < counts:
        run = days.run(day, (own if total < own else counts) - total)
        yield run._replace(added=total >= own)
        total += run.sort.units * _length(run.first, run.last)
        day = run.last + _DAY


def _backward(event: date, counts: int, calendar: WorkingCalendar) -> Iterator[_Run]:
    """The days before the event, last first: so many clear ones, and the working day before them."""
    yield _Run(event, event, _ZERO)
    days, day, total = _Days(calendar, ()), event - _DAY, 0
    while not (calendar.is_working(day) and total == counts):
        run = days.run(day)
        yield run
        total += run.sort.units
        day -= _DAY
    yield _Run(day, day, days.run(day).sort._replace(kind="last_day", units=0))


def _rolled(calendar: WorkingCalendar, raw: date, due: date) -> Iterator[_Run]:
    """The days after a last day that is free, until the first working day."""
    days = _Days(calendar, ())
    for day in _each(raw, due):
        yield _Run(day, day, days.run(day).sort._replace(kind="rolled", units=0))


def _each(after: date, until: date) -> Iterator[date]:
    return (after + number * _DAY for number in range(1, _length(after, until)))


def _length(first: date, last: date) -> int:
    return (last - first).days + 1


_Shifted = Sequence[tuple[date, date, Exclusion]]


def _shifted(exclusions: Sequence[Exclusion], half_open: bool) -> _Shifted:
    """First and last day that are not counted, with the exclusion that says so; the same one once."""
    different = [one for place, one in enumerate(exclusions) if one not in exclusions[:place]]
    return [(closed.first, closed.last, one) for one in different for closed in taken_out([one], half_open)]


@dataclass(frozen=True, slots=True)
class _Days:
    """Tells the days of a period apart, which is counted in working days of a calendar, else in calendar days."""

    working: WorkingCalendar | None
    excluded: _Shifted

    def run(self, day: date, most: int = 1) -> _Run:
        """The day, with those after it that are certainly alike; no more than so many that count."""
        out = tuple(one for first, last, one in self.excluded if first <= day <= last)
        if self.working is not None:
            counts = self.working.is_working(day)
            sort = (
                _Sort("excluded", "excluded", exclusions=out)
                if out
                else _working_sort(self.working, day, counts)
            )
            return _Run(day, day, sort, lost=int(counts and bool(out)))
        edges = [edge for first, last, _ in self.excluded for edge in (first, last + _DAY) if edge > day]
        ends = [edge - _DAY for edge in edges] + ([] if out else [day + (most - 1) * _DAY])
        last_day = min(ends)
        if out:
            sort = _Sort("excluded", "excluded", exclusions=out)
            return _Run(day, last_day, sort, lost=_length(day, last_day))
        return _Run(day, last_day, _EVERY_DAY)


def _working_sort(calendar: WorkingCalendar, day: date, counts: bool) -> _Sort:
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


def _joined(runs: Iterable[_Run]) -> tuple[Stretch, ...]:
    """Days that are alike and follow one another as one stretch each, with the running total."""
    stretches: list[Stretch] = []
    for (sort, added), alike in groupby(runs, key=lambda run: (run.sort, run.added)):
        listed = list(alike)
        first, last = min(listed[0].first, listed[-1].first), max(listed[0].last, listed[-1].last)
        units = sort.units * _length(first, last)
        stretches.append(
            Stretch(
                first=first,
                last=last,
                kind=sort.kind,
                units=units,
                total=(stretches[-1].total if stretches else 0) + units,
                why=sort.why,
                named=sort.named,
                exclusions=sort.exclusions,
                provisional=sort.provisional,
                lost=sum(run.lost for run in listed),
                added=added,
            )
        )
    return tuple(stretches)
