"""When findings were closed: by the last of the entries that closed them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, ColumnElement, Select, and_, exists, func, literal_column, select

from models.entry import CLOSING
from models.records import ENTRY, FINDING

_closes: ColumnElement[bool] = literal_column(CLOSING, Boolean)


def closed_within(since: datetime | None, before: datetime | None) -> ColumnElement[bool]:
    """True of a closed finding whose last closing lies in that time."""
    found, inside = FINDING.c, [_closes]
    inside += [ENTRY.c.occurred_at >= since] if since else []
    inside += [ENTRY.c.occurred_at < before] if before else []
    conditions: list[ColumnElement[bool]] = [
        found.closed,
        found.id.in_(select(ENTRY.c.record_id).where(*inside)),
    ]
    if before:
        later = (ENTRY.c.record_id == found.id, ENTRY.c.occurred_at >= before, _closes)
        conditions.append(~exists().where(*later))
    return and_(*conditions)


def last_closings(since: datetime) -> Select[Any]:
    """record_id and closed_at of what was closed since then, each once."""
    columns = ENTRY.c
    return (
        select(columns.record_id, func.max(columns.occurred_at).label("closed_at"))
        .where(_closes, columns.occurred_at >= since)
        .group_by(columns.record_id)
    )
