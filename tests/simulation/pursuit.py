"""Pursuing rows: act by act towards a row that was taken seldom, on whatever record is nearest to it."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from engine.casefile import CaseFile
from engine.core.chart import CRIMINAL, Row
from engine.core.snapshot import Record
from tests.simulation.ahead import said_for
from tests.simulation.asking import Asking
from tests.simulation.carrying import Carrying
from tests.simulation.facts import SMALL_FINE
from tests.simulation.guide import Guide
from tests.simulation.moves import Act, Move, Wait
from tests.simulation.rows import RowKey, key_of
from tests.simulation.ways import FLAG, PENALTY
from tests.simulation.world import World

PATIENCE = 30
NEAREST = 12
STUCK_AFTER = 4
LONG = 12
"""Entries after which another record is as good as one that is a step nearer: long ones take long to read."""
KEPT_TO = 3
"""Steps by which the record that was led towards a goal already is nearer than others."""
CARRIED_IN_VAIN = 2
"""How often an old record comes in for a row."""
NOT_OF_OLD_ONES = frozenset({"expire_publicity", "expire_publicity_ban"})
"""Rows whose term an old flag does not live to see: the shortest publicity ends before."""
WITH_A_REFERRAL = frozenset({"awaiting_criminal", "with_judiciary"})
"""States of a penalty in which it waits for a criminal referral."""
CARRYING = 2
"""Steps for which an old record stands that comes in."""


@dataclass(frozen=True, slots=True)
class Way:
    """A goal and a record on which it may be reached."""

    length: int
    goal: Row
    file: CaseFile
    record: Record


@dataclass(slots=True)
class Pursuit:
    """`counts` (rows taken so far) may come from earlier walks and steers this one."""

    world: World
    asking: Asking
    guide: Guide
    carrying: Carrying
    goals: list[Row]
    chance: random.Random
    counts: Counter[RowKey] = field(default_factory=Counter)
    goal: Row | None = None
    tries: int = 0
    target: int = 0
    carried: Counter[RowKey] = field(default_factory=Counter)
    used: Counter[tuple[RowKey, str]] = field(default_factory=Counter)
    last: tuple[RowKey, str] | None = None
    given_up: Counter[RowKey] = field(default_factory=Counter)

    def taken(self, row: Row) -> int:
        """How often the row was taken, here and before."""
        return self.counts[key_of(row)] + self.world.watch.taken[key_of(row)]

    def pursue(self) -> None:
        """One act on the way to a row that was taken seldom, or time that passes for it."""
        if self.goal is None or self.tries > PATIENCE or self.taken(self.goal) > self.target:
            self._choose_goal()
        self.tries += 1
        assert self.goal is not None
        move = self.toward(self.goal)
        if isinstance(move, Wait):
            self.world.wait(move.until)

    def _choose_goal(self) -> None:
        if self.goal is not None and self.tries > PATIENCE:
            self.given_up[key_of(self.goal)] += 1
        self.guide.dead.clear()
        self.carried.clear()
        some = self.chance.sample(self.goals, 8)
        self.goal = min(some, key=lambda row: self.taken(row) + self.given_up[key_of(row)])
        self.target, self.tries = self.taken(self.goal), 0

    def toward(self, goal: Row) -> Move | None:
        """One act that leads to the goal was tried, or it is told what to wait for."""
        if goal.source is None:
            self._create(goal)
            return None
        near = self._nearest([goal])
        if self._carries_sooner(goal, near):
            return None
        move = self._led(near)
        if move is None:
            self._make_room(goal)
        return move

    def _carries_sooner(self, goal: Row, near: list[Way]) -> bool:
        """True when an old record came in, since the goal is nearer from there than from any record in play."""
        starts = self._old_states(goal)
        if not starts or self.carried[key_of(goal)] >= CARRIED_IN_VAIN:
            return False
        length, state = min(starts)
        if near and near[0].length <= length + CARRYING:
            return False
        self.carried[key_of(goal)] += 1
        self._carry(goal, state)
        return True

    def _led(self, near: list[Way], after: Row | None = None) -> Move | None:
        """The next act of the first of these ways that leads on; `after`: what it is done for."""
        for way in near:
            self.used[(key_of(way.goal), way.record.id)] += 1
            self.last = (key_of(way.goal), way.record.id)
            move = self.guide.toward(way.goal, way.file, way.record, after)
            if isinstance(move, Act):
                self.asking.take(move.file, move.record, move.row, move.login, move.says)
            if move is not None:
                return move
        return None

    def _nearest(self, goals: list[Row], after: Row | None = None) -> list[Way]:
        near = []
        for goal in goals:
            self.guide.aim_at(goal)
            for file, record in self._candidates(goal):
                length = self.guide.cost(goal, file, record, after)
                if length is not None:
                    length += self.used[(key_of(goal), record.id)] // STUCK_AFTER
                    length += file.snapshot.sequence // LONG
                    length -= KEPT_TO * (self.last == (key_of(goal), record.id))
                    near.append((length, self.chance.random(), Way(length, goal, file, record)))
        return [way for _, _, way in sorted(near, key=lambda one: one[:2])[:NEAREST]]

    def _candidates(self, goal: Row) -> list[tuple[CaseFile, Record]]:
        world = self.world
        if goal.chart == "inspection":
            files = list(world.inspections.values())
        elif goal.chart == CRIMINAL:
            files = [one for one in world.referrals.values() if one.snapshot.main.state]
        else:
            files = list(world.findings.values())
        found = []
        for file in files:
            if finding_of(file) in world.pinned:
                continue
            for record in records_of(file):
                fits = record.carried or goal.trigger != "correct_carry_over"
                if record.chart == goal.chart and fits:
                    found.append((file, record))
        return found

    def _make_room(self, goal: Row) -> None:
        """Something comes in, or a proceeding of the kind is opened, from which the goal can be reached."""
        if goal.trigger == "correct_carry_over":
            self._carry(goal, min(self._old_states(goal))[1])
            return
        if goal.chart in ("inspection", "finding"):
            self.world.come_in()
            return
        opening = [
            row for row in self.guide.law.charts["finding"].rows if row.trigger == f"open_{goal.chart}"
        ]
        if self._led(self._nearest(opening, goal), goal) is None:
            self.world.come_in()

    def _old_states(self, goal: Row) -> list[tuple[int, str]]:
        """The states in which old records of the goal's chart come in, and how far the goal is from each."""
        maps, states = self.guide.maps, self.carrying.states[goal.chart]
        self.guide.aim_at(goal)
        if goal.trigger in NOT_OF_OLD_ONES:
            return []
        found = [(maps.between(goal.chart, state, goal.source), state) for state in states]
        return [(length, state) for length, state in found if length is not None]

    def _carry(self, goal: Row, state: str) -> None:
        """An old record comes in in that state, with what it leans on and nothing else."""
        wanted = {goal.chart: state}
        facts: dict[str, Any] = {"fine_fen": SMALL_FINE}
        if goal.chart == FLAG:
            wanted[PENALTY], facts["decision_no"] = "performing", "旧罚〔2024〕1号"
        elif goal.source in WITH_A_REFERRAL:
            wanted[CRIMINAL] = "following_up"
        for guard in goal.guards:
            facts |= said_for(self.guide.law, guard, self.world.now().date())
        self.carrying.carry(wanted, alone=True, facts=facts)

    def _create(self, goal: Row) -> None:
        stated = goal.guard("present_state_is")
        if stated is None:
            self.world.come_in()
        else:
            self.carrying.carry({goal.chart: str(stated.argument)}, alone=True)


def finding_of(file: CaseFile) -> str:
    """The finding that the file is of, or that it is."""
    return file.finding_id or file.snapshot.id


def records_of(file: CaseFile) -> Iterator[Record]:
    """The record itself and its proceedings."""
    yield file.snapshot.main
    yield from file.snapshot.proceedings.values()
