"""What a notice of the State Council moved, as far as the reader may see the records it moved something of."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row

from engine.core.commands import Principal
from engine.projections.instants import recorded
from engine.projections.sources import ReadClock
from models import calendars
from models.database import Database
from models.reading.scope import behalf, scope

SHOWN_MAX = 200


@dataclass(frozen=True, slots=True)
class CalendarReader:
    """Deadlines of criminal referrals are in none of these lists: their readers find it on the referral (law 9)."""

    database: Database
    office_id: str
    clock: ReadClock
    calendars: Collection[str]
    """The calendar of the office and those that it follows."""

    def moved_by_last(self, who: Principal) -> dict[str, Any] | None:
        """The notice by which the office counts that was loaded last, with what it moved of the records that are seen."""
        with self.database.read(behalf(self.office_id, who)) as connection:
            loaded = [
                one
                for one in calendars.loaded_notices(connection, self.office_id)
                if one.calendar in self.calendars
            ]
            if not loaded:
                return None
            rows = calendars.moved_by(connection, scope(self.office_id, who), loaded[-1].id, SHOWN_MAX)
        last = loaded[-1]
        return {
            "year": last.year,
            "source": last.source,
            "loaded_at": recorded(last.loaded_at),
            "items": [_moved(row) for row in rows],
            "whole": len(rows) < SHOWN_MAX,
        }


def _moved(row: Row[Any]) -> dict[str, Any]:
    """One deadline, with the sentence about it in both languages."""
    named = ("zh", "en", "term", "former", "due", "party", "inspection")
    return {
        **{name: row.detail[name] for name in named},
        "finding": row.finding_id,
        "ledger_no": row.ledger_no,
        "recorded_at": recorded(row.recorded_at),
    }
