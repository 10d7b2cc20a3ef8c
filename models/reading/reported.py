"""What a report counts over: the records of a period, and everything that was entered on them until an instant."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, not_, or_, select

from models.reading.scope import Scope
from models.records import FINDING, INSPECTION


def _moved(table: Any, seen: Scope, department: str | None, since: datetime) -> list[Any]:
    """Records that may have a step in the period or be open: others had their last step before it and are closed."""
    later = table.c.recorded_at >= since
    alive = or_(later, not_(table.c.closed)) if table is FINDING else later
    mine = [] if department is None else [table.c.department == department]
    return [seen(table), alive, *mine]


def how_many(connection: Connection, seen: Scope, department: str | None, since: datetime) -> int:
    """How many records the report looks at."""
    counted = [
        select(func.count()).select_from(table).where(*_moved(table, seen, department, since))
        for table in (INSPECTION, FINDING)
    ]
    return sum(int(connection.execute(one).scalar_one()) for one in counted)


def records_of(
    connection: Connection, seen: Scope, department: str | None, since: datetime, batch: int
) -> Iterator[list[tuple[str, str]]]:
    """The ids of the inspections and findings that the report looks at, with their department, so many at a time."""
    for table in (INSPECTION, FINDING):
        asked: Any = select(table.c.id, table.c.department).where(*_moved(table, seen, department, since))
        streamed = connection.execute(asked.order_by(table.c.id), execution_options={"yield_per": batch})
        for part in streamed.partitions():
            yield [(str(row.id), str(row.department)) for row in part]
