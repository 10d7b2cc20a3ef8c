"""Imagined siblings of the contract's scenarios, each step judged by the rows and sentences of the contract."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contract.player import Player, stories
from tests.contract.stage import Stage


@pytest.mark.parametrize(
    "story", [pytest.param(story, id=f"{name}: {story['title']}") for name, story in stories()]
)
def test_the_story_goes_as_the_contract_says(stage: Stage, story: dict[str, Any]) -> None:
    Player(stage).play(story)
