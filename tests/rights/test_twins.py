"""With and without a criminal referral an outsider reads the same bytes, and costs the database the same work."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest

from tests.rights.twins import chance_of, compare, twins

PAIRS = {"sqlite": 120, "postgresql": 60}
"""A small part of what `./dev soak outsiders` asks."""


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_bytes_and_work_are_the_same_for_whoever_must_not_know(
    kind: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    server: Any = request.getfixturevalue("postgres") if kind == "postgresql" else None
    with twins(tmp_path, server) as (without, having, referral):
        found = compare(without, having, referral, PAIRS[kind], 20241126, lambda _: None)
    assert found.bytes_differ == []
    assert found.work_differs == []
    assert {200, 404} <= set(found.statuses)
    assert max(found.statuses) < 500, "what fails on both sides is the same and proves nothing"


def test_the_test_of_times_tells_a_difference_and_none() -> None:
    noise = random.Random(7)
    same = [noise.gauss(0, 1) for _ in range(400)]
    assert chance_of(same, 1) > 0.05
    assert chance_of([one + 0.3 for one in same], 1) < 0.01
