"""The numbers of the ledger and of a person's work, counted by the database."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    and_,
    distinct,
    exists,
    false,
    func,
    not_,
    or_,
    select,
)

from engine.core.commands import Principal
from engine.core.visibility import sees_department
from models.reading.findings import CLOSED, FindingFilter, matching, spellings
from models.reading.lights import NONE, finding_light
from models.reading.scope import Scope
from models.reading.tallied import ALL, ROUTE, closed_by
from models.reading.unled import aside
from models.records import FINDING, PROCEEDING


@dataclass(frozen=True, slots=True)
class Tally:
    """How many seen findings share a department, a state and a light."""

    department: str
    state: str
    closed: bool
    light: str
    count: int


def tallies(connection: Connection, seen: Scope, asked: FindingFilter, as_of: datetime) -> list[Tally]:
    """The findings that match, each counted once, by department, state and light; the filter is that of the ledger.

    The open ones, which the clock alone may move to another light, are counted; for the closed ones the tally says it.
    """
    light = finding_light(as_of).label("light")
    columns = (FINDING.c.department, FINDING.c.state)
    counted = select(*columns, light, func.count().label("count")).where(*still_open(seen, asked))
    found = connection.execute(counted.group_by(*columns, light))
    closed = closed_by(connection, seen, asked, ALL, "department")
    return [
        *(Tally(department, state, False, light, count) for department, state, light, count in found),
        *(Tally(department, CLOSED, True, NONE, count) for department, count in closed),
    ]


def still_open(seen: Scope, asked: FindingFilter) -> list[ColumnElement[bool]]:
    """The conditions of the open findings that match and are seen, which are few however many were closed."""
    return [aside(seen)(FINDING), not_(FINDING.c.closed), *matching(asked, found=True)]


def findings_by_route(
    connection: Connection, seen: Scope, asked: FindingFilter
) -> Mapping[str, tuple[int, int]]:
    """For each kind of proceeding: how many matching findings have one, and how many of these are closed."""
    counted: Any = (
        select(PROCEEDING.c.kind, func.count(distinct(FINDING.c.id)))
        .select_from(FINDING.join(PROCEEDING, FINDING.c.id == PROCEEDING.c.finding_id))
        .where(*still_open(seen, asked))
        .group_by(PROCEEDING.c.kind)
    )
    figures = {kind: (int(count), 0) for kind, count in connection.execute(counted)}
    for kind, count in closed_by(connection, seen, asked, ROUTE, "value"):
        figures[kind] = (figures.get(kind, (0, 0))[0] + count, count)
    return figures


def waiting_for(who: Principal, owned: Sequence[tuple[str, str]]) -> ColumnElement[bool]:
    """True for open findings that wait for this person, or for somebody they act for.

    They handle it; or a role they have in the department owns the present state of the finding or of one of
    its open proceedings (`owned`: kind and state); or they supervise and the finding is supervised.
    """
    reasons: list[ColumnElement[bool]] = [FINDING.c.handler.in_(spellings(*who.handles_for))]
    department = sees_department(who)
    if department is not None:
        owns = or_(FINDING.c.owner_role.in_(sorted(who.all_roles)), _has_open(owned))
        reasons.append(and_(FINDING.c.department == department, owns))
    if "supervisor" in who.roles:
        reasons.append(FINDING.c.supervised)
    return and_(not_(FINDING.c.closed), or_(*reasons))


def waiting_among(connection: Connection, ids: Collection[str], waits: ColumnElement[bool]) -> frozenset[str]:
    """Of these findings those of which the condition is true."""
    found = select(FINDING.c.id).where(FINDING.c.id.in_(sorted(ids)), waits)
    return frozenset(connection.execute(found).scalars())


def _has_open(owned: Sequence[tuple[str, str]]) -> ColumnElement[bool]:
    if not owned:
        return false()
    columns = PROCEEDING.c
    # One text per pair, so that the index is entered by the finding once and not once for each pair.
    pairs = [f"{kind} {state}" for kind, state in owned]
    return exists().where(
        columns.finding_id == FINDING.c.id, columns.open, (columns.kind + " " + columns.state).in_(pairs)
    )
