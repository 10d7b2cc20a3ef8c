"""What was found with the same party before, counted and listed as far as the reader sees it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from engine.core.refusals import Refusal
from engine.history_reader import a_year_before
from engine.reader import Reader
from tests.reading.people import OFFICER, SUPERVISOR, person
from tests.reading.world import CIVIL, NOW, World

Settle = Callable[[World], None]


def test_a_year_is_counted_in_inspections_and_only_what_is_seen(
    reader: Reader, world: World, settle: Settle
) -> None:
    party, other = world.party("甲店"), world.party("乙店")
    before, now = world.inspection(party), world.inspection(party)
    old = world.finding(before, party, state="closed", discovered_at=NOW - timedelta(days=400))
    same = {"domain": "food_safety", "violation": "food_label"}
    earlier = world.finding(before, party, state="closed", discovered_at=NOW - timedelta(days=300), **same)
    this = world.finding(now, party, discovered_at=NOW - timedelta(days=3), **same)
    beside = world.finding(now, party, discovered_at=NOW - timedelta(days=3), domain="fire", violation="x")
    hidden = world.finding(now, party, department="fire_rescue", discovered_at=NOW - timedelta(days=9))
    world.finding(world.inspection(other), other)
    settle(world)

    told = reader.histories.of_finding(OFFICER, this)
    assert (told["found"], told["open"], told["within"], told["alike"]) == (4, 2, 2, 2)
    assert [one["id"] for one in told["others"]] == [beside, earlier, old]
    assert [one["same_inspection"] for one in told["others"]] == [True, False, False]
    assert [one["alike"] for one in told["others"]] == [False, True, False]

    assert reader.histories.of_finding(OFFICER, earlier)["within"] == 1
    assert hidden in [one["id"] for one in reader.histories.of_finding(SUPERVISOR, this)["others"]]
    with pytest.raises(Refusal):
        reader.histories.of_finding(person("F01", "inspector", department="fire_rescue"), this)


def test_the_year_before_a_leap_day_begins_on_the_first_of_march() -> None:
    leap = datetime(2028, 2, 29, 10, 0, tzinfo=CIVIL)
    assert a_year_before(leap) == datetime(2027, 3, 1, 10, 0, tzinfo=CIVIL)
    assert a_year_before(datetime(2026, 5, 1, 20, 0, tzinfo=UTC)) == datetime(2025, 5, 2, 4, 0, tzinfo=CIVIL)
