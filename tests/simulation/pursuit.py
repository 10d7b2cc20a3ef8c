"""Pursuing rows: act by act towards a row that was taken seldom, on whatever record is nearest to it."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from engine.casefile import CaseFile
from engine.core.chart import CRIMINAL, Row
from engine.core.confiding import CONFIDED, opens_referral
from engine.core.snapshot import Record
from tests.simulation.ahead import LAST_OF_MEASURES
from tests.simulation.asking import Asking
from tests.simulation.carrying import Carrying
from tests.simulation.guide import OF_REFERRALS, Guide
from tests.simulation.moves import Act, Move, Wait
from tests.simulation.rows import RowKey, key_of
from tests.simulation.world import World

PATIENCE = 30
NEAREST = 12
STUCK_AFTER = 4
LONG = 12
"""Entries after which another record is as good as one that is a step nearer: long ones take long to read."""
KEPT_TO = 3
"""Steps by which the record that was led towards a goal already is nearer than others."""
TRIES_AT_A_ROW = 90
ROUNDS = 60


@dataclass(frozen=True, slots=True)
class Way:
    """A goal and a record on which it may be reached."""

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
    used: Counter[tuple[RowKey, str]] = field(default_factory=Counter)
    last: tuple[RowKey, str] | None = None
    given_up: Counter[RowKey] = field(default_factory=Counter)
    waiting: dict[RowKey, Wait] = field(default_factory=dict)
    """Rows for which a record is ready when its time has come; nobody else touches it until then."""

    comes: dict[tuple[str, str], Wait] = field(default_factory=dict)
    """States into which the clock will bring a record that waits: all rows from there wait for it."""

    def every_row(self) -> None:
        """Every goal was taken, as far as so many tries at each, in so many rounds, sufficed.

        What waits for a day waits together: the clock moves on when nothing else can be done.
        """
        left = sorted(self.goals, key=self._when)
        for _ in range(ROUNDS):
            for row in left:
                if key_of(row) not in self.waiting:
                    self._at_length(row)
            left = [row for row in left if not self.taken(row)]
            if not left:
                return
            self._pass_time()
            self.used.clear()

    def _when(self, row: Row) -> tuple[object, ...]:
        """Deeper states later, and of one state what moves the record on after what does not; what needs time last.

        What makes a crime suspected comes late, since it shuts other rows and more has to be looked at ever after.
        """
        chart = self.guide.law.charts[row.chart]
        depth = self.guide.maps.between(row.chart, chart.initial, row.source) or 0
        of_measures = row.trigger in LAST_OF_MEASURES
        late = (row.by_clock_only or of_measures, of_measures, self._is_suspecting(row))
        mildly = (row.source != row.to, bool(row.settles), not row.trigger.startswith("refuse_"))
        return (*late, row.chart, depth, str(row.source), row.by_clock_only and of_measures, *mildly)

    @staticmethod
    def _is_suspecting(row: Row) -> bool:
        """True for rows that ask for a suspected crime or state one."""
        asks = any(guard.name in OF_REFERRALS for guard in row.guards)
        return asks or row.trigger in CONFIDED or opens_referral(row) or row.chart == CRIMINAL

    def _pass_time(self) -> None:
        """The clock stands at the first instant for which a row waits."""
        due = [(one.until, key) for key, one in self.waiting.items()]
        if due:
            until = min(due, key=lambda one: one[0])[0]
            for key in [key for when, key in due if when <= until]:
                self.waiting.pop(key)
            self._pin()
            self.comes = {at: one for at, one in self.comes.items() if one.until > until}
            self.world.wait(until)

    def _pin(self) -> None:
        self.world.pinned = {_finding_of(one.file) for one in self.waiting.values()}

    def _at_length(self, row: Row) -> None:
        self.guide.dead.clear()
        for _ in range(TRIES_AT_A_ROW):
            if self.taken(row):
                return
            at = (row.chart, str(row.source))
            move = self.comes.get(at) or self._waits_as_well(row) or self.toward(row)
            if isinstance(move, Wait):
                self.waiting[key_of(row)] = move
                self._pin()
                if not any(one.state == row.source for one in _records(move.file)):
                    self.comes[at] = move
                return
            self.world.forget_some()

    def _waits_as_well(self, row: Row) -> Wait | None:
        """What the row waits for on a record that waits already, in the state from which the row leads."""
        for one in self.waiting.values() if row.by_clock_only else ():
            for record in _records(one.file):
                if (record.chart, record.state) == (row.chart, row.source):
                    move = self.guide.toward(row, one.file, record)
                    if isinstance(move, Wait):
                        return move
        return None

    def not_taken(self, least: int = 1) -> list[RowKey]:
        """The rows that were taken less often than that."""
        return [key_of(row) for row in self.goals if self.taken(row) < least]

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
        some = self.chance.sample(self.goals, 8)
        self.goal = min(some, key=lambda row: self.taken(row) + self.given_up[key_of(row)])
        self.target, self.tries = self.taken(self.goal), 0

    def toward(self, goal: Row) -> Move | None:
        """One act that leads to the goal was tried, or it is told what to wait for."""
        if goal.source is None:
            self._create(goal)
            return None
        move = self._led(self._nearest([goal]))
        if move is None:
            self._make_room(goal)
        return move

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
            for file, record in self._candidates(goal):
                length = self.guide.cost(goal, file, record, after)
                if length is not None:
                    length += self.used[(key_of(goal), record.id)] // STUCK_AFTER
                    length += file.snapshot.sequence // LONG
                    length -= KEPT_TO * (self.last == (key_of(goal), record.id))
                    near.append((length, self.chance.random(), Way(goal, file, record)))
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
            if _finding_of(file) in world.pinned:
                continue
            for record in _records(file):
                fits = record.carried or goal.trigger != "correct_carry_over"
                if record.chart == goal.chart and fits:
                    found.append((file, record))
        return found

    def _make_room(self, goal: Row) -> None:
        """Something comes in, or a proceeding of the kind is opened, from which the goal can be reached."""
        if goal.trigger == "correct_carry_over":
            self._carry_near(goal)
            return
        if goal.chart in ("inspection", "finding"):
            self.world.come_in()
            return
        opening = [
            row for row in self.guide.law.charts["finding"].rows if row.trigger == f"open_{goal.chart}"
        ]
        if self._led(self._nearest(opening, goal), goal) is None:
            self.world.come_in()

    def _carry_near(self, goal: Row) -> None:
        """An old record comes in, alone, in the state that is nearest to the goal."""
        starts = {
            state: length
            for state in self.carrying.states[goal.chart]
            if (length := self.guide.maps.between(goal.chart, state, goal.source)) is not None
        }
        self.carrying.carry({goal.chart: min(starts, key=lambda state: starts[state])}, alone=True)

    def _create(self, goal: Row) -> None:
        stated = goal.guard("present_state_is")
        if stated is None:
            self.world.come_in()
        else:
            self.carrying.carry({goal.chart: str(stated.argument)}, alone=True)


def _finding_of(file: CaseFile) -> str:
    return file.finding_id or file.snapshot.id


def _records(file: CaseFile) -> Iterator[Record]:
    yield file.snapshot.main
    yield from file.snapshot.proceedings.values()
