"""How long findings and their proceedings stayed in each state: told by the entries, reckoned by the database.

A stay begins with the entry that led into the state and ends with the one that led out of it; what is still there has
not ended and counts as none. Records carried over have no stays: their dates are stated, not lived through.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Select, case, func, literal, not_, or_, select, union_all

from models.reading.days_between import DaysBetween
from models.reading.findings import FindingFilter, matching
from models.reading.scope import Scope
from models.reading.unled import aside
from models.records import ENTRY, FINDING, PROCEEDING

LOOKED_AT = 1_000
"""The stays of so many findings say how long one takes; those of all would be sorted for minutes."""


@dataclass(frozen=True, slots=True)
class Stay:
    """The ended stays in a state of a chart: how many, and within how many days half and nine tenths of them ended."""

    chart: str
    state: str
    count: int
    half: float
    most: float


def latest(connection: Connection, seen: Scope, asked: FindingFilter) -> list[str]:
    """The ids of the findings that match and were discovered last, at most LOOKED_AT of them; none carried over."""
    columns = FINDING.c
    found = select(columns.id).where(aside(seen)(FINDING), not_(columns.carried), *matching(asked))
    return list(connection.execute(found.order_by(columns.discovered_at.desc()).limit(LOOKED_AT)).scalars())


def stays(connection: Connection, ids: Sequence[str], initial: Mapping[str, str]) -> list[Stay]:
    """The stays of these findings; `initial` names the first state of each kind of proceeding."""
    moved = _moves(ids, initial).subquery()
    whose = (moved.c.record_id, moved.c.chart, moved.c.part)
    before = func.lag(moved.c.state).over(partition_by=whose, order_by=moved.c.sequence)
    told = select(moved, before.label("before")).subquery()
    ended = func.lead(told.c.at).over(
        partition_by=(told.c.record_id, told.c.chart, told.c.part), order_by=told.c.sequence
    )
    stayed = (
        select(told.c.chart, told.c.state, told.c.at, ended.label("ended"))
        .where(or_(told.c.before.is_(None), told.c.before != told.c.state))
        .subquery()
    )
    days = DaysBetween(stayed.c.at, stayed.c.ended)
    alike = (stayed.c.chart, stayed.c.state)
    ranked = (
        select(
            *alike,
            days.label("days"),
            func.row_number().over(partition_by=alike, order_by=days).label("rank"),
            func.count().over(partition_by=alike).label("total"),
        )
        .where(stayed.c.ended.is_not(None))
        .subquery()
    )
    columns = ranked.c
    middle, late = columns.rank == (columns.total + 1) // 2, columns.rank == (9 * columns.total + 9) // 10
    found = select(
        columns.chart,
        columns.state,
        columns.total,
        func.max(case((middle, columns.days))),
        func.max(case((late, columns.days))),
    ).group_by(columns.chart, columns.state, columns.total)
    return [
        Stay(row[0], row[1], int(row[2]), float(row[3]), float(row[4])) for row in connection.execute(found)
    ]


def _moves(ids: Sequence[str], initial: Mapping[str, str]) -> Any:
    """Every entry of the findings and their proceedings, and that each proceeding was opened in its first state."""
    entries: Select[Any] = select(
        ENTRY.c.record_id,
        ENTRY.c.chart,
        func.coalesce(ENTRY.c.proceeding_id, "").label("part"),
        ENTRY.c.state,
        ENTRY.c.occurred_at.label("at"),
        ENTRY.c.sequence,
    ).where(ENTRY.c.record_id.in_(ids), ENTRY.c.chart.in_(("finding", *initial)))
    columns = PROCEEDING.c
    first = case(initial, value=columns.kind, else_=literal(""))
    opened: Select[Any] = select(
        columns.finding_id,
        columns.kind,
        columns.id,
        first,
        columns.opened_at,
        columns.opened_sequence,
    ).where(columns.finding_id.in_(ids))
    return union_all(entries, opened)
