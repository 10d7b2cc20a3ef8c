"""Which deadlines run, worst light first, and what each record's deadlines are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, func, literal, or_, select, tuple_

from models.reading.inspections import findings_of_inspections
from models.reading.lights import LIGHTS, Position, burning, days_of
from models.reading.scope import Scope
from models.reading.unled import aside
from models.records import DEADLINE, FINDING, INSPECTION, PROCEEDING


@dataclass(frozen=True, slots=True)
class DeadlineFilter:
    """What a list of running deadlines is asked for; several lights mean any of them."""

    lights: tuple[str, ...] = ()
    before: date | None = None
    department: str | None = None
    term: str | None = None
    nature: str | None = None


def _with_states() -> Any:
    """Deadlines beside the present state of their proceeding, finding or inspection."""
    joined = (
        DEADLINE.outerjoin(PROCEEDING, PROCEEDING.c.id == DEADLINE.c.proceeding_id)
        .outerjoin(FINDING, FINDING.c.id == DEADLINE.c.finding_id)
        .outerjoin(INSPECTION, INSPECTION.c.id == DEADLINE.c.inspection_id)
    )
    return select(
        DEADLINE,
        PROCEEDING.c.kind.label("proceeding_kind"),
        PROCEEDING.c.state.label("proceeding_state"),
        FINDING.c.state.label("finding_state"),
        INSPECTION.c.state.label("inspection_state"),
    ).select_from(joined)


def page_of_deadlines(
    connection: Connection,
    seen: Scope,
    asked: DeadlineFilter,
    as_of: datetime,
    after: Position | None,
    limit: int,
) -> list[Position]:
    """The places of the next running deadlines that match and are seen: severe first, then due, ledger number, id."""
    columns = DEADLINE.c
    number = func.coalesce(FINDING.c.ledger_no, "")
    keys = (columns.due_effective, number, columns.id)
    running = and_(seen(DEADLINE), columns.state == "running")
    found: list[Position] = []
    for light in LIGHTS[LIGHTS.index(after[0]) if after else 0 :]:
        page = select(columns.due_effective, number.label("number"), columns.id).select_from(
            DEADLINE.outerjoin(FINDING, FINDING.c.id == columns.finding_id)
        )
        shown = and_(days_of(columns.due_effective, light, as_of), burning(columns, light, as_of))
        page = page.where(running, shown, *matching(asked, as_of))
        if after is not None and light == after[0]:
            page = page.where(tuple_(*keys) > tuple_(*map(literal, after[1:])))
        rows = connection.execute(page.order_by(*keys).limit(limit - len(found)))
        found.extend((light, row.due_effective, row.number, row.id) for row in rows)
        if len(found) >= limit:
            break
    return found


def deadlines_by_id(connection: Connection, ids: Sequence[str]) -> list[Row[Any]]:
    """These deadlines beside the state of what they belong to, in the order named."""
    rows = {row.id: row for row in connection.execute(_with_states().where(DEADLINE.c.id.in_(ids)))}
    return [rows[id] for id in ids]


def seen_deadlines(connection: Connection, seen: Scope, ids: Sequence[str]) -> Sequence[Row[Any]]:
    """Those of these deadlines that are seen, beside the state of what they belong to; running or not."""
    return connection.execute(_with_states().where(DEADLINE.c.id.in_(ids), aside(seen)(DEADLINE))).all()


def matching(asked: DeadlineFilter, as_of: datetime) -> list[ColumnElement[bool]]:
    """The filter as conditions on the deadline."""
    columns = DEADLINE.c
    conditions: list[ColumnElement[bool]] = [
        columns[name] == getattr(asked, name)
        for name in ("department", "term", "nature")
        if getattr(asked, name) is not None
    ]
    if asked.lights:
        conditions.append(or_(*(burning(columns, light, as_of) for light in asked.lights)))
    if asked.before is not None:
        conditions.append(columns.due_effective < asked.before.isoformat())
    return conditions


def deadlines_of_finding(connection: Connection, finding_id: str) -> Sequence[Row[Any]]:
    """Every deadline of a finding and its proceedings, in the order they were opened."""
    columns = DEADLINE.c
    asked = _with_states().where(columns.finding_id == finding_id)
    return connection.execute(asked.order_by(columns.id)).all()


def deadlines_of_inspection(connection: Connection, inspection_id: str) -> Sequence[Row[Any]]:
    """Every deadline of the inspection itself, in the order they were opened."""
    columns = DEADLINE.c
    asked = _with_states().where(and_(columns.inspection_id == inspection_id, columns.finding_id.is_(None)))
    return connection.execute(asked.order_by(columns.id)).all()


def first_findings(connection: Connection, seen: Scope, inspection_ids: Sequence[str]) -> dict[str, str]:
    """The first seen finding of each of these inspections."""
    first: dict[str, str] = {}
    for row in findings_of_inspections(connection, seen, inspection_ids):
        first.setdefault(row.inspection_id, row.id)
    return first
