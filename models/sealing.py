"""What was sealed for receivers that have an encryption key: statements only."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select

from models.exchange import SealedMessage
from models.exchange_reading import SYSTEM
from models.records import insert_or_leave, table_of

SEALED = table_of(SealedMessage)


def encryption_keys(connection: Connection, system_ids: Collection[str]) -> dict[str, list[dict[str, Any]]]:
    """The encryption keys of these systems, newest first, by system."""
    found = select(SYSTEM.c.id, SYSTEM.c.encryption_keys).where(SYSTEM.c.id.in_(system_ids))
    return {row.id: row.encryption_keys for row in connection.execute(found)}


def sealed_rows(connection: Connection, message_id: str) -> Sequence[Row[Any]]:
    """The message as it was sealed, for each key once, the first first."""
    found = select(SEALED).where(SEALED.c.message_id == message_id)
    return connection.execute(found.order_by(SEALED.c.sealed_at, SEALED.c.thumbprint)).all()


def keep_sealed(
    connection: Connection, message_id: str, thumbprint: str, office_id: str, body: bytes, now: datetime
) -> None:
    """The message is sealed to that key; when it was already, those bytes stay."""
    row = {
        "message_id": message_id,
        "thumbprint": thumbprint,
        "office_id": office_id,
        "body": body,
        "sealed_at": now,
    }
    connection.execute(insert_or_leave(connection, SEALED).on_conflict_do_nothing().values(row))
