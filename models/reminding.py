"""What a reminder to a linked system says of its finding, and which reminders the outbox holds already."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, select

from models.exchange_reading import MESSAGE
from models.records import DEADLINE, FINDING, PROCEEDING

_SUBJECT = (
    select(
        DEADLINE.c.id,
        FINDING.c.ledger_no,
        FINDING.c.sequence,
        PROCEEDING.c.kind,
        PROCEEDING.c.state,
        PROCEEDING.c.target_department,
    )
    .join(FINDING, FINDING.c.id == DEADLINE.c.finding_id)
    .outerjoin(PROCEEDING, PROCEEDING.c.id == DEADLINE.c.proceeding_id)
)


def subjects(connection: Connection, deadline_ids: Collection[str]) -> dict[str, Row[Any]]:
    """By deadline of a finding: its number in the ledger, its sequence, and its proceeding's kind, state and receiver."""
    found: Any = connection.execute(_SUBJECT.where(DEADLINE.c.id.in_(sorted(deadline_ids)))).all()
    return {str(row.id): row for row in found}


def in_outbox(connection: Connection, message_ids: Collection[str]) -> set[str]:
    """Those of the ids that stand in the outbox."""
    found = select(MESSAGE.c.id).where(MESSAGE.c.id.in_(sorted(message_ids)))
    return {str(id) for id in connection.execute(found).scalars()}


def letter_awaited(
    connection: Connection, recipient: str, finding_id: str | None, proceeding_id: str | None
) -> str | None:
    """The latest message of the proceeding that went to a system of the recipient and asks for a receipt, if any did."""
    return _latest(connection, recipient, finding_id, proceeding_id, MESSAGE.c.answerable)


def order_sent(
    connection: Connection, recipient: str, finding_id: str, name: str, since: datetime
) -> str | None:
    """The latest message that the finding sent to a system of the recipient under that name since then, if any."""
    ordered = and_(MESSAGE.c.chart_name == name, MESSAGE.c.recorded_at >= since)
    return _latest(connection, recipient, finding_id, None, ordered)


def _latest(
    connection: Connection,
    recipient: str,
    finding_id: str | None,
    proceeding_id: str | None,
    asked: ColumnElement[bool],
) -> str | None:
    about = and_(
        MESSAGE.c.finding_id == finding_id,
        MESSAGE.c.proceeding_id == proceeding_id,
        MESSAGE.c.recipient == recipient,
        MESSAGE.c.system_id.is_not(None),
    )
    found = select(MESSAGE.c.id).where(about, asked)
    latest = found.order_by(MESSAGE.c.step_sequence.desc(), MESSAGE.c.id.desc()).limit(1)
    return connection.execute(latest).scalar()
