"""Numbers of the ledger that are taken already."""

from __future__ import annotations

from sqlalchemy import Connection, func, select

from models.reading.scope import Scope
from models.records import FINDING


def latest_ledger_no(connection: Connection, seen: Scope, prefix: str) -> str | None:
    """The longest, then highest ledger number that starts so, among the findings that are seen."""
    number = FINDING.c.ledger_no
    asked = select(number).where(seen(FINDING), number.startswith(prefix, autoescape=True))
    return connection.execute(asked.order_by(func.length(number).desc(), number.desc()).limit(1)).scalar()
