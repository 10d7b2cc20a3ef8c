"""A world with a true time, a clock on the wall that may be wrong, and machines that are started anew."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from engine.administration import Administration
from engine.building import open_house
from engine.clock import Machine
from engine.core.calendar import SHANGHAI
from engine.core.commands import Principal
from engine.core.leap import LONGEST_OUTAGE, TOLERANCE
from engine.core.refusals import Refusal
from engine.settings import Settings
from models import time_records
from tests.builders import Town

BEGIN = datetime(2024, 4, 26, 9, tzinfo=SHANGHAI)
DEADLINES = text("SELECT id, term, state, overdue_at, severe_at, told_stage FROM deadline ORDER BY id")
KEYS = text("SELECT key FROM command_key WHERE principal = 'clock' AND key LIKE 'lapse:%' ORDER BY key")
NOTICES = text("SELECT natural_key FROM notice WHERE natural_key LIKE 'lapse:%' ORDER BY natural_key")
RUNG = text("SELECT count(*) FROM entry WHERE \"by\" = 'clock'")


@dataclass(slots=True)
class World:
    """The true time, and how far from it the clock on the wall is; real machines know neither."""

    true: datetime = BEGIN
    wrong_by: timedelta = timedelta(0)

    def shown(self) -> datetime:
        """What the clock on the wall shows."""
        return self.true + self.wrong_by

    def passes(self, span: timedelta) -> None:
        """So much time has passed."""
        self.true += span


class MachineIn(Machine):
    """A machine of that world; its uptime tells the true time since it was started."""

    __slots__ = ("started", "world")

    def __init__(self, world: World) -> None:
        object.__setattr__(self, "world", world)
        object.__setattr__(self, "started", world.true)

    def shown(self) -> datetime:
        """What the wall shows."""
        return self.world.shown()  # type: ignore[no-any-return]  # set in __init__

    def uptime(self) -> float:
        """True seconds since the start."""
        return float((self.world.true - self.started).total_seconds())

    def boot(self) -> str:
        """Which start this is."""
        return f"{id(self)} {self.started.isoformat()}"


ADMINISTRATOR = Principal("A01", "甲", frozenset({"system_admin"}))


@dataclass(slots=True)
class Nodes:
    """Houses over one database, each on a machine of its own, in a world where clocks leap."""

    url: str
    folder: Path
    world: World
    chance: random.Random
    count: int
    towns: list[Town] = field(default_factory=list)
    machines: list[MachineIn] = field(default_factory=list)
    latest: datetime = BEGIN
    did: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        for _ in range(self.count):
            self.machines.append(MachineIn(self.world))
            self.towns.append(self._open(self.machines[-1]))
        for number in range(3):
            self.world.passes(timedelta(days=number))
            self.towns[0].inspect(*(_finding(self.towns[0], place) for place in range(4)))
        self.ring_all()

    def _open(self, machine: Machine) -> Town:
        settings = Settings(data_dir=self.folder, database_url=self.url)
        town = Town(open_house(settings, machine), self.folder / "no clock", {})
        town.add_people(dict.fromkeys(("W01", "W02"), ("market_regulation", ("inspector",))))
        return town

    def close(self) -> None:
        """All houses are closed."""
        for town in self.towns:
            town.house.close()

    def restart(self, node: int, *, machine_too: bool) -> None:
        """The house of that node is opened anew, on a machine that was started anew or goes on."""
        self.towns[node].house.close()
        if machine_too:
            self.machines[node] = MachineIn(self.world)
        self.towns[node] = self._open(self.machines[node])

    def ring_all(self) -> None:
        """The bell of each node was rung; what was done is checked, and is done only while time is trusted."""
        for town in self.towns:
            before = self._effects()
            town.house.ring()
            if town.house.clock.anchor.leap is not None:
                assert self._effects() == before, "effects while time had leapt"
        trusted = [one.house.clock.now() for one in self.towns if one.house.clock.anchor.leap is None]
        if trusted:
            self.latest = max(self.latest, *trusted)
            self._check(max(trusted))

    def frozen(self) -> bool:
        """True when every node has stopped, and none records anything."""
        for town in self.towns:
            if town.house.clock.anchor.leap is None:
                return False
            with pytest.raises(Refusal, match="clock_refused"):
                town.inspect(key=f"never bound {self.chance.random()}".replace(" ", "-"))
        return True

    def accept(self) -> None:
        """Two persons accept at one node what is shown; the others follow."""
        house = self.towns[0].house
        asked = Administration(house).ask("clock.accept", house.time_guard.asked("os:tester"), command="")
        Administration(house).confirm(asked.proposal or "", ADMINISTRATOR)
        self.ring_all()
        assert not any(town.house.clock.anchor.leap for town in self.towns)

    def _effects(self) -> list[Any]:
        with self.towns[0].house.database.read() as connection:
            return [list(connection.execute(one)) for one in (DEADLINES, KEYS, NOTICES, RUNG)]

    def _check(self, now: datetime) -> None:
        """Nothing missed, nothing early, nothing twice."""
        with self.towns[0].house.database.read() as connection:
            deadlines = connection.execute(DEADLINES).all()
            keys = [row.key for row in connection.execute(KEYS)]
            notices = [row.natural_key for row in connection.execute(NOTICES)]
            entries = connection.execute(RUNG).scalar_one()
        for one in deadlines:
            overdue, severe = (_instant(one.overdue_at), _instant(one.severe_at))
            told = sum(key.startswith(f"lapse:{one.id}:") for key in (*keys, *notices))
            if one.state == "running":
                wanted = 2 if severe <= now else 1 if overdue <= now else 0
                assert one.told_stage >= wanted, f"missed: {one}"
            assert overdue <= self.latest or not told, f"early: {one}"
            assert told <= 2, f"twice: {one}"
        assert entries == len(keys), "each entry of the clock has a key of its own"


def _instant(stored: Any) -> datetime:
    told = stored if isinstance(stored, datetime) else datetime.fromisoformat(str(stored))
    return told if told.tzinfo else told.replace(tzinfo=SHANGHAI)


def _finding(town: Town, number: int) -> dict[str, Any]:
    return {
        "domain": "food",
        "violation": "food_item_failed",
        "item": f"加工制作过程{number}",
        "facts_summary": "凉菜间紫外线灯损坏。",
        "discovered_at": town.house.clock.now().isoformat(),
    }


def some_round(nodes: Nodes) -> str:
    """Time passes, a clock leaps, or a house is opened anew; what must follow is checked. Told is what happened."""
    world, chance = nodes.world, nodes.chance
    draw = chance.random()
    if draw < 0.4:
        world.passes(timedelta(seconds=chance.randint(1, 3 * 86_400)))
        nodes.ring_all()
        return "passed"
    if draw < 0.7:
        node = chance.randrange(nodes.count)
        machine_too = chance.random() < 0.5
        world.passes(timedelta(seconds=chance.randint(0, int(LONGEST_OUTAGE.total_seconds() / 2))))
        nodes.restart(node, machine_too=machine_too)
        nodes.ring_all()
        return "restarted"
    return _leap(nodes)


def _leap(nodes: Nodes) -> str:
    world, chance = nodes.world, nodes.chance
    by = timedelta(seconds=chance.randint(-3_600, 40 * 86_400))
    former, world.wrong_by = world.wrong_by, world.wrong_by + by
    world.passes(timedelta(seconds=chance.randint(0, 60)))
    nodes.ring_all()
    if abs(by) <= TOLERANCE:
        return "corrected"
    assert nodes.frozen(), f"a leap by {by} was not seen"
    if chance.random() < 0.5:
        nodes.restart(chance.randrange(nodes.count), machine_too=chance.random() < 0.5)
        nodes.ring_all()
        assert nodes.frozen(), f"a leap by {by} was forgotten over a restart"
    if chance.random() < 0.5:
        world.wrong_by = former
        world.passes(timedelta(seconds=30))
        nodes.ring_all()
        nodes.ring_all()  # where another machine had found it, that one has to see it gone first
        if any(town.house.clock.anchor.leap for town in nodes.towns):
            nodes.accept()  # the machine that found it is gone: a person has to look
        return "set right"
    nodes.accept()
    return "accepted"


def leap_about(
    url: str, folder: Path, rounds: int, seed: int, nodes: int, say: Callable[[str], object] = str
) -> Counter[str]:
    """So many rounds were played on nodes that share a database; raises AssertionError at the first fault."""
    world = World()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(time_records, "database_now", lambda _: world.shown())
        office = Nodes(url, folder, world, random.Random(seed), nodes)
        try:
            for number in range(rounds):
                office.did[some_round(office)] += 1
                if number % 50 == 49:
                    say(f"{number + 1} of {rounds} rounds")
        finally:
            office.close()
    return office.did
