"""Every scenario that runs, through the desk, on both databases."""

from __future__ import annotations

import pytest

from tests.builders import Town
from tests.scenarios.player import FIRE, KINDS, Player, scenario


@pytest.mark.parametrize("id", KINDS)
def test_the_scenario_runs_exactly(town: Town, id: str) -> None:
    story = scenario(id)
    player = Player(town, KINDS[id])

    player.play(story)

    player.check_ending(story)


def test_the_late_feedback_of_s06_stays_late(town: Town) -> None:
    player = Player(town, FIRE)

    player.play(scenario("S06"))

    late = [row for row in town.deadlines(player.refs["F"]) if row.state == "met_late"]
    assert [(row.term, row.due_effective, row.nature) for row in late] == [
        ("DL56a", "2024-05-23", "internal")
    ]
