"""The history of a finding's party (屡查屡犯): what else was found with it, as far as the reader may see it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from engine.core.commands import Principal
from engine.core.refusals import Refusal
from engine.projections.findings import summary_of
from engine.projections.instants import CIVIL, recorded
from engine.projections.sources import Sources
from models.database import Database
from models.reading import parties, repeat
from models.reading.findings import seen_finding
from models.reading.scope import behalf, scope

SHOWN = 6


@dataclass(frozen=True, slots=True)
class HistoryReader:
    """Counts and lists come from the same rows and rights; a criminal referral is no part of them (law 9)."""

    database: Database
    sources: Sources

    def of_finding(self, who: Principal, id: str) -> dict[str, Any]:
        """{"party", "found", "open", "within", "alike", "others", "penalties"}; raises `not_found`.

        `within` tells in how many inspections something was found within a year up to this finding, `alike` the same
        violation; both count what the ledger holds and say nothing of law.
        """
        seen = scope(self.sources.office_id, who)
        with self.database.read(behalf(self.sources.office_id, who)) as connection:
            row = seen_finding(connection, seen, id)
            if row is None:
                raise Refusal("not_found")
            counts = repeat.counts_of_party(connection, seen, row, a_year_before(row.discovered_at))
            others = repeat.others_of_party(connection, seen, row, SHOWN)
            sanctions = parties.sanctions_of(connection, seen, row.party_id)
        return {
            "party": row.party_id,
            "inspection": row.inspection_id,
            **{name: getattr(counts, name) for name in ("found", "open", "within", "alike")},
            "others": [
                {
                    **{name: getattr(one, name) for name in ("id", "ledger_no", "item", "state", "closed")},
                    "discovered_at": recorded(one.discovered_at),
                    "same_inspection": one.inspection_id == row.inspection_id,
                    "alike": (one.domain, one.violation) == (row.domain, row.violation),
                }
                for one in others
            ],
            "penalties": [
                {"finding": one.finding_id, "state": one.state, "summary": summary_of(one.record["facts"])}
                for one in sanctions
                if one.kind == "penalty" and one.finding_id != id
            ],
        }


def a_year_before(instant: datetime) -> datetime:
    """The same civil day and time of the year before; of 29 February the day after."""
    here = instant.astimezone(CIVIL)
    try:
        return here.replace(year=here.year - 1)
    except ValueError:
        return (here + timedelta(days=1)).replace(year=here.year - 1)
