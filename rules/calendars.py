"""Reads the working days: notices of the State Council, each a file, and the statute for years without one."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

from engine.core.calendar import FIRST_YEAR, LAST_YEAR, Named, Names, WorkingCalendar
from rules.data_file import DataFault, Fields, day_meant, located_in, read_as, read_day

RULES = Path(__file__).parent
CHINA = "china"
"""The one calendar there is; a notice that names none is of this one."""
_DAY = timedelta(days=1)
_Yearly = Mapping[tuple[int, int, int], Named]
_Statute = tuple[tuple["Holiday", ...], _Yearly]


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
    """What a notice of the State Council says of one year; `data` is the file itself as JSON has it."""

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
    data: Mapping[str, Any]

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


def load_calendar(root: Path = RULES) -> WorkingCalendar:
    """The working days by every notice there is; other years are provisional. Raises DataFault."""
    return calendar_of(shipped_notices(root).values(), root)


def calendar_of(notices: Iterable[Notice], root: Path = RULES) -> WorkingCalendar:
    """The working days by these notices, one for a year, and by the statute for the other years. Raises DataFault."""
    moving, yearly = read_as(root / "calendars" / "provisional.yaml", _statute)
    standing = tuple(notices)
    return WorkingCalendar(
        [day for notice in standing for holiday in notice.holidays for day in holiday.days()],
        [day for notice in standing for day in notice.working_weekends],
        [notice.year for notice in standing],
        [day for holiday in moving for day in holiday.days()],
        yearly,
        _names([*moving, *(holiday for notice in standing for holiday in notice.holidays)], yearly),
    )


def _names(holidays: Iterable[Holiday], yearly: _Yearly) -> Names:
    """What each holiday is called."""
    dated = {day: Named(one.zh, one.en) for one in holidays for day in one.days()}
    return dated | {(month, day): name for (month, day, _), name in yearly.items()}


def shipped_notices(root: Path = RULES) -> dict[int, Notice]:
    """The notices beside the program by year; of several files for a year the last by name stands. Raises DataFault."""
    notices = {}
    for path in sorted((root / "calendars").glob("china-*.yaml"), key=lambda one: one.stem):
        notice = read_as(path, notice_of)
        name = f"china-{notice.year}"
        if path.stem != name and not path.stem.startswith(f"{name}-"):
            raise located_in(path, DataFault("file_name_differs", field="/year", file_name=f"{name}.yaml"))
        notices[notice.year] = notice
    return notices


def read_notice(path: Path) -> Notice:
    """The notice that somebody brings, whatever its file is called. Raises DataFault, OSError."""
    notice = read_as(path, notice_of)
    if not notice.holidays:
        raise located_in(path, DataFault("no_holidays", field="/holidays"))
    return notice


def notice_of(data: Any) -> Notice:
    """What the file says; a notice may reach into the December before. Raises DataFault."""
    fields = Fields(data)
    calendar = fields.code("calendar", (CHINA,)) if fields.has("calendar") else CHINA
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
        holidays=tuple(_holidays(fields, "holidays")),
        working_weekends=tuple(
            _day(fields, f"working_weekends/{place}", value)
            for place, value in enumerate(fields.items("working_weekends"))
        ),
        data=data,
    )
    fields.done()
    _check_days(fields, notice)
    return notice


def _check_days(fields: Fields, notice: Notice) -> None:
    free = [day for holiday in notice.holidays for day in holiday.days()]
    for name, days in (("holidays", free), ("working_weekends", notice.working_weekends)):
        for day in days:
            if not notice.first <= day <= notice.last:
                raise fields.fault(name, "not_of_year", day=day, year=notice.year)
    for place, day in enumerate(notice.working_weekends):
        if day.weekday() < 5 or day in free:
            raise fields.fault(f"working_weekends/{place}", "no_free_weekend", day=day)


def _reach(year: int) -> tuple[date, date]:
    return date(year - 1, 12, 20), date(year, 12, 31)


def _statute(data: Any) -> _Statute:
    """Statutory holidays that move from year to year, and the fixed ones (month, day, first year)."""
    fields = Fields(data)
    fields.text("source")
    fields.text("mark")
    moving, yearly = tuple(_holidays(fields, "moving")), {}
    for place, item in enumerate(fields.items("yearly")):
        entry = Fields(item, f"/yearly/{place}")
        name = Named(entry.text("zh"), entry.text("en"))
        month, day, since = entry.integer("month"), entry.integer("day"), entry.integer("since")
        entry.done()
        try:
            date(2001, month, day)  # a year without 29 February: a fixed holiday falls on a day of every year
        except ValueError:
            raise entry.fault("day", "not_every_year", month=month, day=day) from None
        yearly[month, day, since] = name
    fields.done()
    return moving, yearly


def _holidays(fields: Fields, name: str) -> Iterator[Holiday]:
    for place, item in enumerate(fields.items(name)):
        entry = Fields(item, f"/{name}/{place}")
        holiday = Holiday(entry.text("zh"), entry.text("en"), entry.day("from"), entry.day("to"))
        entry.done()
        if not holiday.first <= holiday.last <= holiday.first + 15 * _DAY:
            raise entry.fault("to", "holiday_span")
        yield holiday


def _day(fields: Fields, place: str, value: Any) -> date:
    day = read_day(value)
    if day is None:
        raise fields.fault(place, "no_date", near=day_meant(value), value=value)
    return day
