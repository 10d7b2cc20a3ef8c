"""Pursuing rows: act by act towards a row that was taken seldom, on whatever record is nearest to it."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass, field

from engine.casefile import CaseFile
from engine.core.chart import Row
from engine.core.snapshot import Record
from tests.simulation.asking import Asking
from tests.simulation.guide import Act, Guide, Wait
from tests.simulation.rows import RowKey, key_of
from tests.simulation.world import CARRIED_STATES, World

PATIENCE = 30
NEAREST = 12
STUCK_AFTER = 4
TRIES_AT_A_ROW = 90


@dataclass(slots=True)
class Pursuit:
    """`counts` (rows taken so far) may come from earlier walks and steers this one."""

    world: World
    asking: Asking
    guide: Guide
    goals: list[Row]
    chance: random.Random
    counts: Counter[RowKey] = field(default_factory=Counter)
    goal: Row | None = None
    tries: int = 0
    target: int = 0
    used: Counter[tuple[RowKey, str]] = field(default_factory=Counter)
    given_up: Counter[RowKey] = field(default_factory=Counter)

    def every_row(self) -> None:
        """Every goal was taken, as far as so many tries at each, twice over, sufficed."""
        for _ in range(2):
            for row in sorted(self.goals, key=lambda row: row.by_clock_only):
                self._at_length(row)
            self.used.clear()

    def _at_length(self, row: Row) -> None:
        for _ in range(TRIES_AT_A_ROW):
            if self.taken(row):
                return
            self.toward(row)
            self.world.forget_some()

    def not_taken(self, least: int = 1) -> list[RowKey]:
        """The rows that were taken less often than that."""
        return [key_of(row) for row in self.goals if self.taken(row) < least]

    def taken(self, row: Row) -> int:
        """How often the row was taken, here and before."""
        return self.counts[key_of(row)] + self.world.watch.taken[key_of(row)]

    def pursue(self) -> None:
        """One act on the way to a row that was taken seldom."""
        if self.goal is None or self.tries > PATIENCE or self.taken(self.goal) > self.target:
            self._choose_goal()
        self.tries += 1
        assert self.goal is not None
        self.toward(self.goal)

    def _choose_goal(self) -> None:
        if self.goal is not None and self.tries > PATIENCE:
            self.given_up[key_of(self.goal)] += 1
        some = self.chance.sample(self.goals, 8)
        self.goal = min(some, key=lambda row: self.taken(row) + self.given_up[key_of(row)])
        self.target, self.tries = self.taken(self.goal), 0

    def toward(self, goal: Row) -> bool:
        """One act that leads to the goal was tried; False when there is none from any live record."""
        kind = goal.guard("kind_in_approved_routes")
        self.asking.pen.wish = kind.argument if kind else None
        if goal.source is None:
            self._create(goal)
            return True
        for file, record in self._nearest(goal):
            inspection = self.world.inspections[file.inspection_id]
            self.used[(key_of(goal), record.id)] += 1
            move = self.guide.next(goal, file, record, inspection, self.world.now())
            if isinstance(move, Wait):
                self.world.wait(move.until)
                return True
            if isinstance(move, Act):
                self.asking.take(move.file, move.record, move.row, move.login)
                return True
        self._make_room(goal)
        return False

    def _nearest(self, goal: Row) -> list[tuple[CaseFile, Record]]:
        files = self.world.inspections if goal.chart == "inspection" else self.world.findings
        near = []
        correcting = goal.trigger == "correct_carry_over"
        for file in files.values():
            for record in (file.snapshot.main, *file.snapshot.proceedings.values()):
                if correcting and not record.carried:
                    continue
                if record.chart == goal.chart and (length := self.guide.length(record, goal)) is not None:
                    stuck = self.used[(key_of(goal), record.id)] // STUCK_AFTER
                    near.append((length + stuck, self.chance.random(), file, record))
        return [(file, record) for _, _, file, record in sorted(near, key=lambda one: one[:2])[:NEAREST]]

    def _make_room(self, goal: Row) -> None:
        """Something comes in, or a proceeding of the kind is opened, from which the goal can be reached."""
        if goal.trigger == "correct_carry_over":
            self._carry_near(goal)
            return
        if goal.chart in ("inspection", "finding") or self.chance.random() < 0.3:
            self.world.come_in()
            return
        opening = [
            row
            for row in self.world.town.house.law.charts["finding"].rows
            if row.trigger == f"open_{goal.chart}"
        ]
        self.toward(self.chance.choice(opening))

    def _carry_near(self, goal: Row) -> None:
        """An old record comes in from which the goal can be reached."""
        ways = self.guide.ways[goal.chart]
        starts = [
            one for one in CARRIED_STATES[goal.chart] if one == goal.source or (one, goal.source) in ways
        ]
        self.world.carry({goal.chart: self.chance.choice(starts)})

    def _create(self, goal: Row) -> None:
        stated = goal.guard("present_state_is")
        if stated is None:
            self.world.come_in()
        else:
            self.world.carry({goal.chart: str(stated.argument)})
