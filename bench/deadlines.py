"""How much faster an index of working days is than walking day by day, in the same run."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from time import perf_counter

from engine.core.calendar import WorkingCalendar
from engine.core.deadlines import compute
from rules.calendars import load_calendar
from rules.terms import load_terms

ROUNDS = 2_000
LENGTH = 90


def walk(calendar: WorkingCalendar, day: date, n: int) -> date:
    """The n-th working day after `day`, found one day at a time."""
    while n:
        day += timedelta(days=1)
        n -= calendar.is_working(day)
    return day


def microseconds(act: Callable[[date], object]) -> float:
    """How long the act takes per call, over starts all through 2024."""
    starts = [date(2024, 1, 1) + timedelta(days=place % 366) for place in range(ROUNDS)]
    began = perf_counter()
    for start in starts:
        act(start)
    return (perf_counter() - began) / ROUNDS * 1e6


def main() -> None:
    """The three times per call and the ratio are printed."""
    calendar, term = load_calendar(), load_terms()["DL01"]
    assert all(
        walk(calendar, date(2024, 1, 1) + timedelta(days=place), LENGTH)
        == calendar.add(date(2024, 1, 1) + timedelta(days=place), LENGTH)
        for place in range(366)
    )
    walked = microseconds(lambda start: walk(calendar, start, LENGTH))
    looked_up = microseconds(lambda start: calendar.add(start, LENGTH))
    counted = microseconds(lambda start: compute(term, start, calendar))
    print(
        f"{LENGTH} working days by index: {looked_up:.2f} µs; walked: {walked:.1f} µs; ratio {walked / looked_up:.0f}"
    )
    print(f"all dates of a term of {term.value} working days: {counted:.1f} µs")


if __name__ == "__main__":
    main()
