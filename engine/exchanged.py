"""What went to other departments and what came back, as far as a person may see."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from engine.core.commands import Principal
from engine.core.strict_json import parsed
from models.database import Database
from models.reading.exchanged import messages_seen, receipts_seen
from models.reading.scope import scope

LATEST = 50
NEEDS_A_PERSON = ("dead",)
PARKED = ("parked", "contradictory")


@dataclass(frozen=True, slots=True)
class Exchanged:
    """The latest messages and receipts, and first of all those that do not go on by themselves."""

    dead: list[dict[str, Any]]
    parked: list[dict[str, Any]]
    messages: list[dict[str, Any]]
    receipts: list[dict[str, Any]]


def exchanged(database: Database, office_id: str, who: Principal) -> Exchanged:
    """The exchange about the findings and inspections that this person sees."""
    seen = scope(office_id, who)
    with database.read() as connection:
        return Exchanged(
            dead=[_row(row) for row in messages_seen(connection, seen, NEEDS_A_PERSON, LATEST)],
            parked=[_row(row) for row in receipts_seen(connection, seen, PARKED, LATEST)],
            messages=[_row(row) for row in messages_seen(connection, seen, (), LATEST)],
            receipts=[_row(row) for row in receipts_seen(connection, seen, (), LATEST)],
        )


def _row(row: Any) -> dict[str, Any]:
    """The row; of a reminder, `reminder` is what it says."""
    said = dict(row._mapping)
    body = said.pop("said", None)
    return {**said, "reminder": parsed(body)["data"] if body is not None else None}
