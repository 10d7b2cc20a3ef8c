"""What the finding of an accepted matter tells of it: whether filing was decided, the informant told, the finding closed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from engine.core.snapshot import remembered
from engine.snapshots import proceeding
from models import records

PENALTY = "penalty"
FILING = ("approve_filing", "approve_not_filing")
INFORMANT_TOLD = ("notify_informant",)


def told_by_finding(connection: Connection, finding_id: str | None) -> dict[str, datetime]:
    """When each happened first; of a finding that was reopened nothing says that it is closed."""
    row = None if finding_id is None else records.finding_row(connection, finding_id, False)
    if row is None or finding_id is None:
        return {}
    penalties = [
        proceeding(one) for one in records.proceeding_rows(connection, finding_id) if one.kind == PENALTY
    ]
    told = {
        "filing_decided": _first(penalties, FILING),
        "informant_told": _first(penalties, INFORMANT_TOLD),
        "finding_closed": _closed(row),
    }
    return {name: at for name, at in told.items() if at is not None}


def _first(penalties: Iterable[Any], triggers: tuple[str, ...]) -> datetime | None:
    acts = [one.acts[name].occurred_at for one in penalties for name in triggers if name in one.acts]
    return min(acts, default=None)


def _closed(row: Any) -> datetime | None:
    """The instant of the step that closed the finding, its last."""
    return remembered(row.id, "finding", row.state, row.record).last_occurred_at if row.closed else None
