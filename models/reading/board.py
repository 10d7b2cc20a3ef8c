"""The numbers of the supervisor's board beyond those of the ledger: the open ones counted, the closed ones from the tally.

They have the same scope and filter as lists of findings, so that each is the length of a list. A criminal referral is no
proceeding of the finding (law 9) and is in none of them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, case, distinct, func, literal, not_, select

from models.reading.figures import still_open
from models.reading.findings import CLOSED, NO_ROUTE, FindingFilter
from models.reading.lights import CIVIL, finding_light
from models.reading.scope import Scope
from models.reading.tallied import ALL, CLOSING, PROCEEDING_STATE, ROUTE, closed_by
from models.records import FINDING, PROCEEDING

LATE = ("severe", "overdue")
"""The lights of what is overdue."""


@dataclass(frozen=True, slots=True)
class Load:
    """What somebody (None: nobody yet) of a department has open: all, overdue, and due before the day asked about."""

    department: str
    handler: str | None
    open: int
    overdue: int
    due: int


def flows(connection: Connection, seen: Scope, asked: FindingFilter) -> list[tuple[str, str, int]]:
    """Route (NO_ROUTE without any), state of the finding, how many; a finding of two routes counts under both."""
    of_kind = func.coalesce(PROCEEDING.c.kind, NO_ROUTE).label("route")
    counted = (
        select(of_kind, FINDING.c.state, func.count(distinct(FINDING.c.id)))
        .select_from(FINDING.outerjoin(PROCEEDING, PROCEEDING.c.finding_id == FINDING.c.id))
        .where(*still_open(seen, asked))
        .group_by(of_kind, FINDING.c.state)
    )
    closed = closed_by(connection, seen, asked, ROUTE, "value")
    return [
        *((row[0], row[1], int(row[2])) for row in connection.execute(counted)),
        *((route, CLOSED, count) for route, count in closed),
    ]


def in_states(connection: Connection, seen: Scope, asked: FindingFilter) -> dict[tuple[str, str], int]:
    """How many findings have a proceeding of that kind in that state."""
    columns = PROCEEDING.c
    counted: Any = (
        select(columns.kind, columns.state, func.count(distinct(columns.finding_id)))
        .select_from(FINDING.join(PROCEEDING, FINDING.c.id == columns.finding_id))
        .where(*still_open(seen, asked))
        .group_by(columns.kind, columns.state)
    )
    found = Counter({(kind, state): int(count) for kind, state, count in connection.execute(counted)})
    for place, count in closed_by(connection, seen, asked, PROCEEDING_STATE, "value"):
        kind, _, state = place.partition(".")
        found[kind, state] += count
    return dict(found)


def ages(
    connection: Connection,
    seen: Scope,
    asked: FindingFilter,
    edges: Sequence[datetime],
    as_of: datetime,
) -> dict[tuple[int, bool], int]:
    """Open findings by how many of the edges (latest first) they were discovered before, and whether overdue."""
    place, late = _before(FINDING.c.discovered_at, edges).label("place"), _late(as_of).label("late")
    counted = select(place, late, func.count()).where(*still_open(seen, asked)).group_by(place, late)
    return {(int(row[0]), bool(row[1])): int(row[2]) for row in connection.execute(counted)}


def discovered(
    connection: Connection,
    seen: Scope,
    asked: FindingFilter,
    months: Sequence[date],
    as_of: datetime,
) -> dict[tuple[int, bool], int]:
    """All findings, open or closed, by how many of these first days of a month, latest first, they were discovered
    before, and whether overdue."""
    found = Counter(
        ages(connection, seen, asked, [datetime.combine(first, time(), CIVIL) for first in months], as_of)
    )
    for day, count in closed_by(connection, seen, asked, ALL, "day"):
        found[_place_of(day[:7], months), False] += count
    return dict(found)


def closed(
    connection: Connection, seen: Scope, asked: FindingFilter, months: Sequence[date]
) -> dict[int, int]:
    """Closed findings by how many of these first days of a month, latest first, they were last closed before."""
    found: Counter[int] = Counter()
    for month, count in closed_by(connection, seen, asked, CLOSING, "value"):
        found[_place_of(month, months)] += count
    return dict(found)


def _place_of(month: str, months: Sequence[date]) -> int:
    """How many of the first days, latest first, lie after that month, written YYYY-MM."""
    return sum(first.isoformat()[:7] > month for first in months)


def loads(
    connection: Connection, seen: Scope, asked: FindingFilter, before: date, as_of: datetime
) -> list[Load]:
    """What each handler has open, the most overdue first; `due` are those due before that day and not overdue."""
    columns, late = FINDING.c, _late(as_of)
    soon = and_(not_(late), columns.due_effective < before.isoformat())
    overdue = func.sum(case((late, 1), else_=0)).label("overdue")
    due = func.sum(case((soon, 1), else_=0)).label("due")
    whose = (columns.department, columns.handler)
    counted = (
        select(*whose, func.count().label("open"), overdue, due)
        .where(*still_open(seen, asked))
        .group_by(*whose)
    )
    rows = [
        Load(row[0], row[1], int(row[2]), int(row[3]), int(row[4])) for row in connection.execute(counted)
    ]
    return sorted(rows, key=lambda one: (-one.overdue, -one.open, one.department, one.handler or ""))


def _late(as_of: datetime) -> ColumnElement[bool]:
    return finding_light(as_of).in_(LATE)


def _before(instant: ColumnElement[datetime], edges: Sequence[datetime]) -> ColumnElement[int]:
    """How many of the edges, latest first, lie after the instant."""
    reached = [(instant >= edge, literal(place)) for place, edge in enumerate(edges)]
    return case(*reached, else_=literal(len(edges)))
