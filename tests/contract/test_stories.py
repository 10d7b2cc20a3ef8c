"""Imagined siblings of the contract's scenarios, each step judged by the rows and sentences of the contract."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contract.player import Player
from tests.contract.stage import Stage
from tests.contract.told import stories

ON_BOTH = (
    "ordered and corrected on the spot, two steps of one request, closed by another person",
    "receipts come early, late, twice and to a superseded letter",
    "lifting what was withheld opens the findings that leaned on it",
    "supervised with a date, answered, due, lifted",
)
"""Stories that touch most tables: several steps, receipts, effects on other records, messages and reminders."""


@pytest.mark.parametrize(
    "story", [pytest.param(story, id=f"{name}: {story['title']}") for name, story in stories()]
)
def test_the_story_goes_as_the_contract_says(stage: Stage, story: dict[str, Any]) -> None:
    Player(stage).play(story)


@pytest.mark.parametrize("title", ON_BOTH)
def test_the_story_goes_alike_on_postgresql(postgres_stage: Stage, title: str) -> None:
    Player(postgres_stage).play(next(story for _, story in stories() if story["title"] == title))
