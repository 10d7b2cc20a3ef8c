"""The record of administration: who did what, in entries that are only ever added."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from engine.outcomes import new_id
from models import account_reading, records


def enter(
    connection: Connection,
    office_id: str,
    action: str,
    by: str,
    detail: Mapping[str, Any],
    now: datetime,
) -> None:
    """The act stands in the record; `detail` holds no secrets."""
    row = {
        "id": new_id(),
        "office_id": office_id,
        "action": action,
        "by": by,
        "detail": dict(detail),
        "recorded_at": now,
    }
    records.add(connection, account_reading.ADMIN_ENTRY, [row])
