"""The house is walked through: each row once on purpose, and at random."""

from __future__ import annotations

from collections.abc import Callable

from tests.builders import Town
from tests.simulation.rows import never_reached
from tests.simulation.walk import Walk, opening_day

DIRECTED_SEED, RANDOM_SEED = 3, 20260426
RANDOM_STEPS = 1_000
"""About one hundredth of what `./dev soak walk` takes."""


def test_each_row_of_each_chart_is_taken_and_every_law_holds(
    town_url: str, open_town: Callable[..., Town]
) -> None:
    walk = Walk(open_town(town_url, "2025-09-01T09:00"), DIRECTED_SEED)

    walk.run_directed()

    assert walk.pursuit.not_taken() == []
    assert never_reached(walk.town.house.charts, walk.world.watch.taken) == []


def test_a_random_walk_breaks_no_law(sqlite_town_url: str, open_town: Callable[..., Town]) -> None:
    town = open_town(sqlite_town_url, opening_day(RANDOM_SEED).strftime("%Y-%m-%dT%H:%M"))
    walk = Walk(town, RANDOM_SEED)

    walk.run(RANDOM_STEPS)

    assert walk.world.accepted >= 0.4 * walk.world.sent
    assert len(walk.world.refused) >= 6, "nonsense and shut rows were refused for several reasons"
