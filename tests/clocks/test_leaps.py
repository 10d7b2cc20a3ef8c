"""Restarts and leaps of the clock: nothing is missed, nothing comes early, nothing happens twice."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from engine.administration import Administration
from engine.building import open_house
from engine.clock import Clock
from engine.core.calendar import SHANGHAI
from engine.core.leap import LONGEST_OUTAGE, TOLERANCE, Beat, Leap, leap
from engine.core.refusals import Refusal
from engine.house import House
from engine.settings import Settings
from models import account_reading
from tests.builders import Town
from tests.clocks.machines import BEGIN, MachineIn, World, leap_about

NODES = {"sqlite": 1, "postgresql": 2}
NOON = datetime(2026, 11, 27, 12, tzinfo=SHANGHAI)
SECOND = timedelta(seconds=1)


def test_no_end_is_missed_or_told_twice_over_restarts_and_leaps(town_url: str, tmp_path: Path) -> None:
    did = leap_about(town_url, tmp_path, 12, 20261127, NODES[town_url.partition("+")[0].partition(":")[0]])
    assert did["passed"] and did["restarted"] and did["accepted"] and did["set right"], did


@pytest.mark.parametrize(
    ("shown", "uptime", "expected"),
    [
        (NOON + timedelta(hours=1), 3_600, None),
        (NOON + timedelta(hours=1) + TOLERANCE, 3_600, None),
        (NOON + timedelta(hours=1) + TOLERANCE + SECOND, 3_600, NOON + timedelta(hours=1)),
        (NOON - TOLERANCE, 0, None),
        (NOON - TOLERANCE - SECOND, 0, NOON),
        (NOON + timedelta(days=40), 60, NOON + timedelta(minutes=1)),
    ],
)
def test_while_the_machine_runs_time_is_known_to_the_second(
    shown: datetime, uptime: float, expected: datetime | None
) -> None:
    found = leap(Beat(NOON, "boot", 0), Beat(shown, "boot", uptime), None)
    assert found == (Leap(expected, shown) if expected else None)


@pytest.mark.parametrize(
    ("gone", "leapt"),
    [
        (timedelta(days=3), False),
        (LONGEST_OUTAGE, False),
        (LONGEST_OUTAGE + SECOND, True),
        (-TOLERANCE, False),
        (-TOLERANCE - SECOND, True),
    ],
)
def test_over_a_restart_time_may_only_not_go_back_or_be_gone_for_ever(gone: timedelta, leapt: bool) -> None:
    found = leap(Beat(NOON, "before", 99), Beat(NOON + gone, "after", 1), NOON - timedelta(days=9))
    assert (found is not None) == leapt


def test_without_a_trusted_moment_time_may_not_go_back_behind_what_was_recorded() -> None:
    assert leap(None, Beat(NOON, "first", 0), None) is None
    assert leap(None, Beat(NOON + timedelta(days=400), "first", 0), NOON) is None
    assert leap(None, Beat(NOON, "first", 0), NOON + timedelta(hours=1)) == Leap(
        NOON + timedelta(hours=1), NOON
    )


@pytest.fixture
def world() -> World:
    """Real time begins on 2024-04-26."""
    return World()


@pytest.fixture
def house(town_url: str, tmp_path: Path, world: World, monkeypatch: pytest.MonkeyPatch) -> House:
    """A house whose clock is that of the world, with an administrator and an inspector."""
    monkeypatch.setattr("models.time_records.database_now", lambda _: world.shown())
    opened = open_house(Settings(data_dir=tmp_path, database_url=town_url), MachineIn(world))
    town = Town(opened, tmp_path / "none", {})
    town.add_people(
        {"W01": ("market_regulation", ("inspector",)), "A01": ("market_regulation", ("system_admin",))}
    )
    return opened


def test_what_the_machine_is_set_to_means_nothing_before_the_guard_has_looked(
    house: House, world: World
) -> None:
    world.passes(timedelta(minutes=5))
    world.wrong_by = timedelta(days=3)
    assert house.clock.now() == BEGIN + timedelta(minutes=5)

    house.ring()

    with pytest.raises(Refusal, match="clock_refused") as caught:
        house.clock.now_after(BEGIN)
    assert "2024-04-29 09:05" in str(caught.value.detail) and "clock accept" in str(caught.value.detail)
    world.wrong_by = timedelta(0)
    house.ring()
    assert house.clock.now_after(BEGIN) == BEGIN + timedelta(minutes=5)
    house.close()


def test_only_two_system_administrators_accept_and_it_is_written_down(house: House, world: World) -> None:
    town, administration = Town(house, house.settings.data_dir, {}), Administration(house)
    administrators = dict.fromkeys(("A01", "A02"), ("market_regulation", ("system_admin",)))
    town.add_people({"W01": ("market_regulation", ("inspector",)), **administrators})
    with pytest.raises(Refusal, match="not_found"):
        house.time_guard.asked("A01")
    world.wrong_by = timedelta(days=-1)
    house.ring()
    leap = house.time_guard.asked("A01")
    with pytest.raises(Refusal, match="not_yours"):
        administration.ask("clock.accept", leap, command="", who=town.who("W01"))
    asked = administration.ask("clock.accept", leap, command="", who=town.who("A01"))
    with pytest.raises(Refusal, match="proposer_cannot_approve"):
        administration.confirm(asked.proposal or "", town.who("A01"))
    assert house.clock.anchor.leap is not None

    administration.confirm(asked.proposal or "", town.who("A02"))

    assert house.clock.anchor.leap is None and house.clock.now() == BEGIN - timedelta(days=1)
    with house.database.read() as connection:
        entry = account_reading.admin_entries(connection, "yuanping")[-1]
    told = (entry.action, entry.by, entry.detail["proposed_by"], entry.detail["leap"])
    assert told == ("clock.accept", "A02", "A01", leap["leap"])
    assert house.ring().failed == 0 and house.clock.anchor.leap is None
    house.close()


def test_small_corrections_never_record_an_act_before_the_last_one() -> None:
    clock, last = Clock(machine=MachineIn(World())), BEGIN + timedelta(seconds=20)
    assert clock.now_after(last) == last
    assert clock.now_after(BEGIN + TOLERANCE + SECOND) == BEGIN
