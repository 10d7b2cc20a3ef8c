"""The supervisor's board: whether the loop is closed, as far as the person who asks sees; every number has its list."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from engine.core.calendar import civil_date
from engine.core.commands import Principal
from engine.core.refusals import Refusal
from engine.core.visibility import reads_findings
from engine.projections import board as shown
from engine.projections.asked import Asked, Query
from engine.projections.board import Base, Number
from engine.projections.filters import LEDGER, ledger_filter
from engine.projections.instants import recorded
from engine.projections.sources import ReadClock, Sources
from models.database import Database
from models.reading import board, figures, inspections, pace
from models.reading.findings import FindingFilter
from models.reading.inspections import InspectionFilter
from models.reading.scope import Scope, behalf, scope
from models.second_wall import as_house

WEEK, YEAR = 7, timedelta(days=365)


@dataclass(frozen=True, slots=True)
class BoardReader:
    """Counts in the database, in as many statements however many findings there are."""

    database: Database
    sources: Sources
    clock: ReadClock

    def overview(self, who: Principal, query: Query) -> dict[str, Any]:
        """`conservation`, `heat`, `flow`, `ages` and `trend` of the period and department asked for.

        Raises `not_yours` and `parameter_invalid`.
        """
        base, wanted, now = self._asked(who, query)
        seen, today = scope(self.sources.office_id, who), civil_date(now)
        edges, months = shown.age_edges(self.sources.calendar, today), shown.months_until(today)
        with self.database.read(behalf(self.sources.office_id, who)) as connection:
            tallies = figures.tallies(connection, seen, wanted, now)
            flows = board.flows(connection, seen, wanted)
            ages = board.ages(connection, seen, wanted, [*map(shown.midnight, edges)], now)
            found = board.discovered(connection, seen, wanted, months, now)
            closed = board.closed(connection, seen, wanted, months)
        return {
            "as_of": recorded(now),
            "conservation": shown.conservation(base, tallies),
            "heat": shown.heat(base, self.sources, tallies),
            "flow": shown.flow(base, self.sources, flows),
            "ages": shown.ages(base, edges, ages),
            "trend": shown.trend(base, months, found, closed),
        }

    def loads(self, who: Principal, query: Query) -> dict[str, Any]:
        """`loads` of each officer, and `before`: the Monday until which what is due this week is due."""
        base, wanted, now = self._asked(who, query)
        before = next_monday(civil_date(now))
        with self.database.read(behalf(self.sources.office_id, who)) as connection:
            found = board.loads(connection, scope(self.sources.office_id, who), wanted, before, now)
        return {
            "as_of": recorded(now),
            "before": before,
            "loads": [shown.load_line(base, one, before) for one in found],
        }

    def places(self, who: Principal, query: Query) -> dict[str, Any]:
        """`charts`: chart → state → how many findings are in it; of the chart `inspection`, how many inspections."""
        base, wanted, now = self._asked(who, query)
        seen, period = scope(self.sources.office_id, who), (wanted.discovered_from, wanted.discovered_before)
        finished = InspectionFilter(wanted.department, finished_from=period[0], finished_before=period[1])
        with self.database.read(behalf(self.sources.office_id, who)) as connection:
            charts = self._now_in(connection, seen, base, wanted, now)
            held = inspections.by_state(connection, seen, finished, civil_date(now))
        of_inspections = {"inspection": shown.inspection_states(base, self.sources, held)}
        return {"as_of": recorded(now), "charts": of_inspections | charts}

    def pace(self, who: Principal, query: Query) -> dict[str, Any]:
        """`states` with how long what left them had stayed, of findings discovered since the day `since`.

        Without a day of its own the period is a year. However many there are, `of_latest` tells that only so many were
        looked at, those discovered last, so that the work does not grow with the ledger; None: all were.
        """
        base, wanted, now = self._asked(who, query)
        if base.since is None:
            since = civil_date(now) - YEAR
            base = replace(base, since=since)
            wanted = replace(wanted, discovered_from=shown.midnight(since))
        seen, charts = scope(self.sources.office_id, who), self.sources.charts
        with self.database.read(behalf(self.sources.office_id, who)) as connection:
            now_in = self._now_in(connection, seen, base, wanted, now)
            ids = pace.latest(connection, seen, wanted)
            # The wall asks entry by entry whose case it is; what the ids name was seen.
            with as_house(connection):
                stays = pace.stays(connection, ids, {kind: charts[kind].initial for kind in charts.kinds})
        return {
            "as_of": recorded(now),
            "since": base.since,
            "of_latest": len(ids) if len(ids) == pace.LOOKED_AT else None,
            "states": shown.pace(stays, now_in, self.sources),
        }

    def _now_in(
        self, connection: Connection, seen: Scope, base: Base, wanted: FindingFilter, now: datetime
    ) -> dict[str, dict[str, Number]]:
        states: Counter[str] = Counter()
        for one in figures.tallies(connection, seen, wanted, now):
            states[one.state] += one.count
        proceedings = board.in_states(connection, seen, wanted)
        return shown.chart_states(base, self.sources, states, proceedings)

    def _asked(self, who: Principal, query: Query) -> tuple[Base, FindingFilter, datetime]:
        if not reads_findings(who):
            raise Refusal("not_yours")
        asked, wanted, _ = ledger_filter(self.sources, query)
        asked.done()
        plain = Asked(query, LEDGER)
        return Base(wanted.department, plain.day("from"), plain.day("to")), wanted, self.clock.now()


def next_monday(today: date) -> date:
    """The first day after the present week."""
    return today + timedelta(days=WEEK - today.weekday())
