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
from models.reading.findings import FindingFilter, matching, spellings
from models.reading.lights import finding_light
from models.reading.scope import Scope
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
    """The findings that match, each counted once, by department, state and light."""
    light = finding_light(as_of).label("light")
    columns = (FINDING.c.department, FINDING.c.state, FINDING.c.closed)
    counted = select(*columns, light, func.count().label("count")).where(seen(FINDING), *matching(asked))
    return [Tally(*row) for row in connection.execute(counted.group_by(*columns, light))]


def findings_by_route(
    connection: Connection, seen: Scope, asked: FindingFilter
) -> Mapping[str, tuple[int, int]]:
    """For each kind of proceeding: how many matching findings have one, and how many of these are closed."""
    counted: Any = (
        select(PROCEEDING.c.kind, FINDING.c.closed, func.count(distinct(FINDING.c.id)).label("count"))
        .select_from(PROCEEDING.join(FINDING, FINDING.c.id == PROCEEDING.c.finding_id))
        .where(seen(FINDING), *matching(asked))
        .group_by(PROCEEDING.c.kind, FINDING.c.closed)
    )
    figures: dict[str, tuple[int, int]] = {}
    for kind, is_closed, count in connection.execute(counted):
        found, closed = figures.get(kind, (0, 0))
        figures[kind] = (found + count, closed + (count if is_closed else 0))
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
