"""Ways through a chart: the first row of an easy way from one state to another, and how long it is."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import partial
from itertools import count

from engine.core.chart import Chart, Guard, Row
from engine.core.lawbook import Lawbook
from engine.core.snapshot import Record
from tests.simulation.replay import CARRIED
from tests.simulation.rows import is_out_of_reach

HARD = {
    "referral_under_way": 6,
    "referral_settled": 8,
    "law2_fine_open": 1,
    "law2_close_open": 1,
    "on_remedy_document": 2,
    "has_fine": 1,
    "publicity_dealt_with": 3,
    "hearing_right_exists": 1,
    "removal_conditions": 2,
    "remedy_period_over": 3,
    "demand_period_over": 2,
    "was_filed": 10,
    "was_not_filed": 10,
    "no_open_measure": 4,
    "defence_period_over": 3,
    "proposal_on_record": 2,
    "preservation_approved": 2,
}
"""What it costs on the way that a row asks for more than the steps of its own chart."""
HARD_STEPS = {"propose_decision_without_notice": 12, "payment_lapsed": 3}
"""Steps after which most ways are shut; an instalment that is missed leads on sooner than a payment that is."""
RINGING = 3
Ways = dict[tuple[str, str], tuple[Row, int]]


def weight(row: Row) -> int:
    """How many steps the row stands for on a way."""
    hard = sum(HARD.get(guard.name, 0) for guard in row.guards)
    return 1 + RINGING * row.by_clock_only + HARD_STEPS.get(row.trigger, 0) + hard


def first_rows(chart: Chart, open_to: Callable[[Row], bool], starts: Iterable[str] | None = None) -> Ways:
    """For each pair of states the first row of an easiest way and its length, corrections of old records aside.

    `open_to` says which rows the record may ever take; `starts`, from where ways are wanted, else from every state.
    """
    ways: Ways = {}
    leaving: dict[str | None, list[Row]] = {}
    for row in chart.rows:
        if row.trigger not in CARRIED and row.source != row.to and open_to(row):
            leaving.setdefault(row.source, []).append(row)
    for start in chart.states if starts is None else starts:
        order = count()
        queue: list[tuple[int, int, str, Row | None]] = [(0, next(order), start, None)]
        seen: set[str] = set()
        while queue:
            length, _, state, first = heapq.heappop(queue)
            if state in seen:
                continue
            seen.add(state)
            if first is not None:
                ways[(start, state)] = (first, length)
            for row in leaving.get(state, ()):
                if row.to not in seen:
                    heapq.heappush(queue, (length + weight(row), next(order), row.to, first or row))
    return ways


FLAG, PENALTY = "credit_flag", "penalty"
MEASURES = frozenset({"DL22", "DL23"})
"""Terms of preserved evidence and of seizure: whoever waits for their end does not release what is held."""


def holds(law: Lawbook, goal: Row) -> bool:
    """True when the row can only be taken while something is seized or preserved."""
    if any(guard.argument in MEASURES for guard in goal.guards):
        return True
    answered = [row for name in goal.answers for row in law.charts[goal.chart].rows_from(goal.source, name)]
    return any(
        guard.argument in MEASURES for row in answered if not is_out_of_reach(row) for guard in row.guards
    )


HELD, UNHURRIED = "held", "unhurried"


def manner(law: Lawbook, goal: Row) -> str | None:
    """How the way of a penalty has to be gone: with what it holds, or without what shortens its periods; or anyhow."""
    if holds(law, goal):
        return HELD
    return UNHURRIED if goal.by_clock_only and goal.guard("remedy_period_over") else None


def fits_manner(kind: str, row: Row) -> bool:
    """True when the row may lie on a way that is gone in this manner."""
    if kind == HELD:
        return row.guard("no_open_measure") is None
    return "DL30.instalment" not in row.opens


@dataclass(slots=True)
class Maps:
    """The ways of all charts: of flags by their kind, of penalties by the manner in which they are gone."""

    law: Lawbook
    manner: str | None = None
    """In what manner ways of a penalty are wanted."""
    ways: dict[tuple[str, str | None], Ways] = field(default_factory=dict)

    def __post_init__(self) -> None:
        charts = self.law.charts
        self.ways = {
            (name, None): first_rows(chart, lambda _: True) for name, chart in charts.by_name.items()
        }
        for kind in (HELD, UNHURRIED):
            self.ways[(PENALTY, kind)] = first_rows(charts[PENALTY], partial(self._open_to, kind))
        for kind in charts.dictionary["flag_kinds"]:
            self.ways[(FLAG, kind)] = first_rows(charts[FLAG], partial(self._open_to, kind))

    def way(self, chart: str, state: str, to: str | None, record: Record | None) -> tuple[Row, int] | None:
        """The first row of the way between two states and its length, for this record or any."""
        return self.ways[(chart, self._kind(chart, record))].get((state, str(to)))

    def detour(self, goal: Row, record: Record, shut: Callable[[Row], bool]) -> tuple[Row, int] | None:
        """The same to the goal without the rows that are shut on this record."""
        kind = self._kind(goal.chart, record)
        chart = self.law.charts[goal.chart]
        ways = first_rows(chart, lambda row: self._open_to(kind, row) and not shut(row), [record.state])
        return ways.get((record.state, str(goal.source)))

    def between(self, chart: str, state: str, to: str | None, record: Record | None = None) -> int | None:
        """How many steps lie between two states; None when no way leads there."""
        if state == to:
            return 0
        way = self.way(chart, state, to, record)
        return way[1] if way else None

    def _kind(self, chart: str, record: Record | None) -> str | None:
        if chart == PENALTY:
            return self.manner
        return record.facts.get("flag_kind") if record is not None and chart == FLAG else None

    def _open_to(self, kind: str | None, row: Row) -> bool:
        if kind is None:
            return True
        return fits_manner(kind, row) if row.chart == PENALTY else fits_flag(self.law, kind, row)


def fits_flag(law: Lawbook, kind: str, row: Row) -> bool:
    """True when a flag of the kind may take the row some day."""
    return all(fits_guard(law, kind, guard) for guard in row.guards)


def fits_guard(law: Lawbook, kind: str, guard: Guard) -> bool:
    """True when the guard lets a flag of the kind pass."""
    if guard.name == "flag_kind_is":
        return guard.argument == kind
    if guard.name in ("needs", "needs_not"):
        needed = bool(law.charts.dictionary["flag_kinds"][kind]["needs"].get(guard.argument))
        return needed is (guard.name == "needs")
    return True
