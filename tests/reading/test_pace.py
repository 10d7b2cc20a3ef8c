"""How long findings stay in each state, against the same reckoned one by one."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable
from datetime import timedelta
from math import ceil
from typing import Any

from engine.core.lawbook import Lawbook
from engine.reader import Reader
from tests.reading.people import OFFICER, SUPERVISOR
from tests.reading.random_world import followed
from tests.reading.test_board import numbers, rows
from tests.reading.world import NOW, World

Settle = Callable[[World], None]
STATES = ("registered", "routed", "in_progress", "awaiting_verification", "registered", "closed")
Lengths = dict[tuple[str, str], list[float]]


def walked(world: World, chance: random.Random, lengths: Lengths, **more: Any) -> str:
    """A finding that went through some states; its ended stays go to `lengths`."""
    begun = NOW - timedelta(days=chance.randint(100, 300), seconds=chance.randint(0, 80_000))
    finding = world.finding("inspection", world.party(), discovered_at=begun, state="in_progress", **more)
    at, since, state, sequence = begun, begun, "found", 1
    for _ in range(chance.randint(0, 8)):
        to, sequence = chance.choice((state, *STATES)), sequence + 1
        at += timedelta(seconds=chance.randint(0, 9 * 86_400))
        world.entry(finding, sequence, "finding", "step", to, at)
        if to != state:
            lengths["finding", state].append((at - since).total_seconds() / 86_400)
            state, since = to, at
    return finding


def expected(lengths: Lengths) -> dict[tuple[str, str], tuple[int, float, float]]:
    """How many, half and nine tenths."""
    found = {}
    for place, days in lengths.items():
        days.sort()
        half, most = days[(len(days) + 1) // 2 - 1], days[ceil(0.9 * len(days)) - 1]
        found[place] = (len(days), round(half, 1), round(most, 1))
    return found


def test_the_database_reckons_what_the_entries_tell(reader: Reader, world: World, settle: Settle) -> None:
    chance, lengths = random.Random(8), defaultdict(list)
    for _ in range(60):
        walked(world, chance, lengths)
    for _ in range(10):
        walked(world, chance, defaultdict(list), department="fire_rescue")
        walked(world, chance, defaultdict(list), carried=True)
    settle(world)
    told = reader.board.pace(OFFICER, {})
    found = {(one["chart"], one["state"]): (one["count"], one["half"], one["most"]) for one in told["states"]}
    lengths.pop(("finding", "closed"))
    assert found == expected(lengths) and len(found) == 5
    assert [one["most"] for one in told["states"]] == sorted((one[2] for one in found.values()), reverse=True)


def test_a_proceeding_stays_in_its_first_state_from_its_opening_on(
    reader: Reader, lawbook: Lawbook, world: World, settle: Settle
) -> None:
    first = lawbook.charts["rectification"].initial
    finding = world.finding("inspection", "party", discovered_at=NOW - timedelta(days=30))
    opened = NOW - timedelta(days=20)
    proceeding = world.proceeding(finding, "rectification", "correcting", opened_at=opened)
    for sequence, (state, days) in enumerate((("ordered", 18), ("correcting", 11), ("correcting", 5)), 3):
        world.entry(
            finding,
            sequence,
            "rectification",
            "step",
            state,
            NOW - timedelta(days=days),
            proceeding_id=proceeding,
        )
    settle(world)
    told = reader.board.pace(SUPERVISOR, {})["states"]
    assert [(one["state"], one["half"], one["most"], one["count"]) for one in told] == [
        ("ordered", 7.0, 7.0, 1),
        (first, 2.0, 2.0, 1),
    ]
    assert [one["now"].count for one in told] == [0, 0]


def test_the_period_is_a_year_unless_one_is_asked_for_and_the_numbers_are_lists(
    reader: Reader, world: World, settle: Settle
) -> None:
    chance = random.Random(3)
    for _ in range(20):
        walked(world, chance, defaultdict(list))
    old = world.finding("inspection", world.party(), discovered_at=NOW - timedelta(days=400))
    world.entry(old, 2, "finding", "step", "registered", NOW - timedelta(days=390))
    settle(world)
    told = reader.board.pace(SUPERVISOR, {})
    assert told["since"] == (NOW - timedelta(days=365)).date()
    whole = reader.board.pace(SUPERVISOR, {"from": ["2024-01-01"]})
    assert max(one["most"] for one in whole["states"]) >= 10.0
    count = {one["state"]: one["count"] for one in told["states"]}["found"]
    assert {one["state"]: one["count"] for one in whole["states"]}["found"] == count + 1
    for one in numbers(told):
        assert len(rows(reader, SUPERVISOR, one.asked)) == one.count
    assert old not in followed(reader, SUPERVISOR, f"/api/v1/findings?from={told['since']}")
