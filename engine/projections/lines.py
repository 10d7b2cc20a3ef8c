"""Lines of lists: the rows that a page found, in its order, with what each line says of other records."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row

from engine.projections.deadlines import deadline_answer
from engine.projections.findings import finding_item
from engine.projections.inspections import inspection_item
from engine.projections.sources import Sources
from models.reading import deadlines, findings, inspections
from models.reading.lights import Position
from models.reading.scope import Scope


def finding_lines(
    connection: Connection, sources: Sources, places: Sequence[Position], as_of: datetime
) -> list[dict[str, Any]]:
    """The findings at these places, one line each."""
    ids = [place[3] for place in places]
    if not ids:
        return []
    rows = findings.findings_by_id(connection, ids)
    running = _grouped(findings.running_deadlines(connection, ids), "finding_id")
    known = findings.parties_by_id(connection, sorted({row.party_id for row in rows.values()}))
    return [finding_item(sources, rows[id], known[rows[id].party_id], running[id], as_of) for id in ids]


def inspection_lines(connection: Connection, seen: Scope, rows: Sequence[Row[Any]]) -> list[dict[str, Any]]:
    """The inspections, one line each, with those of their findings that are seen."""
    if not rows:
        return []
    found = inspections.findings_of_inspections(connection, seen, [row.id for row in rows])
    of_each = _grouped(found, "inspection_id")
    known = findings.parties_by_id(connection, sorted({row.party_id for row in rows}))
    return [inspection_item(row, known[row.party_id], of_each[row.id]) for row in rows]


def deadline_lines(
    connection: Connection, sources: Sources, seen: Scope, rows: Sequence[Row[Any]], as_of: datetime
) -> list[dict[str, Any]]:
    """The deadlines; one of an inspection names its first seen finding, else the inspection."""
    alone = sorted({row.inspection_id for row in rows if row.finding_id is None})
    first = deadlines.first_findings(connection, seen, alone) if alone else {}
    return [
        deadline_answer(sources, row, first.get(row.inspection_id, row.inspection_id), as_of) for row in rows
    ]


def _grouped(rows: Iterable[Row[Any]], name: str) -> Mapping[str, list[Any]]:
    groups: dict[str, list[Any]] = defaultdict(list)
    for row in rows:
        groups[getattr(row, name)].append(row)
    return groups
