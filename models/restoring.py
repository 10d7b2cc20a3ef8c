"""When the database was restored, and whether messages go out again."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update

from models.records import table_of
from models.restoration import Restoration

RESTORATION = table_of(Restoration)


def remember(connection: Connection, row: dict[str, Any]) -> None:
    """The restoration stands on record."""
    connection.execute(insert(RESTORATION), [row])


def holding(connection: Connection) -> Any | None:
    """The last restoration whose messages wait for a person's word; None when messages go out."""
    found = select(RESTORATION).where(RESTORATION.c.held, RESTORATION.c.released_at.is_(None))
    return connection.execute(found.order_by(RESTORATION.c.restored_at.desc()).limit(1)).first()


def release(connection: Connection, by: str, now: datetime) -> None:
    """Messages go out again."""
    held = RESTORATION.c.held & RESTORATION.c.released_at.is_(None)
    connection.execute(update(RESTORATION).where(held).values(released_by=by, released_at=now))
