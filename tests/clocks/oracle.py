"""Periods counted with a finger on the wall calendar, as DOMAIN §6 has it, beside what the house counts.

Nothing here is taken from the code it judges: working days are those of `chinese_calendar`, one day is walked at a time.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from random import Random

import chinese_calendar

from engine.core.calendar import WorkingCalendar, is_day
from engine.core.counting import Exclusion
from engine.core.days_left import left
from engine.core.deadlines import How
from engine.core.reckoning import Reckoning, reckon
from engine.core.term import Term
from rules.calendars import load_calendar
from rules.terms import load_terms

FIRST, LAST = date(2020, 1, 1), date(2026, 12, 31)
DAY = timedelta(days=1)
UNITS = ("working_day", "calendar_day", "month")
LEFT_OUT = "left out"
"""Under which name cases are counted that leave the years which are known."""


@dataclass(frozen=True, slots=True)
class Case:
    """What is asked: one period with everything that may happen to it."""

    term: Term
    start: date | datetime
    unit: str
    whole: int
    how: How


@dataclass(frozen=True, slots=True)
class Walked:
    """What the walk found: the last day, where it rolls to, and the days that were counted on the way."""

    raw: date | datetime
    rolled: date | datetime
    effective: date | datetime
    counted: tuple[date, ...]


@cache
def works(day: date) -> bool:
    """True when offices work; raises NotImplementedError outside the years that are known."""
    return bool(chinese_calendar.is_workday(day))


@cache
def known_days() -> WorkingCalendar:
    """The calendar of the house over every year that `chinese_calendar` is asked for here."""
    days = [FIRST + number * DAY for number in range((LAST - FIRST).days + 1)]
    return WorkingCalendar(
        [day for day in days if day.weekday() < 5 and not works(day)],
        [day for day in days if day.weekday() >= 5 and works(day)],
        range(FIRST.year, LAST.year + 1),
    )


def walk(case: Case) -> Walked:
    """The period walked day by day."""
    roll = case.term.roll
    if isinstance(case.start, datetime):
        due = (case.start.astimezone(UTC) + timedelta(hours=case.whole)).astimezone(case.start.tzinfo)
        return Walked(due, due, due, ())
    if case.unit == "working_day_before":
        return _walk_back(case.start, case.whole)
    out = _excluded(case.how.get("exclusions", ()), case.how.get("half_open", False))
    to_count = _days_of_months(case.start, case.whole) if case.unit == "month" else case.whole
    day, counted = case.start, []
    while len(counted) < to_count:
        day += DAY
        if day not in out and (case.unit != "working_day" or works(day)):
            counted.append(day)
    rolled = day
    while not works(rolled):
        rolled += DAY
    return Walked(day, rolled, rolled if roll else day, tuple(counted))


def _walk_back(event: date, clear: int) -> Walked:
    """So many whole working days lie between the last day and the event."""
    day, counted = event - DAY, []
    while len(counted) < clear:
        if works(day):
            counted.append(day)
        day -= DAY
    while not works(day):
        day -= DAY
    return Walked(day, day, day, tuple(reversed(counted)))


def _excluded(exclusions: Sequence[Exclusion], half_open: bool) -> set[date]:
    days = set()
    for one in exclusions:
        day = one.first
        while day < one.last or (day == one.last and not half_open):
            days.add(day)
            day += DAY
    return days


def _days_of_months(start: date, months: int) -> int:
    """How many days lie before the day of the same number, else the last of its month."""
    year, month = start.year, start.month
    for _ in range(months):
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)
    number = start.day
    while True:
        try:
            return (date(year, month, number) - start).days
        except ValueError:
            number -= 1


def draw(chance: Random, terms: Sequence[Term]) -> Case:
    """A period at random: its own length or one by order, excluded and extended, from a day of those years."""
    start = FIRST + chance.randrange((LAST - FIRST).days - 40) * DAY
    term = chance.choice(terms)
    if term.unit == "hour":
        hours = chance.choice((term.value or 0, chance.randrange(200)))
        instant = datetime(start.year, start.month, start.day, chance.randrange(24), 7, 11, tzinfo=UTC)
        return Case(term, instant, "hour", hours, How(length=hours))
    if term.unit in ("working_day_before", "immediate"):
        return Case(term, start, term.unit, term.value or 0, How())
    how, unit, whole = How(), term.unit, (term.value or 0) + term.base_length
    if term.by_order and not term.adds:
        unit = chance.choice(UNITS)
        whole = chance.randrange(24 if unit == "month" else 130)
        how["unit"], how["length"] = unit, whole
    elif term.by_order:
        unit, how["length"] = term.base_unit or "", chance.randrange(60)
        whole = how["length"] + term.base_length
    if chance.random() < 0.3:
        how["extended"] = chance.randrange(1, 40 if unit != "month" else 7)
        whole += how["extended"]
    how["exclusions"] = [_exclusion(chance, start) for _ in range(chance.choice((0, 0, 1, 1, 2, 4)))]
    how["half_open"] = chance.random() < 0.5
    return Case(term, start, unit, whole, how)


def _exclusion(chance: Random, start: date) -> Exclusion:
    first = start + (chance.randrange(120) - 20) * DAY
    return Exclusion(first, first + chance.choice((0, 1, 6, 20, 45)) * DAY, chance.choice(("甲", "乙")))


def differences(case: Case, calendar: WorkingCalendar) -> list[str]:
    """Where the house and the walk differ, and where the reckoning contradicts itself; empty when they agree."""
    walked, reckoned = walk(case), reckon(case.term, case.start, calendar, **case.how)
    dates = reckoned.dates
    counted = () if case.unit == "hour" else _counted(reckoned)
    compared = {
        "due_raw": (dates.due_raw, walked.raw),
        "due_rolled": (dates.due_rolled, walked.rolled),
        "due_effective": (dates.due_effective, walked.effective),
        "due_conservative": (dates.due_conservative, walked.raw),
        "counted days": (counted, walked.counted),
        "sum": (sum(one.units for one in reckoned.stretches), reckoned.counts),
        "length": (dates.length, case.whole),
    }
    if isinstance(case.start, date) and not isinstance(case.start, datetime):
        compared["left"] = _left(case, reckoned, walked, calendar)
    wrong = [f"{name}: {ours} for {theirs}" for name, (ours, theirs) in compared.items() if ours != theirs]
    return wrong + contradictions(reckoned)


def _counted(reckoned: Reckoning) -> tuple[date, ...]:
    """Every day of the stretches that count, one unit each."""
    days = []
    for one in reckoned.stretches:
        if one.units:
            assert is_day(one.first) and is_day(one.last)
            days += [one.first + number * DAY for number in range(one.units)]
            assert days[-1] == one.last, one
    return tuple(sorted(days))


def _left(case: Case, reckoned: Reckoning, walked: Walked, calendar: WorkingCalendar) -> tuple[int, int]:
    """What the house says is left on the sixth day, beside the counted days after it."""
    assert isinstance(case.start, date)
    today = case.start + 5 * DAY
    told = left(reckoned, datetime(today.year, today.month, today.day, 4, tzinfo=UTC), calendar)
    if told.over or reckoned.backward:
        return 0, 0
    return told.count, sum(day > today for day in walked.counted)


def contradictions(reckoned: Reckoning) -> list[str]:
    """Gaps between stretches, totals that do not add up, and another last day than the one that is told."""
    wrong, total, previous = [], 0, None
    for one in reckoned.stretches:
        total += one.units
        if one.total != total:
            wrong.append(f"{one.first}: total {one.total} for {total}")
        if previous is not None:
            touching = (one.last, previous.first) if reckoned.backward else (previous.last, one.first)
            if touching[0] + DAY != touching[1]:
                wrong.append(f"a gap between {previous.first} and {one.first}")
        previous = one
    end = previous and (previous.first if reckoned.backward else previous.last)
    if end != reckoned.dates.due_effective:
        wrong.append(f"ends on {end}")
    return wrong


def compare(count: int, seed: int) -> Counter[str]:
    """How many periods of each unit were counted alike, LEFT_OUT those that leave the known years.

    Raises AssertionError for the first that is not.
    """
    chance, seen = Random(seed), Counter[str]()
    terms = [one for one in load_terms().values() if one.unit not in ("percent_per_day", "month_end")]
    terms = [one for one in terms if not one.unit.startswith("date ")]
    by_order = [one for one in terms if one.by_order]
    ours = load_calendar()
    while sum(seen.values()) - seen[LEFT_OUT] < count:
        case = draw(chance, by_order if chance.random() < 0.4 else terms)
        try:
            late = str(case.start) >= "2024-02"
            wrong = differences(case, ours if late and chance.random() < 0.7 else known_days())
        except NotImplementedError:
            seen[LEFT_OUT] += 1
            continue
        assert not wrong, f"{case}: {wrong}"
        seen[case.unit] += 1
    return seen
