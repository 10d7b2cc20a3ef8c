"""A page of the timeline of any record."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from sqlalchemy import Connection

from engine.natural_persons import stepped_back
from engine.projections.history import timeline_item
from engine.projections.sources import Sources
from models.reading import entries


def timeline_page(
    connection: Connection,
    sources: Sources,
    record_id: str,
    after: int,
    limit: int,
    particulars: bool,
    only: str | None = None,
) -> dict[str, Any]:
    """{"items", "next"}: what happened to the record after that sequence, oldest first, with the papers of each step.

    `only`: the entries of that trigger.
    """
    rows = entries.entries_after(connection, record_id, after, limit + 1, only)
    shown = rows[:limit]
    back = stepped_back(connection, sources.office_id, record_id)
    papers: dict[int, list[Any]] = defaultdict(list)
    if shown:
        first, last = shown[0].sequence, shown[-1].sequence
        for one in entries.documents_of_steps(connection, record_id, first, last):
            papers[one.sequence].append(one)
    items = [timeline_item(sources, row, papers[row.sequence], particulars, back) for row in shown]
    return {"items": items, "next": shown[-1].sequence if len(rows) > limit else None}
