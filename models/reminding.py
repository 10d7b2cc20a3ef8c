"""What a reminder to a linked system says of its finding, and which reminders the outbox holds already."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import Connection, Row, and_, select

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


def letter_to(
    connection: Connection,
    recipient: str,
    finding_id: str | None,
    proceeding_id: str | None,
    name: str | None,
) -> str | None:
    """The latest message of that name about this that went to a system of the recipient; None where none did.

    name: the charts' name of it; None for any whose receipt moves the proceeding.
    """
    about = and_(
        MESSAGE.c.finding_id == finding_id,
        MESSAGE.c.proceeding_id == proceeding_id,
        MESSAGE.c.recipient == recipient,
        MESSAGE.c.system_id.is_not(None),
    )
    asked = MESSAGE.c.answerable if name is None else MESSAGE.c.chart_name == name
    latest = (
        select(MESSAGE.c.id).where(about, asked).order_by(MESSAGE.c.step_sequence.desc(), MESSAGE.c.id.desc())
    )
    return connection.execute(latest.limit(1)).scalar()
