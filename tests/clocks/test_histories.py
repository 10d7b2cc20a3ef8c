"""Dates follow from what happened, however it is told: step by step or all at once (law 6)."""

from __future__ import annotations

from tests.clocks.histories import play_many


def test_counting_step_by_step_gives_the_dates_of_counting_anew() -> None:
    ended = play_many(1_500, 20261127)
    assert min(ended["settled"], ended["suspended"], ended["running"]) > 150
