"""A notice of the State Council (放假安排), or of a region that follows it, as a file says it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Any

from engine.core.calendar import FIRST_YEAR, LAST_YEAR
from rules.data_file import Fields, day_meant, read_day
from rules.faults import nearest

CHINA = "china"
"""The calendar of a notice, and of an office, that names none."""
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Holiday:
    """Days off under one name, both ends included."""

    zh: str
    en: str
    first: date
    last: date

    def days(self) -> Iterator[date]:
        """Each of its days."""
        for place in range((self.last - self.first).days + 1):
            yield self.first + place * _DAY


@dataclass(frozen=True)
class Notice:
    """What a notice says of one year; `data` is the file itself as JSON has it."""

    calendar: str
    year: int
    source: str
    document_no: str | None
    published_on: date | None
    mark: str
    amends: str | None
    """The title of the notice whose days this one changes; it states the whole year all the same."""
    holidays: tuple[Holiday, ...]
    working_weekends: tuple[date, ...]
    working_days: tuple[date, ...]
    """Weekdays that the calendar which this one follows frees, and that are worked here."""
    data: Mapping[str, Any]

    @property
    def worked(self) -> tuple[date, ...]:
        """Every day that is worked because the notice says so."""
        return *self.working_weekends, *self.working_days

    @property
    def first(self) -> date:
        """From this day on the notice may move days: it reaches into the December before its year."""
        return _reach(self.year)[0]

    @property
    def last(self) -> date:
        """Until this day the notice may move days."""
        return _reach(self.year)[1]

    @cached_property
    def digest(self) -> str:
        """SHA-256 (hex) over what the file says, however it is laid out."""
        spoken = json.dumps(self.data, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(spoken.encode()).hexdigest()


def notice_of(data: Any, known: Collection[str] | None = None) -> Notice:
    """What the file says; a notice may reach into the December before. Raises DataFault.

    `known` are the calendars that there are; a notice of another one is refused. None for what was loaded before.
    """
    fields = Fields(data)
    calendar = fields.text("calendar") if fields.has("calendar") else CHINA
    if known is not None and calendar not in known:
        near, allowed = nearest(calendar, known), ", ".join(known)
        raise fields.fault("calendar", "no_such_calendar", near=near, value=calendar, allowed=allowed)
    year = fields.integer("year")
    if not FIRST_YEAR < year <= LAST_YEAR:
        raise fields.fault("year", "year_out_of_range", first=FIRST_YEAR + 1, last=LAST_YEAR)
    notice = Notice(
        calendar=calendar,
        year=year,
        source=fields.text("source"),
        document_no=fields.text_or_none("document_no"),
        published_on=fields.day_or_none("published_on") if fields.has("published_on") else None,
        mark=fields.text("mark"),
        amends=fields.text_or_none("amends"),
        holidays=tuple(holidays_of(fields, "holidays")),
        working_weekends=tuple(_days(fields, "working_weekends")),
        working_days=tuple(_days(fields, "working_days")),
        data=data,
    )
    fields.done()
    _check_days(fields, notice)
    return notice


def _check_days(fields: Fields, notice: Notice) -> None:
    free = [day for holiday in notice.holidays for day in holiday.days()]
    for name, days in (
        ("holidays", free),
        ("working_weekends", notice.working_weekends),
        ("working_days", notice.working_days),
    ):
        for day in days:
            if not notice.first <= day <= notice.last:
                raise fields.fault(name, "not_of_year", day=day, year=notice.year)
    for place, day in enumerate(notice.working_weekends):
        if day.weekday() < 5 or day in free:
            raise fields.fault(f"working_weekends/{place}", "no_free_weekend", day=day)
    for place, day in enumerate(notice.working_days):
        if day.weekday() >= 5 or day in free:
            raise fields.fault(f"working_days/{place}", "no_free_weekday", day=day)


def _reach(year: int) -> tuple[date, date]:
    return date(year - 1, 12, 20), date(year, 12, 31)


def holidays_of(fields: Fields, name: str) -> Iterator[Holiday]:
    """Days off, each under its name. Raises DataFault."""
    for place, item in enumerate(fields.items(name)):
        entry = Fields(item, f"/{name}/{place}")
        holiday = Holiday(entry.text("zh"), entry.text("en"), entry.day("from"), entry.day("to"))
        entry.done()
        if not holiday.first <= holiday.last <= holiday.first + 15 * _DAY:
            raise entry.fault("to", "holiday_span")
        yield holiday


def _days(fields: Fields, name: str) -> Iterator[date]:
    for place, value in enumerate(fields.items(name)):
        day = read_day(value)
        if day is None:
            raise fields.fault(f"{name}/{place}", "no_date", near=day_meant(value), value=value)
        yield day
