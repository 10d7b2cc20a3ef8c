"""What was entered on a record: for its correction, and for whoever answers with a version that has passed."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import Connection

from engine.casefile import CaseFile
from engine.core.entries import CORRECT_DATE, WITHDRAW_ENTRY, Entry, correction_title, standing
from engine.core.late_payment import TELLING
from engine.core.lawbook import Lawbook
from engine.core.refusals import Refusal
from models import records
from models.reading.entries import entries_after, steps_taken


def entries_of(connection: Connection, record_id: str) -> list[Entry]:
    """Every entry of the record, oldest first; of one whose payload was erased nothing is left but that it was."""
    return [_entry(row) for row in entries_after(connection, record_id, -1)]


def steps_of_payment(connection: Connection, record_id: str) -> list[Entry]:
    """The steps of which the additional fine depends, on a record and its proceedings, as they stand; oldest first."""
    rows = steps_taken(connection, record_id, (*TELLING, CORRECT_DATE, WITHDRAW_ENTRY))
    return standing([_entry(row) for row in rows])


def _entry(row: Any) -> Entry:
    said = json.loads(row.body) if row.body is not None else {}
    return Entry(
        row.sequence,
        row.chart,
        row.trigger,
        row.proceeding_id,
        row.state,
        row.by,
        said.get("facts", {}),
        row.occurred_at,
        row.recorded_at,
        said.get("opened"),
    )


def check_version(connection: Connection, law: Lawbook, file: CaseFile, expected: int | None) -> None:
    """Returns when that is the version, or none was expected; else refuses with what happened in between."""
    snapshot = file.snapshot
    if expected is None or expected == snapshot.version:
        return
    later = records.entries_after_version(connection, snapshot.id, min(expected, snapshot.version))
    happened = [_told(connection, law, row, row.version) for row in later]
    if not happened:  # the version named was never reached: nothing lies in between but the record itself
        last = records.entries_after_version(connection, snapshot.id, -1)[-1]
        happened = [_told(connection, law, last, snapshot.version)]
    raise Refusal("stale_version", happened=happened, version=snapshot.version)


def _told(connection: Connection, law: Lawbook, row: Any, version: int) -> dict[str, Any]:
    person = records.user_row(connection, row.by)
    return {
        "version": version,
        "sequence": row.sequence,
        "trigger": row.trigger,
        "title": _title(law, row),
        "by": person.name if person else row.by,
        "occurred_at": row.occurred_at,
        "recorded_at": row.recorded_at,
    }


def _title(law: Lawbook, row: Any) -> str:
    """The Chinese words of a step or correction; notes keep their name."""
    chart = law.charts[row.chart]
    if row.trigger in chart.triggers:
        return chart.row_into(row.trigger, row.state).zh
    return correction_title(row.trigger) or str(row.trigger)
