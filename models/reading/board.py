"""The numbers of the supervisor's board beyond those of the ledger, each counted by the database in one pass.

They have the same scope and filter as lists of findings, so that each is the length of a list. A criminal referral is no
proceeding of the finding (law 9) and is in none of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, case, distinct, exists, func, literal, not_, select

from models.reading.closings import last_closing
from models.reading.findings import NO_ROUTE, FindingFilter, matching
from models.reading.lights import finding_light
from models.reading.scope import Scope
from models.records import ENTRY, FINDING, PROCEEDING

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
    route = func.coalesce(PROCEEDING.c.kind, NO_ROUTE).label("route")
    counted = (
        select(route, FINDING.c.state, func.count(distinct(FINDING.c.id)))
        .select_from(FINDING.outerjoin(PROCEEDING, PROCEEDING.c.finding_id == FINDING.c.id))
        .where(seen(FINDING), *matching(asked))
        .group_by(route, FINDING.c.state)
    )
    return [(row[0], row[1], int(row[2])) for row in connection.execute(counted)]


def in_states(connection: Connection, seen: Scope, asked: FindingFilter) -> dict[tuple[str, str], int]:
    """How many findings have a proceeding of that kind in that state."""
    columns = PROCEEDING.c
    counted: Any = (
        select(columns.kind, columns.state, func.count(distinct(columns.finding_id)))
        .select_from(PROCEEDING.join(FINDING, FINDING.c.id == columns.finding_id))
        .where(seen(FINDING), *matching(asked))
        .group_by(columns.kind, columns.state)
    )
    return {(kind, state): int(count) for kind, state, count in connection.execute(counted)}


def ages(
    connection: Connection,
    seen: Scope,
    asked: FindingFilter,
    edges: Sequence[datetime],
    as_of: datetime,
) -> dict[tuple[int, bool], int]:
    """Open findings by how many of the edges (latest first) they were discovered before, and whether overdue."""
    return _by_discovery(connection, [seen(FINDING), not_(FINDING.c.closed), *matching(asked)], edges, as_of)


def discovered(
    connection: Connection,
    seen: Scope,
    asked: FindingFilter,
    edges: Sequence[datetime],
    as_of: datetime,
) -> dict[tuple[int, bool], int]:
    """The same of all findings, open or closed."""
    return _by_discovery(connection, [seen(FINDING), *matching(asked)], edges, as_of)


def closed(
    connection: Connection, seen: Scope, asked: FindingFilter, edges: Sequence[datetime]
) -> dict[int, int]:
    """Closed findings by how many of the edges, latest first, they were last closed before; none before the last."""
    place = _before(ENTRY.c.occurred_at, edges).label("place")
    # Asked from the entries on, which their index finds by the day, and not from all findings.
    of_it = exists().where(
        FINDING.c.id == ENTRY.c.record_id, seen(FINDING), FINDING.c.closed, *matching(asked)
    )
    counted: Any = (
        select(place, func.count())
        .where(last_closing(), ENTRY.c.occurred_at >= edges[-1], of_it)
        .group_by(place)
    )
    return {int(row[0]): int(row[1]) for row in connection.execute(counted)}


def _by_discovery(
    connection: Connection,
    conditions: Sequence[ColumnElement[bool]],
    edges: Sequence[datetime],
    as_of: datetime,
) -> dict[tuple[int, bool], int]:
    place, late = _before(FINDING.c.discovered_at, edges).label("place"), _late(as_of).label("late")
    counted = select(place, late, func.count()).where(*conditions).group_by(place, late)
    return {(int(row[0]), bool(row[1])): int(row[2]) for row in connection.execute(counted)}


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
        .where(seen(FINDING), not_(columns.closed), *matching(asked))
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
