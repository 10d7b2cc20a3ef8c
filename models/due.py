"""What is due: deadlines whose day has come and findings whose proceedings are all done."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Connection,
    Row,
    Table,
    and_,
    bindparam,
    case,
    exists,
    func,
    not_,
    or_,
    select,
    union_all,
    update,
)

from engine.core.deadlines import OVERDUE_STAGE, SEVERE_STAGE
from models.reading.unled import Unled
from models.records import DEADLINE, FINDING, PROCEEDING


def due_deadlines(
    connection: Connection, office_id: str, now: datetime, limit: int, table: Table = DEADLINE
) -> Sequence[Row[Any]]:
    """Running deadlines that are overdue or severe and of which this has not been told yet, oldest first."""
    stage = case((table.c.severe_at <= now, SEVERE_STAGE), else_=OVERDUE_STAGE).label("stage")
    parts = [
        select(table.c.id, table.c.overdue_at, stage)
        .where(untold)
        .order_by(table.c.overdue_at, table.c.id)
        .limit(limit)
        .subquery()
        for untold in _untold(table, office_id, now)
    ]
    both = union_all(*(select(part) for part in parts)).subquery()
    found = select(table, both.c.stage).join(both, both.c.id == table.c.id)
    return connection.execute(found.order_by(table.c.overdue_at, table.c.id).limit(limit)).all()


def ended_before(
    connection: Connection,
    office_id: str,
    now: datetime,
    waited_for: Mapping[tuple[str, str], Collection[str]],
    limit: int,
) -> Sequence[Row[Any]]:
    """Running deadlines that were told of, and whose end a row of the clock waits for only now; oldest first.

    waited_for: (kind of proceeding, term) → the states in which a row of the clock waits for the end of that term.
    """
    stage = case((DEADLINE.c.severe_at <= now, SEVERE_STAGE), else_=OVERDUE_STAGE)
    waits = [
        and_(PROCEEDING.c.kind == kind, DEADLINE.c.term == term, PROCEEDING.c.state.in_(sorted(states)))
        for (kind, term), states in waited_for.items()
    ]
    found = (
        select(DEADLINE, stage.label("stage"))
        .join(PROCEEDING, PROCEEDING.c.id == DEADLINE.c.proceeding_id)
        .where(
            DEADLINE.c.office_id == office_id,
            DEADLINE.c.state == "running",
            DEADLINE.c.overdue_at <= now,
            DEADLINE.c.told_stage >= OVERDUE_STAGE,
            or_(*waits),
        )
    )
    return connection.execute(found.order_by(DEADLINE.c.overdue_at, DEADLINE.c.id).limit(limit)).all()


def proceedings_without(
    connection: Connection,
    office_id: str,
    kind: str,
    states: Collection[str],
    terms: Collection[str],
    after: str,
    limit: int,
) -> Sequence[Row[Any]]:
    """Proceedings of the kind in these states of which no clock of these terms runs; by id, after the one named."""
    runs = exists().where(
        DEADLINE.c.finding_id == PROCEEDING.c.finding_id,
        DEADLINE.c.proceeding_id == PROCEEDING.c.id,
        DEADLINE.c.state.in_(("running", "suspended")),
        DEADLINE.c.term.in_(sorted(terms)),
    )
    found = select(PROCEEDING).where(
        PROCEEDING.c.office_id == office_id,
        PROCEEDING.c.kind == kind,
        PROCEEDING.c.state.in_(sorted(states)),
        PROCEEDING.c.id > after,
        ~runs,
    )
    return connection.execute(found.order_by(PROCEEDING.c.id).limit(limit)).all()


def count_due(connection: Connection, office_id: str, now: datetime, table: Table = DEADLINE) -> int:
    """How many deadlines wait to be told of."""
    return sum(
        int(connection.execute(select(func.count()).select_from(table).where(untold)).scalar_one())
        for untold in _untold(table, office_id, now)
    )


def _untold(table: Table, office_id: str, now: datetime) -> tuple[Any, Any]:
    """Overdue and nothing told; told to be overdue and severe by now. Each reads one stretch of the index."""
    running = and_(table.c.office_id == office_id, table.c.state == "running", table.c.overdue_at <= now)
    return (
        and_(running, table.c.told_stage == 0),
        and_(running, table.c.told_stage == OVERDUE_STAGE, table.c.severe_at <= now),
    )


def mark_told(connection: Connection, deadline_id: str, stage: int, table: Table = DEADLINE) -> None:
    """The sweep has told of this deadline up to this stage."""
    connection.execute(update(table).where(table.c.id == deadline_id).values(told_stage=stage))


_OF_THE_FINDING = PROCEEDING.c.finding_id == FINDING.c.id
_WITHOUT_OPEN_PROCEEDING = (
    select(FINDING.c.id, FINDING.c.version, FINDING.c.record)
    .where(
        Unled(FINDING.c.office_id) == bindparam("office_id"),
        not_(FINDING.c.closed),  # said for the index of open findings: no closed one is in these states
        FINDING.c.state.in_(bindparam("states", expanding=True)),
        Unled(FINDING.c.id) > bindparam("after"),
        ~exists().where(_OF_THE_FINDING, PROCEEDING.c.open.is_(True)),
        or_(FINDING.c.state == "in_progress", exists().where(_OF_THE_FINDING)),
    )
    .order_by(Unled(FINDING.c.id))
    .limit(bindparam("limit"))
)
_PROCEEDINGS = select(PROCEEDING).where(PROCEEDING.c.finding_id.in_(bindparam("ids", expanding=True)))


def findings_without_open_proceeding(
    connection: Connection, office_id: str, states: Sequence[str], after: str, limit: int
) -> Sequence[Any]:
    """Findings in these states with no open proceeding that had some, or are in progress; by id, after the one named."""
    asked = {"office_id": office_id, "states": list(states), "after": after, "limit": limit}
    return connection.execute(_WITHOUT_OPEN_PROCEEDING, asked).all()


def proceedings_of(connection: Connection, finding_ids: Sequence[str]) -> Sequence[Row[Any]]:
    """The proceedings of these findings."""
    if not finding_ids:
        return ()
    return connection.execute(_PROCEEDINGS, {"ids": list(finding_ids)}).all()
