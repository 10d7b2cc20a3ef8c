"""What went to other departments and what came back, as far as a person may see."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from engine.core.commands import Principal
from engine.core.strict_json import parsed
from models.database import Database
from models.reading.exchanged import messages_late, messages_seen, receipts_seen
from models.reading.scope import scope

LATEST = 50
NEEDS_A_PERSON = ("dead",)
ON_PAPER = ("paper",)
PARKED = ("parked", "contradictory")


@dataclass(frozen=True, slots=True)
class Exchanged:
    """The latest messages and receipts, and first of all those that do not go on by themselves."""

    dead: list[dict[str, Any]]
    late: list[dict[str, Any]]
    unentered: list[dict[str, Any]]
    parked: list[dict[str, Any]]
    messages: list[dict[str, Any]]
    receipts: list[dict[str, Any]]


def exchanged(database: Database, office_id: str, who: Principal, now: datetime) -> Exchanged:
    """The exchange about the findings and inspections that this person sees."""
    seen = scope(office_id, who)
    with database.read() as connection:
        return Exchanged(
            dead=[_row(row) for row in messages_seen(connection, seen, NEEDS_A_PERSON, LATEST)],
            unentered=[
                row
                for row in map(_row, messages_seen(connection, seen, ON_PAPER, LATEST))
                if row["unentered"]
            ],
            late=[_row(row) for row in messages_late(connection, seen, now, LATEST)],
            parked=[_row(row) for row in receipts_seen(connection, seen, PARKED, LATEST)],
            messages=[_row(row) for row in messages_seen(connection, seen, (), LATEST)],
            receipts=[_row(row) for row in receipts_seen(connection, seen, (), LATEST)],
        )


def _row(row: Any) -> dict[str, Any]:
    """The row; of a reminder, `reminder` is what it says, and `unentered` is true of a letter that is to go on paper."""
    said = dict(row._mapping)
    body = said.pop("said", None)
    said["unentered"] = said["state"] == "paper" and not said["system_id"] and not said.get("delivered_at")
    return {**said, "reminder": parsed(body)["data"] if body is not None else None}
