"""A small share of `./dev soak rulings`."""

from __future__ import annotations

from tests.rules.random_rulings import compare


def test_both_evaluators_name_the_same_rules_near_every_bound() -> None:
    asked, fired = compare((1_000, 20261127))
    assert asked == 1_000
    assert len(fired) > 30
