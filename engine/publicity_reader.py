"""公示率 and the inspections behind each of its numbers, for whoever reads findings, within what they see."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from engine.core.commands import Principal
from engine.core.refusals import Refusal
from engine.core.visibility import reads_findings
from engine.cursor import Cursors
from engine.projections.asked import Asked, Query
from engine.projections.filters import PAGING, PERIOD
from engine.projections.instants import CIVIL, recorded
from engine.projections.lines import inspection_lines
from engine.projections.paging import page_asked
from engine.projections.sources import ReadClock, Sources
from models.database import Database
from models.reading import publicity
from models.reading.inspections import InspectionFilter
from models.reading.scope import behalf, scope

FIGURES = ("department", *PERIOD)
PARAMETERS = ("set", *FIGURES, *PAGING)


@dataclass(frozen=True, slots=True)
class PublicityReader:
    """Reads in the database; a set is never made in memory."""

    database: Database
    sources: Sources
    clock: ReadClock
    cursors: Cursors

    def figures(self, who: Principal, query: Query) -> dict[str, Any]:
        """How many inspections belong to each set, and `rate`: in time per ten thousand owed, None where none is owed.

        Raises `not_yours` and `parameter_invalid`.
        """
        asked, now = Asked(query, FIGURES), self.clock.now()
        wanted = self._wanted(who, asked)
        asked.done()
        with self.database.read(behalf(self.sources.office_id, who)) as connection:
            seen = scope(self.sources.office_id, who)
            counted = publicity.counts(connection, seen, wanted, _day(now))
        owed = counted[publicity.OWED]
        rate = counted[publicity.ON_TIME] * 10_000 // owed if owed else None
        return {"as_of": recorded(now), **counted, "rate": rate}

    def page(self, who: Principal, query: Query) -> dict[str, Any]:
        """A page of one set (`owed` unless named), newest first; raises `not_yours` and `parameter_invalid`."""
        asked = Asked(query, PARAMETERS)
        wanted = self._wanted(who, asked)
        name = asked.code("set", publicity.SETS) or publicity.OWED
        page = page_asked(self.cursors, who, "publicity", asked, self.clock.now())
        after = None if page.after is None else (datetime.fromisoformat(page.after[0]), str(page.after[1]))
        seen, today = scope(self.sources.office_id, who), _day(page.as_of)
        with self.database.read(behalf(self.sources.office_id, who)) as connection:
            rows = publicity.page_of_set(connection, seen, wanted, name, today, after, page.limit + 1)
            lines = inspection_lines(connection, seen, rows[: page.limit])
        last = rows[page.limit - 1] if len(rows) > page.limit else None
        return page.answer(lines, None if last is None else (last.finished_at.isoformat(), last.id))

    def _wanted(self, who: Principal, asked: Asked) -> InspectionFilter:
        if not reads_findings(who):
            raise Refusal("not_yours")
        return InspectionFilter(
            department=asked.code("department", self.sources.departments),
            finished_from=asked.since("from"),
            finished_before=asked.until("to"),
        )


def _day(instant: datetime) -> date:
    return instant.astimezone(CIVIL).date()
