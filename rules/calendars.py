"""Reads calendars: what each is, which one it follows, its notices, and the statute for years without one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from engine.core.calendar import Named, Names, WorkingCalendar
from rules.calendar_notice import CHINA, Holiday, Notice, holidays_of, notice_of
from rules.data_file import DataFault, Fields, located_in, read_as
from rules.faults import nearest

RULES = Path(__file__).parent
JUNE = 6
# No longer, since what is kept of a notice names its calendar, year and digest in a hundred characters.
_NAME = re.compile(r"[a-z][a-z0-9_]{0,29}", re.ASCII)
_OF_A_YEAR = re.compile(r"(?P<calendar>[a-z][a-z0-9_]*)-[0-9]{4}(-.+)?", re.ASCII)
_Yearly = Mapping[tuple[int, int, int], Named]
Standing = Mapping[str, Mapping[int, Notice]]
"""Calendar → year → the notice that stands."""


@dataclass(frozen=True, slots=True)
class Declared:
    """A calendar: what it is called, which one it follows, and its statutory holidays for years without a notice."""

    name: str
    zh: str
    en: str
    source: str
    mark: str
    follows: str | None
    moving: tuple[Holiday, ...]
    yearly: _Yearly


@dataclass(frozen=True, slots=True)
class CalendarShelf:
    """The calendars that there are, and the notices that came with the program."""

    declared: Mapping[str, Declared]
    notices: Standing

    def chain(self, name: str) -> tuple[str, ...]:
        """The calendar and those that it follows, the nearest first."""
        follows = self.declared[name].follows
        return (name,) if follows is None else (name, *self.chain(follows))

    def calendar(self, name: str, standing: Standing | None = None) -> WorkingCalendar:
        """The working days by these notices, else by those that came with the program, and elsewhere by the statute.

        What a calendar says of a day stands before what the one that it follows says.
        """
        known = self.notices if standing is None else standing
        declared, notices = self.declared[name], tuple(known.get(name, {}).values())
        follows = None if declared.follows is None else self.calendar(declared.follows, known)
        return WorkingCalendar(
            [day for notice in notices for holiday in notice.holidays for day in holiday.days()],
            [day for notice in notices for day in notice.worked],
            [notice.year for notice in notices],
            [day for holiday in declared.moving for day in holiday.days()],
            declared.yearly,
            _names(
                [*declared.moving, *(one for notice in notices for one in notice.holidays)], declared.yearly
            ),
            follows,
        )

    def read_notice(self, path: Path) -> Notice:
        """The notice that somebody brings, whatever its file is called. Raises DataFault, OSError.

        A calendar that follows none has holidays in both halves of each year: a file with those of one half would make
        working days of the others.
        """
        notice = read_as(path, lambda data: notice_of(data, self.declared))
        follows = self.declared[notice.calendar].follows
        if not notice.holidays and not (follows and notice.worked):
            raise located_in(path, DataFault("no_holidays", field="/holidays"))
        if follows is None:
            halves = {one.last.month <= JUNE for one in notice.holidays if one.last.year == notice.year}
            if len(halves) == 1:
                raise located_in(path, DataFault("half_a_year", field="/holidays", year=notice.year))
        if follows is None and notice.working_days:
            raise located_in(path, DataFault("follows_none", field="/working_days", value=notice.calendar))
        return notice


def load_calendar(root: Path = RULES, name: str = CHINA) -> WorkingCalendar:
    """The working days of that calendar by every notice there is; other years are provisional. Raises DataFault."""
    return load_shelf(root).calendar(name)


def load_shelf(root: Path = RULES) -> CalendarShelf:
    """Every calendar that a file declares, with its notices. Raises DataFault."""
    declared = {name: _declared(root, name) for name in known_calendars(root)}
    for one in declared.values():
        _check_follows(root, one, declared)
    for path in _files(root):
        matched = _OF_A_YEAR.fullmatch(path.stem)
        if path.stem not in declared and (matched is None or matched["calendar"] not in declared):
            raise DataFault("file_of_no_calendar", file_name=path.name).located(str(path), 1)
    return CalendarShelf(declared, {name: shipped_notices(root, name) for name in declared})


def known_calendars(root: Path = RULES) -> tuple[str, ...]:
    """The names of the calendars that a file declares."""
    return tuple(path.stem for path in _files(root) if _NAME.fullmatch(path.stem))


def shipped_notices(root: Path = RULES, name: str = CHINA) -> dict[int, Notice]:
    """The notices beside the program by year; of several files for a year the last by name stands. Raises DataFault."""
    notices, known = {}, known_calendars(root)
    for path in _files(root):
        if not path.stem.startswith(f"{name}-"):
            continue
        notice = read_as(path, lambda data: notice_of(data, known))
        expected = f"{notice.calendar}-{notice.year}"
        if path.stem != expected and not path.stem.startswith(f"{expected}-"):
            raise located_in(
                path, DataFault("file_name_differs", field="/year", file_name=f"{expected}.yaml")
            )
        notices[notice.year] = notice
    return notices


def _files(root: Path) -> list[Path]:
    return sorted((root / "calendars").glob("*.yaml"), key=lambda one: one.stem)


def _declared(root: Path, name: str) -> Declared:
    return read_as(root / "calendars" / f"{name}.yaml", lambda data: _calendar(name, data))


def _check_follows(root: Path, one: Declared, declared: Mapping[str, Declared]) -> None:
    """The one that is followed is there, and nobody follows himself."""
    path, seen, follows = root / "calendars" / f"{one.name}.yaml", {one.name}, one.follows
    while follows is not None:
        if follows not in declared:
            near, allowed = nearest(follows, declared), ", ".join(declared)
            raise located_in(
                path,
                DataFault("no_such_calendar", field="/follows", near=near, value=follows, allowed=allowed),
            )
        if follows in seen:
            raise located_in(path, DataFault("follows_itself", field="/follows"))
        seen.add(follows)
        follows = declared[follows].follows


def _calendar(name: str, data: Any) -> Declared:
    """Statutory holidays that move from year to year, and the fixed ones (month, day, first year)."""
    fields = Fields(data)
    yearly = {}
    for place, item in enumerate(fields.items("yearly")):
        entry = Fields(item, f"/yearly/{place}")
        named = Named(entry.text("zh"), entry.text("en"))
        month, day, since = entry.integer("month"), entry.integer("day"), entry.integer("since")
        entry.done()
        try:
            date(2001, month, day)  # a year without 29 February: a fixed holiday falls on a day of every year
        except ValueError:
            raise entry.fault("day", "not_every_year", month=month, day=day) from None
        yearly[month, day, since] = named
    declared = Declared(
        name=name,
        zh=fields.text("zh"),
        en=fields.text("en"),
        source=fields.text("source"),
        mark=fields.text("mark"),
        follows=fields.text("follows") if fields.has("follows") else None,
        moving=tuple(holidays_of(fields, "moving")),
        yearly=yearly,
    )
    fields.done()
    return declared


def _names(holidays: Iterable[Holiday], yearly: _Yearly) -> Names:
    """What each holiday is called."""
    dated = {day: Named(one.zh, one.en) for one in holidays for day in one.days()}
    return dated | {(month, day): name for (month, day, _), name in yearly.items()}
