"""Deadlines whose next rung is due."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, and_, select, update

from models.records import DEADLINE, FINDING, INSPECTION

_NAMED = (DEADLINE.c.id, DEADLINE.c.finding_id, DEADLINE.c.inspection_id)


def due_rungs(connection: Connection, office_id: str, now: datetime, limit: int) -> Sequence[Row[Any]]:
    """Running deadlines of which a rung is due by now, the oldest rung first."""
    columns = DEADLINE.c
    waiting = and_(columns.office_id == office_id, columns.state == "running", columns.rung_at <= now)
    found: Any = select(*_NAMED).where(waiting).order_by(columns.rung_at, columns.id).limit(limit)
    return connection.execute(found).all()


def deadline_to_tell(connection: Connection, named: Any, now: datetime) -> Row[Any] | None:
    """The deadline as it stands now, its record locked on PostgreSQL; None when no rung of it is due any more."""
    record = FINDING if named.finding_id is not None else INSPECTION
    id = named.finding_id or named.inspection_id
    connection.execute(select(record.c.id).where(record.c.id == id).with_for_update())
    columns = DEADLINE.c
    due = and_(columns.id == named.id, columns.state == "running", columns.rung_at <= now)
    return connection.execute(select(DEADLINE).where(due)).one_or_none()


def climbed(connection: Connection, deadline_id: str, rung: int, rung_at: datetime | None) -> None:
    """So many rungs were told, and the next is due then."""
    changed = update(DEADLINE).where(DEADLINE.c.id == deadline_id).values(rung=rung, rung_at=rung_at)
    connection.execute(changed)
