"""Counting a period by the units of the law: days, working days, months, hours, backward, and fixed days."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from engine.core.calendar import FIRST_YEAR, LAST_YEAR, SHANGHAI, WorkingCalendar, civil_date

LONGEST = 36525
"""No period of the house is longer, in its own unit."""
COUNTED_UNITS = ("calendar_day", "working_day", "month", "hour", "immediate", "working_day_before")
"""Units that a length can be counted in."""
_DAY = timedelta(days=1)
_Interval = tuple[date, date]


class DeadlineError(ValueError):
    """No date can be told, with plain words in two languages.

    `code` is length_missing, length_invalid, start_invalid, exclusion_invalid or unit_unsupported.
    """

    def __init__(self, code: str, zh: str, en: str) -> None:
        super().__init__(f"{zh} · {en}")
        self.code, self.zh, self.en = code, zh, en


@dataclass(frozen=True, slots=True)
class Exclusion:
    """Civil dates that are not counted, with the legal ground and the evidence; whether `last` is, the office says."""

    first: date
    last: date
    ground: str | None = None
    document: dict[str, Any] | None = None


def first_of_unit(start: date | datetime) -> date:
    """Day 0 of a period in days or months: the civil date of the event, within the years of the calendar."""
    if isinstance(start, datetime):
        start = civil_date(aware(start))
    if not FIRST_YEAR <= start.year <= LAST_YEAR:
        words = (
            f"起算日应当在{FIRST_YEAR}年至{LAST_YEAR}年之间",
            f"a start lies between {FIRST_YEAR} and {LAST_YEAR}",
        )
        raise DeadlineError("start_invalid", *words)
    return start


def aware(instant: datetime) -> datetime:
    """The instant itself; raises DeadlineError when it has no offset."""
    if instant.tzinfo is None:
        raise DeadlineError("start_invalid", "起算时刻没有时区", "the starting instant has no offset")
    return instant


def count_hours(
    start: date | datetime, hours: int, exclusions: Sequence[Exclusion]
) -> tuple[datetime, datetime]:
    """Start and end of a period in hours, to the second, in Asia/Shanghai; never rolled, nothing excluded."""
    if not isinstance(start, datetime):
        words = "以小时计算的期限需要起算时刻", "a period in hours starts at an instant, not on a date"
        raise DeadlineError("start_invalid", *words)
    if exclusions:
        words = "以小时计算的期限不扣除日期", "no days are excluded from a period in hours"
        raise DeadlineError("exclusion_invalid", *words)
    first_of_unit(start)
    due = aware(start).astimezone(UTC) + timedelta(hours=hours)
    return start.astimezone(SHANGHAI), due.astimezone(SHANGHAI)


def due_date(
    start: date, length: int | None, unit: str, exclusions: Sequence[Exclusion], calendar: WorkingCalendar
) -> date:
    """The last day of a period before rolling; `length` is None for month_end and `date MM-DD`.

    Months lead to the same-numbered day; days excluded from them move that day on. Raises OverflowError where
    the calendar ends, else DeadlineError.
    """
    intervals = merged(exclusions)
    if unit == "calendar_day":
        return _after_days(start, length or 0, intervals)
    if unit == "month":
        return _after_days(start, (add_months(start, length or 0) - start).days, intervals)
    if unit == "working_day":
        return _skipping(start, calendar.add(start, length or 0), intervals, calendar.add, calendar.count)
    if intervals:
        words = (
            "这一期限不按日计算，没有可以扣除的日期",
            "this period is not counted in days: nothing is excluded",
        )
        raise DeadlineError("exclusion_invalid", *words)
    if unit == "immediate":
        return start
    if unit == "working_day_before":
        return calendar.add(start, -(length or 0) - 1)
    return _fixed_day(start, unit)


def taken_out(exclusions: Sequence[Exclusion], half_open: bool) -> Sequence[Exclusion]:
    """The days that are not counted, as closed intervals; half-open, the last day of each exclusion is counted.

    Raises DeadlineError for one that ends before it begins.
    """
    if not half_open:
        return exclusions
    merged(exclusions)
    return [replace(one, last=one.last - _DAY) for one in exclusions if one.first < one.last]


def merged(exclusions: Sequence[Exclusion]) -> list[_Interval]:
    """The intervals in order, without overlap; raises DeadlineError for one that ends before it begins."""
    intervals: list[_Interval] = []
    for exclusion in sorted(exclusions, key=lambda one: (one.first, one.last)):
        if exclusion.last < exclusion.first:
            span = f"{exclusion.first.isoformat()}..{exclusion.last.isoformat()}"
            words = f"扣除区间 {span} 的终点早于起点", f"the excluded interval {span} ends before it begins"
            raise DeadlineError("exclusion_invalid", *words)
        if intervals and exclusion.first <= intervals[-1][1]:
            intervals[-1] = (intervals[-1][0], max(intervals[-1][1], exclusion.last))
        else:
            intervals.append((exclusion.first, exclusion.last))
    return intervals


def add_months(start: date, months: int) -> date:
    """The day of the same number that many months later, else the last of that month (民法典第二百零二条)."""
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    if year > LAST_YEAR:
        raise OverflowError(year)
    return date(year, month + 1, min(start.day, monthrange(year, month + 1)[1]))


def _after_days(start: date, days: int, intervals: list[_Interval]) -> date:
    """The n-th day that is not excluded."""
    return _skipping(
        start, start + timedelta(days=days), intervals, lambda day, n: day + timedelta(days=n), _days_between
    )


def _days_between(after: date, until: date) -> int:
    return (until - after).days


def _skipping(
    start: date,
    due: date,
    intervals: list[_Interval],
    add: Callable[[date, int], date],
    count: Callable[[date, date], int],
) -> date:
    """The due date moved on by as many countable days as each interval takes out of the period before it."""
    for first, last in intervals:
        if first > due or due == start:
            break
        if last > start:
            due = add(due, count(start if first <= start else first - _DAY, last))
    return due


def _fixed_day(start: date, unit: str) -> date:
    """The end of the month of `start`, or the next day of that number on or after it."""
    if unit == "month_end":
        return start.replace(day=monthrange(start.year, start.month)[1])
    if unit.startswith("date "):
        month, day = int(unit[5:7]), int(unit[8:10])
        due = date(start.year, month, day)
        return due if due >= start else date(start.year + 1, month, day)
    raise DeadlineError("unit_unsupported", f"单位 {unit} 不能算出日期", f"no date can be counted in {unit}")
