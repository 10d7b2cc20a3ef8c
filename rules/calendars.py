"""Reads the working days: one file per notice of the State Council, and the statute for the other years."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from engine.core.calendar import Named, Names, WorkingCalendar
from rules.data_file import DataFault, Fields, day_meant, located_in, read_as, read_day

RULES = Path(__file__).parent
_DAY = timedelta(days=1)
_Holidays = Mapping[date, Named]
_Notice = tuple[int, _Holidays, tuple[date, ...]]
_Yearly = Mapping[tuple[int, int, int], Named]
_Statute = tuple[_Holidays, _Yearly]


def load_calendar(root: Path = RULES) -> WorkingCalendar:
    """The working days by every notice there is; other years are provisional. Raises DataFault."""
    folder = root / "calendars"
    paths = sorted(folder.glob("china-*.yaml"))
    notices = [read_as(path, _notice) for path in paths]
    years = [year for year, _, _ in notices]
    for path, year in zip(paths, years, strict=True):
        if path.stem != f"china-{year}":
            wrong = DataFault("file_name_differs", field="/year", file_name=f"china-{year}.yaml")
            raise located_in(path, wrong)
    moving, yearly = read_as(folder / "provisional.yaml", _statute)
    return WorkingCalendar(
        [day for _, holidays, _ in notices for day in holidays],
        [day for _, _, worked in notices for day in worked],
        years,
        moving,
        yearly,
        _names([moving, *(holidays for _, holidays, _ in notices)], yearly),
    )


def _names(dated: list[_Holidays], yearly: _Yearly) -> Names:
    """What each holiday is called."""
    names: dict[date | tuple[int, int], Named] = {day: name for days in dated for day, name in days.items()}
    return names | {(month, day): name for (month, day, _), name in yearly.items()}


def _notice(data: Any) -> _Notice:
    """Year, days off and weekend days worked; a notice may reach into the December before."""
    fields = Fields(data)
    year = fields.integer("year")
    fields.text("source")
    fields.text_or_none("document_no")
    fields.text("mark")
    holidays = dict(_holidays(fields, "holidays"))
    worked = tuple(
        _day(fields, f"working_weekends/{place}", value)
        for place, value in enumerate(fields.items("working_weekends"))
    )
    fields.done()
    for name, days in (("holidays", holidays), ("working_weekends", worked)):
        for day in days:
            if not date(year - 1, 12, 20) <= day <= date(year, 12, 31):
                raise fields.fault(name, "not_of_year", day=day, year=year)
    for place, day in enumerate(worked):
        if day.weekday() < 5 or day in holidays:
            raise fields.fault(f"working_weekends/{place}", "no_free_weekend", day=day)
    return year, holidays, worked


def _statute(data: Any) -> _Statute:
    """Statutory holidays that move from year to year, and the fixed ones (month, day, first year)."""
    fields = Fields(data)
    fields.text("source")
    fields.text("mark")
    moving = dict(_holidays(fields, "moving"))
    yearly = {}
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


def _holidays(fields: Fields, name: str) -> Iterator[tuple[date, Named]]:
    for place, item in enumerate(fields.items(name)):
        entry = Fields(item, f"/{name}/{place}")
        named = Named(entry.text("zh"), entry.text("en"))
        first, last = entry.day("from"), entry.day("to")
        entry.done()
        if not first <= last <= first + 15 * _DAY:
            raise entry.fault("to", "holiday_span")
        day = first
        while day <= last:
            yield day, named
            day += _DAY


def _day(fields: Fields, place: str, value: Any) -> date:
    day = read_day(value)
    if day is None:
        raise fields.fault(place, "no_date", near=day_meant(value), value=value)
    return day
