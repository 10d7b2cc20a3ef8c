"""Working days: as the State Council's notices say, and in years without a notice as the statute says."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeGuard
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")
"""The time zone in which the law's civil dates run."""

FIRST_YEAR, LAST_YEAR = 1950, 2150
"""Years for which working days can be told; outside them OverflowError is raised."""

_SATURDAY = 5


def civil_date(instant: datetime) -> date:
    """The civil date in Asia/Shanghai of an aware instant; raises ValueError for one without an offset."""
    if instant.tzinfo is None:
        raise ValueError("an instant without an offset has no civil date")
    return instant.astimezone(SHANGHAI).date()


def is_day(point: date | datetime | None) -> TypeGuard[date]:
    """True for a civil date, which is not an instant."""
    return isinstance(point, date) and not isinstance(point, datetime)


@dataclass(frozen=True, slots=True)
class Named:
    """What something is called in both languages."""

    zh: str
    en: str


Names = Mapping[date | tuple[int, int], Named]
"""What holidays are called: by day, and by month and day those that fall on the same day every year."""


@dataclass(frozen=True, slots=True)
class _Layer:
    """What one calendar says by itself; of the days that it says nothing of, the one below it speaks."""

    free: frozenset[date]
    worked: frozenset[date]
    noticed: frozenset[int]
    yearly: tuple[tuple[int, int, int], ...]
    names: Names

    def frees(self, day: date) -> bool:
        """True when nobody works on that day because this calendar says so."""
        if day in self.free:
            return True
        return day.year not in self.noticed and any(
            (day.month, day.day) == (month, number) and day.year >= since
            for month, number, since in self.yearly
        )

    def free_within(self, first: int, last: int) -> set[int]:
        """The ordinals of the days of these years that it frees, and of those it names outside them."""
        free = {day.toordinal() for day in self.free}
        for year in range(first, last + 1):
            if year not in self.noticed:
                free |= {
                    date(year, month, day).toordinal() for month, day, since in self.yearly if year >= since
                }
        return free


@dataclass(slots=True)
class _Days:
    """What one state of the calendar knows; `span` grows: first year, last year, ordinals of their working days."""

    layers: tuple[_Layer, ...]
    """The calendar itself, and below it those that it follows."""
    span: tuple[int, int, list[int]] = (0, 0, [])

    def covering(self, first: int, last: int) -> tuple[int, int, list[int]]:
        """The index, grown where needed; a new list replaces the old at once: no reader sees half of it."""
        low, high, days = self.span
        if low <= first and last <= high:
            return self.span
        if first < FIRST_YEAR or last > LAST_YEAR:
            raise OverflowError(f"working days are known from {FIRST_YEAR} to {LAST_YEAR}")
        before = self.ordinals(first, low - 1) if first < low else []
        after = self.ordinals(high + 1, last) if last > high else []
        self.span = grown = (min(first, low), max(last, high), before + days + after)
        return grown

    def ordinals(self, first: int, last: int) -> list[int]:
        """The working days of these years."""
        free: set[int] = set()
        worked: set[int] = set()
        for layer in reversed(self.layers):
            says_free = layer.free_within(first, last)
            says_worked = {day.toordinal() for day in layer.worked}
            free = (free | says_free) - says_worked
            worked = (worked - says_free) | says_worked
        # ordinal 1 is a Monday
        return [
            ordinal
            for ordinal in range(date(first, 1, 1).toordinal(), date(last, 12, 31).toordinal() + 1)
            if ordinal in worked or ((ordinal - 1) % 7 < _SATURDAY and ordinal not in free)
        ]

    def speaks(self, day: date) -> _Layer | None:
        """The layer that says of that day whether it is worked; None for an ordinary one."""
        return next((layer for layer in self.layers if day in layer.worked or layer.frees(day)), None)


class WorkingCalendar:
    """The working days of the country, as an index that grows by whole years when it is asked about more.

    A year in `noticed_years` follows its notice: weekends but `working_weekends` and the days in
    `holidays_on_weekdays` are free. A year without one is provisional: weekends, `provisional_holidays` and
    the `yearly_holidays` (month, day, first year) are free, and no weekend is worked. `names` count nothing: they
    only say why a day is free. A calendar that `follows` another says what it says before that one is asked; a year is
    provisional where either has no notice of it.
    """

    __slots__ = ("_days",)
    _days: _Days

    def __init__(
        self,
        holidays_on_weekdays: Iterable[date],
        working_weekends: Iterable[date],
        noticed_years: Iterable[int],
        provisional_holidays: Iterable[date] = (),
        yearly_holidays: Iterable[tuple[int, int, int]] = (),
        names: Names | None = None,
        follows: WorkingCalendar | None = None,
    ) -> None:
        years = frozenset(noticed_years)
        noticed = {day for day in holidays_on_weekdays if day.year in years}
        statutory = {day for day in provisional_holidays if day.year not in years}
        worked = frozenset(day for day in working_weekends if day.year in years)
        own = _Layer(frozenset(noticed | statutory), worked, years, tuple(yearly_holidays), names or {})
        self._days = _Days((own, *(follows._days.layers if follows else ())))
        known = [year for layer in self._days.layers for year in layer.noticed] or [2024]
        first, last = min(known), max(known)
        self._days.span = (first, last, self._days.ordinals(first, last))

    def become(self, other: WorkingCalendar) -> None:
        """Every question from now on is answered as the other answers it; no answer mixes the two."""
        self._days = other._days

    def is_working(self, day: date) -> bool:
        """True when offices work on that day."""
        days = self._covering(day.year)
        place = bisect_left(days, day.toordinal())
        return place < len(days) and days[place] == day.toordinal()

    def roll_forward(self, day: date) -> date:
        """The day itself when it is a working day, else the next one."""
        days = self._covering(day.year)
        place = bisect_left(days, day.toordinal())
        return date.fromordinal(days[place]) if place < len(days) else self.add(day, 1)

    def roll_back(self, day: date) -> date:
        """The day itself when it is a working day, else the last one before it."""
        days = self._covering(day.year)
        place = bisect_right(days, day.toordinal()) - 1
        return date.fromordinal(days[place]) if place >= 0 else self.add(day, -1)

    def add(self, day: date, n: int) -> date:
        """The n-th working day after `day` (before it, when n is negative); `day` itself for 0.

        `day` is never counted. Raises OverflowError when that lies outside FIRST_YEAR..LAST_YEAR.
        """
        if n == 0:
            return day
        known, ordinal = self._days, day.toordinal()
        first, last = day.year, day.year
        while True:
            low, high, days = known.covering(first, last)
            place = bisect_right(days, ordinal) + n - 1 if n > 0 else bisect_left(days, ordinal) + n
            if place < 0:
                first = low - 1 + place // 300
            elif place >= len(days):
                last = high + 1 + (place - len(days)) // 300
            else:
                return date.fromordinal(days[place])

    def count(self, after: date, until: date) -> int:
        """How many working days lie after `after`, `until` included; negative when it runs backward."""
        days = self._covering(min(after.year, until.year), max(after.year, until.year))
        return bisect_right(days, until.toordinal()) - bisect_right(days, after.toordinal())

    def provisional(self, first: date, last: date) -> bool:
        """True when the days from `first` to `last` touch a year for which no notice is known."""
        layers, years = self._days.layers, range(first.year, last.year + 1)
        return any(year not in layer.noticed for layer in layers for year in years)

    def name_of(self, day: date) -> Named | None:
        """The holiday for which that day is free; None on every other day, and where it has no name here."""
        layer = self._days.speaks(day)
        if layer is None or day in layer.worked:
            return None
        return layer.names.get(day) if day in layer.free else layer.names.get((day.month, day.day))

    def worked_instead(self, day: date) -> bool:
        """True for a weekend day on which offices work because a notice says so."""
        layer = self._days.speaks(day)
        return layer is not None and day in layer.worked and day.weekday() >= _SATURDAY

    def _covering(self, first: int, last: int | None = None) -> list[int]:
        """The working days of at least these years."""
        return self._days.covering(first, first if last is None else last)[2]
