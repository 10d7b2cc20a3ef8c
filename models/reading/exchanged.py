"""Messages and receipts of findings and inspections, as far as these are seen; the criminal queue is not among them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, Table, and_, case, or_, select

from models.exchange_reading import MESSAGE
from models.linked_reading import RECEIPT
from models.reading.scope import Scope
from models.records import FINDING, INSPECTION

_SHOWN = (
    *("id", "kind", "recipient", "system_id", "state", "tries", "outcome"),
    *("finding_id", "inspection_id", "recorded_at", "due_at", "delivered_at"),
)
ORDINARY, REMINDER = "ordinary", "reminder"
_SAID = case((MESSAGE.c.kind == REMINDER, MESSAGE.c.body)).label("said")
"""The body of a reminder, which nothing else of its finding tells; other messages speak of a step."""


def messages_seen(
    connection: Connection, seen: Scope, states: Sequence[str], limit: int
) -> Sequence[Row[Any]]:
    """The latest messages about what is seen, newest first; only those in the states, when any are named."""
    asked = _messages(seen)
    if states:
        asked = asked.where(MESSAGE.c.state.in_(states))
    return connection.execute(
        asked.order_by(MESSAGE.c.recorded_at.desc(), MESSAGE.c.id.desc()).limit(limit)
    ).all()


def messages_late(connection: Connection, seen: Scope, now: datetime, limit: int) -> Sequence[Row[Any]]:
    """Messages that wait although half of the time to their deadline is gone, the soonest due first."""
    waits = and_(MESSAGE.c.state == "waiting", MESSAGE.c.due_at.is_not(None), MESSAGE.c.alarm_at.is_(None))
    asked = _messages(seen).where(waits, MESSAGE.c.recorded_at < now)
    return connection.execute(asked.order_by(MESSAGE.c.due_at, MESSAGE.c.id).limit(limit)).all()


def _messages(seen: Scope) -> Select[Any]:
    columns = [MESSAGE.c[name] for name in _SHOWN]
    return select(*[*columns, _SAID]).where(MESSAGE.c.queue == ORDINARY, _about(MESSAGE, seen))


def receipts_seen(
    connection: Connection, seen: Scope, states: Sequence[str], limit: int
) -> Sequence[Row[Any]]:
    """The latest receipts about findings that are seen, newest first; only those in the states, when any are named."""
    columns = [
        RECEIPT.c[name]
        for name in ("id", "system_id", "kind", "state", "waiting_for", "finding_id", "received_at")
    ]
    findings = select(FINDING.c.id).where(seen(FINDING))
    asked = select(*columns).where(RECEIPT.c.finding_id.in_(findings))
    if states:
        asked = asked.where(RECEIPT.c.state.in_(states))
    return connection.execute(
        asked.order_by(RECEIPT.c.received_at.desc(), RECEIPT.c.id.desc()).limit(limit)
    ).all()


def _about(table: Table, seen: Scope) -> ColumnElement[bool]:
    return or_(
        table.c.finding_id.in_(select(FINDING.c.id).where(seen(FINDING))),
        table.c.inspection_id.in_(select(INSPECTION.c.id).where(seen(INSPECTION))),
    )
