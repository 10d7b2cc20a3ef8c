"""The supervisor's board: whether the loop is closed, as far as the person who asks sees; every number has its list."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from engine.core.calendar import civil_date
from engine.core.commands import Principal
from engine.core.refusals import Refusal
from engine.core.visibility import reads_findings
from engine.projections import board as shown
from engine.projections.asked import Asked, Query
from engine.projections.board import Base
from engine.projections.filters import LEDGER, ledger_filter
from engine.projections.instants import recorded
from engine.projections.sources import ReadClock, Sources
from models.database import Database
from models.reading import board, figures
from models.reading.findings import FindingFilter
from models.reading.scope import scope

WEEK = 7


@dataclass(frozen=True, slots=True)
class BoardReader:
    """Counts in the database, in as many statements however many findings there are."""

    database: Database
    sources: Sources
    clock: ReadClock

    def overview(self, who: Principal, query: Query) -> dict[str, Any]:
        """`conservation`, `heat`, `flow` and `ages` of the period and department asked for.

        Raises `not_yours` and `parameter_invalid`.
        """
        base, wanted, now = self._asked(who, query)
        seen, edges = (
            scope(self.sources.office_id, who),
            shown.age_edges(self.sources.calendar, civil_date(now)),
        )
        with self.database.read() as connection:
            tallies = figures.tallies(connection, seen, wanted, now)
            flows = board.flows(connection, seen, wanted)
            begun = [shown.midnight(edge) for edge in edges]
            ages = board.ages(connection, seen, wanted, begun, now)
        return {
            "as_of": recorded(now),
            "conservation": shown.conservation(base, tallies),
            "heat": shown.heat(base, self.sources, tallies),
            "flow": shown.flow(base, self.sources, flows),
            "ages": shown.ages(base, edges, ages),
        }

    def loads(self, who: Principal, query: Query) -> dict[str, Any]:
        """`loads` of each officer, and `before`: the Monday until which what is due this week is due."""
        base, wanted, now = self._asked(who, query)
        before = next_monday(civil_date(now))
        with self.database.read() as connection:
            found = board.loads(connection, scope(self.sources.office_id, who), wanted, before, now)
        return {
            "as_of": recorded(now),
            "before": before,
            "loads": [shown.load_line(base, one, before) for one in found],
        }

    def places(self, who: Principal, query: Query) -> dict[str, Any]:
        """`charts`: chart → state → how many findings are in it."""
        base, wanted, now = self._asked(who, query)
        seen = scope(self.sources.office_id, who)
        with self.database.read() as connection:
            tallies = figures.tallies(connection, seen, wanted, now)
            proceedings = board.in_states(connection, seen, wanted)
        states: Counter[str] = Counter()
        for one in tallies:
            states[one.state] += one.count
        return {
            "as_of": recorded(now),
            "charts": shown.chart_states(base, self.sources, states, proceedings),
        }

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
