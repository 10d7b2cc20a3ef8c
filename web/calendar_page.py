"""The year month by month: days off by name, weekends that are worked, and by which notice."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any

from fastapi import APIRouter, Response

from engine.core.calendar import FIRST_YEAR, LAST_YEAR, WorkingCalendar, civil_date
from rules.calendar_notice import Notice
from web.asking import Asked, Asking
from web.look import page
from web.routing import PageRoute
from web.wording import Words

router = APIRouter(route_class=PageRoute, include_in_schema=False)
SATURDAY = 5
AROUND = 3
"""How many years before and after the one that is shown are offered."""


@router.get("/calendar")
def calendar_page(asking: Asked) -> Response:
    """The year that is asked for, else the present one; one that nobody can count is the present one too."""
    today = civil_date(asking.house.clock.now())
    year = _year(asking.parameter("year"), today.year)
    calendars, calendar = asking.house.calendars, asking.house.law.calendar
    stated = calendars.stated(year)
    last = asking.house.calendar_reader.moved_by_last(asking.who)
    return page(
        asking,
        "calendar.html",
        year=year,
        stated=stated,
        provisional=_provisional(calendar, year),
        chain=[
            asking.words.of(calendars.shelf.declared[one]) for one in calendars.shelf.chain(calendars.name)
        ],
        holidays=_holidays([one.notice for one in stated], calendar, asking.words),
        worked_days=sorted(day for one in stated for day in one.notice.working_weekends),
        worked_here=sorted(day for one in stated for day in one.notice.working_days),
        months=_months(asking, year, today),
        worked=_worked_count(asking, year),
        years=[
            {"year": one, "provisional": _provisional(calendar, one)}
            for one in range(max(FIRST_YEAR, year - AROUND), min(LAST_YEAR, year + AROUND) + 1)
        ],
        last=last,
        moved=moved_lines(asking, last["items"]) if last else [],
    )


def moved_lines(asking: Asking, items: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Deadlines that moved, each with its record and the sentence in the reader's language."""
    return [
        {
            "path": f"/findings/{one['finding']}" if one["finding"] else f"/inspections/{one['inspection']}",
            "name": (one["ledger_no"] or one["party"])
            if one["finding"]
            else asking.words("inspection.title"),
            "said": one[asking.words.language],
        }
        for one in items
    ]


def _year(text: str, present: int) -> int:
    year = int(text) if text.isascii() and text.isdigit() and len(text) == 4 else present
    return year if FIRST_YEAR <= year <= LAST_YEAR else present


def _provisional(calendar: WorkingCalendar, year: int) -> bool:
    return calendar.provisional(date(year, 1, 1), date(year, 12, 31))


def _worked_count(asking: Asking, year: int) -> int:
    return asking.house.law.calendar.count(date(year, 1, 1) - timedelta(days=1), date(year, 12, 31))


def _holidays(notices: Iterable[Notice], calendar: WorkingCalendar, words: Words) -> list[dict[str, Any]]:
    """What is off by these notices, in the order of the year; what is worked here all the same is not among it."""
    off = [
        one
        for notice in notices
        for one in notice.holidays
        if not all(calendar.is_working(day) for day in one.days())
    ]
    return [
        {
            "name": _name(one.zh, one.en, words),
            "first": one.first.isoformat(),
            "last": one.last.isoformat(),
            "days": (one.last - one.first).days + 1,
        }
        for one in sorted(off, key=lambda one: one.first)
    ]


def _months(asking: Asking, year: int, today: date) -> list[dict[str, Any]]:
    """Twelve months, each in weeks that begin on Monday; a place without a day is None."""
    names = _names(asking, year)
    months = []
    for month in range(1, 13):
        days = [date(year, month, day) for day in range(1, monthrange(year, month)[1] + 1)]
        cells: list[dict[str, Any] | None] = [None] * days[0].weekday()
        cells += [_cell(asking, day, names, today) for day in days]
        cells += [None] * (-len(cells) % 7)
        worked = sum(cell is not None and cell["kind"] in ("working", "worked") for cell in cells)
        weeks = [cells[place : place + 7] for place in range(0, len(cells), 7)]
        months.append({"month": month, "weeks": weeks, "worked": worked})
    return months


def _cell(asking: Asking, day: date, names: Mapping[date, str], today: date) -> dict[str, Any]:
    working, weekend = asking.house.law.calendar.is_working(day), day.weekday() >= SATURDAY
    off = "holiday" if day in names or not weekend else "weekend"
    kind = off if not working else "worked" if weekend else "working"
    return {"day": day, "kind": kind, "name": names.get(day, ""), "today": day == today}


def _names(asking: Asking, year: int) -> dict[date, str]:
    """What the days off of the year are called; the notice of the next year may reach into its December."""
    stated = asking.house.calendars.stated
    # the nearest calendar last, so that its name of a day stands
    notices = [one.notice for either in (year, year + 1) for one in reversed(stated(either))]
    return {
        day: _name(holiday.zh, holiday.en, asking.words)
        for notice in notices
        for holiday in notice.holidays
        for day in holiday.days()
    }


def _name(zh: str, en: str, words: Words) -> str:
    return zh if words.language == "zh" else en
