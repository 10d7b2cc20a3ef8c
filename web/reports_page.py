"""Reports to hand in: which one, on which period, in which form."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from fastapi import APIRouter, Response

from api.answers import file
from engine.core.calendar import civil_date
from engine.core.visibility import sees_office
from engine.reporting.reports import MEDIA_TYPES, report_file, reports_of
from rules.report_templates import Report, period_of
from web.asking import Asked
from web.fields import Choice
from web.look import page
from web.naming import Names
from web.routing import PageRoute

router = APIRouter(route_class=PageRoute, include_in_schema=False)
MONTHS_OFFERED, YEARS_OFFERED = 12, 3
MONTHLY = "monthly"
OF_THE_PATH = ("report", "period")


@router.get("/reports")
def reports_page(asking: Asked) -> Response:
    """The reports that can be made, each with the periods that can be told of."""
    house, today = asking.house, civil_date(asking.house.clock.now())
    owed = list(house.office.duties.reports)
    reports = sorted(reports_of(house).values(), key=lambda one: owed.index(one.duty))
    return page(
        asking,
        "reports.html",
        reports=[_shown(one, today) for one in reports],
        departments=Names(house, asking.words).member_departments() if sees_office(asking.who) else [],
        forms=[Choice(form, asking.words(f"reports.form_{form}")) for form in MEDIA_TYPES],
    )


@router.get("/reports/file")
def report(asking: Asked) -> Response:
    """The report as a file; unless named, the month that the page offers first."""
    query: Mapping[str, list[str]] = asking.query
    first = _keys("month", civil_date(asking.house.clock.now()))[0]
    unless = dict(zip(OF_THE_PATH, (MONTHLY, first), strict=True))
    code, key = ("".join(query.get(name, [])) or unless[name] for name in OF_THE_PATH)
    rest = {name: values for name, values in query.items() if name not in OF_THE_PATH}
    return file(*report_file(asking.house, asking.who, code, key, rest))


def _shown(report: Report, today: date) -> dict[str, Any]:
    periods = [period_of(report.covers, key) for key in _keys(report.covers, today)]
    return {
        "code": report.code,
        "title": report.title,
        "periods": [Choice(one.key, one.zh) for one in periods if one is not None],
    }


def _keys(covers: str, today: date) -> list[str]:
    """The periods that have begun, the latest first; the month that runs stands behind the one before it."""
    if covers == "month":
        months = [today.year * 12 + today.month - 1 - back for back in range(MONTHS_OFFERED)]
        months[:2] = reversed(months[:2])
        return [f"{month // 12:04d}-{month % 12 + 1:02d}" for month in months]
    years = range(today.year, today.year - YEARS_OFFERED, -1)
    return [f"{year}-H1" if covers == "first_half" else f"{year}" for year in years]
