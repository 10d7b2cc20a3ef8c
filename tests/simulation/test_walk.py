"""The house is walked through: each row once on purpose, and at random."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from engine.core.chart import Charts
from rules.charts import load_charts
from tests.builders import Town
from tests.once import Copies
from tests.simulation.rows import key_of, never_reached, rows_to_take
from tests.simulation.walk import Walk, opening_day, tour

DIRECTED_SEED, RANDOM_SEED = 3, 20260426
RANDOM_STEPS = 160
"""A small part of what `./dev soak walk` takes."""
BEGIN = "2025-09-01T09:00"


@pytest.fixture(scope="module")
def charts() -> Charts:
    return load_charts()


def test_each_row_of_each_chart_is_taken_and_every_law_holds(
    charts: Charts, tables: Copies, tmp_path: Path, open_town: Callable[..., Town]
) -> None:
    first, second = (open_town(tables.sqlite(tmp_path / f"{name}.db"), BEGIN) for name in ("first", "second"))

    walks = tour(first, second, DIRECTED_SEED)

    taken = walks[0].world.watch.taken + walks[1].world.watch.taken
    rows = [row for chart in charts.by_name.values() for row in chart.rows]
    every = {key_of(row) for row in rows}
    wanted = {key_of(row) for row in rows_to_take(charts)}
    not_taken, impossible = sorted(map(str, wanted - taken.keys())), sorted(map(str, taken.keys() - wanted))
    assert taken.keys() <= every and len(every) == len(rows)
    assert not_taken == [], "rows that were not taken"
    assert impossible == [], "rows that were taken, and are said to be out of reach"
    assert never_reached(charts, taken) == []
    for walk in walks:
        assert walk.world.town.house.stuck_reader.by_lack() == {"clock": 0, "owner": 0, "step": 0}


def test_a_random_walk_breaks_no_law(town_url: str, open_town: Callable[..., Town]) -> None:
    world = _random_walk(town_url, open_town, RANDOM_STEPS).world
    sent, accepted, reasons = world.sent, world.accepted, len(world.refused)

    assert accepted >= 0.4 * sent
    assert reasons >= 5, "nonsense and shut rows were refused for several reasons"


def test_the_same_seed_walks_the_same_way(
    tables: Copies, tmp_path: Path, open_town: Callable[..., Town]
) -> None:
    told = []
    for name in ("first", "second"):
        walk = _random_walk(tables.sqlite(tmp_path / f"{name}.db"), open_town, RANDOM_STEPS // 4)
        told.append((walk.world.watch.taken, walk.world.refused, walk.world.now()))

    assert told[1] == told[0]


def _random_walk(url: str, open_town: Callable[..., Town], steps: int) -> Walk:
    town = open_town(url, opening_day(RANDOM_SEED).strftime("%Y-%m-%dT%H:%M"))
    walk = Walk(town, RANDOM_SEED)
    walk.run(steps)
    return walk
