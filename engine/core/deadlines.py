"""Deadlines: from a term, a start and the working days to the due dates and the days its light changes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from fractions import Fraction
from typing import Literal, TypedDict

from engine.core.calendar import SHANGHAI, WorkingCalendar
from engine.core.counting import DeadlineError, Exclusion, count_hours, due_date, first_of_unit, taken_out
from engine.core.term import Term

__all__ = [
    "OVERDUE_STAGE",
    "SEVERE_STAGE",
    "TURN_OF",
    "Dates",
    "DeadlineError",
    "Exclusion",
    "How",
    "Light",
    "Point",
    "Term",
    "Turns",
    "compute",
    "light",
    "overdue",
    "stage",
    "turns",
]

Point = date | datetime
"""A civil date, or for hour terms an instant."""
Light = Literal["green", "yellow", "red", "overdue", "severe"]
HOURS_UNTIL_SEVERE = timedelta(hours=24)
"""How long after its end an hour term is severely overdue."""
YELLOW_BEFORE, YELLOW_BEFORE_SHORT = 3, 1
"""Working days from yellow to red: usually, and for periods of at most five working or seven other days."""
YELLOW_SHARE, RED_SHARE = Fraction(1, 2), Fraction(3, 4)
"""After which share of an hour term it shows yellow and red."""
_INSTANT = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Dates:
    """What came out: due four ways, and the first day of yellow, red and severe (instants for hour terms).

    Overdue and lapse follow `due_effective`; warnings count from `due_conservative`. `length` is the whole
    period in `unit`, extensions included; None where an order stated the date itself.
    """

    start: Point
    due_raw: Point
    due_rolled: Point
    due_effective: Point
    due_conservative: Point
    provisional: bool
    yellow_on: Point
    red_on: Point
    severe_on: Point
    length: int | None
    unit: str


class How(TypedDict, total=False):
    """What `compute` may be told beside term, start and calendar."""

    length: int | None
    unit: str | None
    exclusions: Sequence[Exclusion]
    extended: int
    severe_after: int
    fixed_due: date | None
    half_open: bool


@dataclass(frozen=True, slots=True)
class Turns:
    """The instants at and after which a running deadline shows each light; before yellow it is green."""

    yellow_at: datetime
    red_at: datetime
    overdue_at: datetime
    severe_at: datetime


def compute(
    term: Term,
    start: Point,
    calendar: WorkingCalendar,
    *,
    length: int | None = None,
    unit: str | None = None,
    exclusions: Sequence[Exclusion] = (),
    extended: int = 0,
    severe_after: int = 10,
    fixed_due: date | None = None,
    half_open: bool = False,
) -> Dates:
    """The dates of a term that starts at `start`; the same arguments give the same dates for ever.

    `start` is day 0 and never counted. `length` and `unit` replace the term's own; for an extension set by
    order, `length` is what the order adds. `extended` adds in the unit, counted from the start. `exclusions`
    are merged; neither end is counted, but with `half_open` the last day is. `fixed_due` is a date stated by an
    order: it stands as it is, even before the start (old ledgers know such), and is rolled as the term says.
    `severe_after` is in working days. Raises DeadlineError.
    Basis: 民事诉讼法第八十五条; 行政处罚法第八十五条; 行政强制法第六十九条.
    """
    try:
        if fixed_due is not None:
            _check_stated(term, exclusions, extended)
            unit = "calendar_day" if term.by_order else term.unit
            return _day_dates(term, first_of_unit(start), fixed_due, None, unit, calendar, severe_after)
        period, unit = term.whole_length(length, unit, extended)
        if unit == "hour":
            return _hour_dates(term, start, period or 0, exclusions)
        first = first_of_unit(start)
        raw = due_date(first, period, unit, taken_out(exclusions, half_open), calendar)
        return _day_dates(term, first, raw, period, unit, calendar, severe_after)
    except OverflowError:
        raise DeadlineError("length_invalid", "期限超出日历范围", "the period leaves the calendar") from None


def light(dates: Dates, now: datetime) -> Light:
    """The light of a running deadline at an aware instant."""
    turn = turns(dates)
    if now >= turn.severe_at:
        return "severe"
    if now >= turn.overdue_at:
        return "overdue"
    if now >= turn.red_at:
        return "red"
    return "yellow" if now >= turn.yellow_at else "green"


def overdue(dates: Dates, now: datetime) -> bool:
    """True when the effective due date (or instant) has passed."""
    return now >= turns(dates).overdue_at


OVERDUE_STAGE, SEVERE_STAGE = 1, 2
TURN_OF = {OVERDUE_STAGE: "overdue", SEVERE_STAGE: "severe"}
"""How far the end of a deadline can be told: that it is overdue, and that it is severely so."""


def stage(dates: Dates, now: datetime) -> int:
    """How far there is something to tell of at an aware instant: 0 for nothing, else OVERDUE_STAGE or SEVERE_STAGE."""
    turn = turns(dates)
    return SEVERE_STAGE if now >= turn.severe_at else OVERDUE_STAGE if now >= turn.overdue_at else 0


def turns(dates: Dates) -> Turns:
    """The instants at which the light changes, for storing and comparing.

    Day terms change at midnight in Asia/Shanghai; hour terms become overdue just after the due instant.
    """
    due, severe = dates.due_effective, begins(dates.severe_on)
    if isinstance(due, datetime):
        overdue_at, severe = due + _INSTANT, severe + _INSTANT
    else:
        overdue_at = begins(due + timedelta(days=1))
    return Turns(begins(dates.yellow_on), begins(dates.red_on), overdue_at, max(severe, overdue_at))


def begins(point: Point) -> datetime:
    """The first instant of a civil date; an instant is its own."""
    return point if isinstance(point, datetime) else datetime.combine(point, time.min, SHANGHAI)


def _check_stated(term: Term, exclusions: Sequence[Exclusion], extended: int) -> None:
    if term.unit == "hour":
        words = "以小时计算的期限不能定为日期", "a period in hours cannot be due on a date"
        raise DeadlineError("unit_unsupported", *words)
    if exclusions or extended:
        words = (
            "文书已定明日期的，不再扣除或者延长",
            "a stated date is not counted: nothing is excluded or added",
        )
        raise DeadlineError("exclusion_invalid", *words)


def _hour_dates(term: Term, start: Point, hours: int, exclusions: Sequence[Exclusion]) -> Dates:
    """Hours run through nights and holidays and are never rolled, so no calendar can change them."""
    begun, due = count_hours(start, hours, exclusions)
    period = due - begun
    yellow, red = begun + _share(period, term.yellow_share or YELLOW_SHARE), begun + _share(period, RED_SHARE)
    return Dates(begun, due, due, due, due, False, yellow, red, due + HOURS_UNTIL_SEVERE, hours, "hour")


def _share(period: timedelta, share: Fraction) -> timedelta:
    return period * share.numerator / share.denominator


def _day_dates(
    term: Term,
    start: date,
    raw: date,
    period: int | None,
    unit: str,
    calendar: WorkingCalendar,
    severe_after: int,
) -> Dates:
    rolled = calendar.roll_forward(raw)
    effective = rolled if term.roll else raw
    conservative = min(raw, rolled)
    red = calendar.roll_back(conservative)
    yellow = calendar.add(red, -_yellow_before(term, start, raw, period, unit))
    if unit != "working_day_before":  # whose start is the event at the end
        yellow = max(yellow, start + timedelta(days=1))
    return Dates(
        start=start,
        due_raw=raw,
        due_rolled=rolled,
        due_effective=effective,
        due_conservative=conservative,
        provisional=calendar.provisional(min(start, raw), max(start, rolled)),
        yellow_on=yellow,
        red_on=red,
        severe_on=calendar.add(effective, severe_after),
        length=period,
        unit=unit,
    )


def _yellow_before(term: Term, start: date, raw: date, period: int | None, unit: str) -> int:
    """Working days from yellow to red."""
    if term.yellow_before is not None:
        return term.yellow_before
    if period is not None and unit in ("working_day", "working_day_before"):
        return YELLOW_BEFORE_SHORT if period <= 5 else YELLOW_BEFORE
    days = period if unit == "calendar_day" and period is not None else (raw - start).days
    return YELLOW_BEFORE_SHORT if days <= 7 else YELLOW_BEFORE
