"""What is closed and what is public, summed from the tally; the rights are those of the rows that it counts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, select, union_all

from models.reading.findings import FindingFilter
from models.reading.lights import CIVIL
from models.reading.scope import Scope
from models.records import table_of
from models.tally import ClosedTally

TALLY = table_of(ClosedTally)
ALL, ROUTE, PROCEEDING_STATE, CLOSING, PUBLIC = "all", "route", "proceeding", "closing", "public"
INSPECTION_STATE = "inspection"
DOMAIN, VIOLATION, RULE = "domain", "violation", "rule"
LAST_MONTH = date.max.replace(day=1)
"""The month that no other follows."""


def closed_by(
    connection: Connection, seen: Scope, asked: FindingFilter, facet: str, told: str
) -> list[tuple[str, int]]:
    """The closed findings that match and are seen, counted by that column of the tally.

    The filter names nothing but a department and a time of discovery; `day` is the month where that covers it whole.
    """
    other = replace(asked, department=None, discovered_from=None, discovered_before=None)
    assert other == FindingFilter(), "the tally knows no other filter"
    return summed(
        connection, seen, asked.department, asked.discovered_from, asked.discovered_before, facet, told
    )


def summed(
    connection: Connection,
    seen: Scope,
    department: str | None,
    since: datetime | None,
    before: datetime | None,
    facet: str,
    told: str,
) -> list[tuple[str, int]]:
    """What is counted under a facet from one civil midnight to another, by that column; nothing is told of none."""
    narrowed = [seen(TALLY), TALLY.c.facet == facet]
    if department is not None:
        narrowed.append(TALLY.c.department == department)
    parts = [
        select(TALLY.c[told].label("told"), TALLY.c.count).where(*narrowed, *days)
        for days in of_period(since, before)
    ]
    every = union_all(*parts).subquery().c
    asked: Any = select(every.told, func.sum(every.count)).group_by(every.told)
    return [(str(value), int(count)) for value, count in connection.execute(asked) if count]


def of_period(since: datetime | None, before: datetime | None) -> list[list[ColumnElement[bool]]]:
    """Conditions on the tally that together hold each day from one civil midnight to another once."""
    return list(_within(_day(since), _day(before)))


def _within(since: date | None, before: date | None) -> Iterator[list[ColumnElement[bool]]]:
    """The days of a time as whole months and, at either end, single days."""
    if since is not None and since.day != 1 and since >= LAST_MONTH:
        yield _range("d", since, before)
        return
    first = None if since is None else _first_whole(since)
    last = None if before is None else before.replace(day=1)
    if first is not None and last is not None and first > last:
        yield _range("d", since, before)
        return
    yield _range("m", first, last)
    if since is not None and since != first:
        yield _range("d", since, first)
    if before is not None and before != last:
        yield _range("d", last, before)


def _first_whole(since: date) -> date:
    """Where the first month begins that has no day before this one."""
    return since if since.day == 1 else (since.replace(day=28) + timedelta(days=4)).replace(day=1)


def _range(grain: str, since: date | None, before: date | None) -> list[ColumnElement[bool]]:
    letters = 7 if grain == "m" else 10
    found = [TALLY.c.grain == grain]
    found += [] if since is None else [TALLY.c.day >= since.isoformat()[:letters]]
    found += [] if before is None else [TALLY.c.day < before.isoformat()[:letters]]
    return found


def _day(instant: datetime | None) -> date | None:
    """The civil day that begins at that instant."""
    if instant is None:
        return None
    civil = instant.astimezone(CIVIL)
    assert (civil.hour, civil.minute, civil.second) == (0, 0, 0), "periods are whole days"
    return civil.date()
