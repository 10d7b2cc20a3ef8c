"""Ways through a chart: the first row of an easy way from one state to another, and how long it is."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from itertools import count

from engine.core.chart import Chart, Row
from tests.simulation.replay import CARRIED

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
    "remedy_period_over": 20,
    "was_filed": 10,
    "was_not_filed": 10,
    "no_open_measure": 4,
}
"""What it costs on the way that a row asks for more than the steps of its own chart."""
HARD_STEPS = {"propose_decision_without_notice": 12}
"""Steps after which most ways are shut."""
RINGING = 3
Ways = dict[tuple[str, str], tuple[Row, int]]


def weight(row: Row) -> int:
    """How many steps the row stands for on a way."""
    hard = sum(HARD.get(guard.name, 0) for guard in row.guards)
    return 1 + RINGING * row.by_clock_only + HARD_STEPS.get(row.trigger, 0) + hard


def first_rows(chart: Chart, open_to: Callable[[Row], bool] = lambda _: True) -> Ways:
    """For each pair of states the first row of an easiest way and its length, corrections of old records aside.

    `open_to` says which rows the record may ever take.
    """
    ways: Ways = {}
    leaving: dict[str | None, list[Row]] = {}
    for row in chart.rows:
        if row.trigger not in CARRIED and row.source != row.to and open_to(row):
            leaving.setdefault(row.source, []).append(row)
    for start in chart.states:
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
