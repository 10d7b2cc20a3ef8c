"""Shows a walk the way: which act comes next when a certain row is to be taken on a certain record."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from engine.casefile import CaseFile
from engine.core.calendar import SHANGHAI
from engine.core.chart import CRIMINAL, Row
from engine.core.lawbook import Lawbook
from engine.core.snapshot import Record
from tests.simulation.ahead import ahead_of, said_for
from tests.simulation.moves import Act, Aim, Move, Need, Wait
from tests.simulation.persons import Persons
from tests.simulation.remedies import remedy
from tests.simulation.replay import CARRIED
from tests.simulation.rows import RowKey, key_of
from tests.simulation.ways import Maps, manner, weight
from tests.simulation.world import World

DEPTH_MAX = 7
OF_REFERRALS = frozenset({"referral_under_way", "referral_settled", "threshold_dealt_with"})
POWERLESS = 8
"""Steps by which a penalty is farther off where the office has no power to impose it."""
SUSPECTED = 12
"""Steps by which a finding without a suspected crime is nearer to what a suspicion shuts."""
NEAREST_ROWS = 3
DETOURS_MAX = 4


@dataclass(slots=True)
class Guide:
    """Knows the charts, the people and the cases in play; never looks into the database."""

    law: Lawbook
    world: World
    chance: random.Random
    maps: Maps = field(init=False)
    persons: Persons = field(init=False)
    says: dict[str, Any] = field(default_factory=dict)
    """What the acts on the way to the present goal have to state."""
    dead: set[tuple[str, RowKey]] = field(default_factory=set)
    """What could not be reached on a record; else the way would lead to it again and again."""
    plan: list[Aim] = field(default_factory=list)
    """What was begun on the way to the present goal, the last first: it is brought to its end before anything else."""
    aims: list[Aim] = field(default_factory=list)
    planned_for: tuple[str, RowKey] | None = None

    def __post_init__(self) -> None:
        self.maps = Maps(self.law)
        self.persons = Persons(self.law, self.world, self.chance)

    def aim_at(self, goal: Row) -> None:
        """Lengths and costs are from now on those of ways to this goal."""
        self.maps.manner = manner(self.law, goal)

    def length(self, record: Record, goal: Row) -> int | None:
        """How many steps lie before the goal, or None when no way leads there."""
        return self.maps.between(goal.chart, record.state, goal.source, record)

    def cost(self, goal: Row, file: CaseFile, record: Record, after: Row | None = None) -> int | None:
        """How hard the goal is to reach from here, with what has to happen ahead; None when no way leads there."""
        length = self.length(record, goal)
        if length is None or (record.id, key_of(goal)) in self.dead:
            return None
        if goal.chart == "penalty" and not file.snapshot.own_power:
            length += POWERLESS
        if after is not None:  # another proceeding is best opened where few are
            length += 2 * len(file.snapshot.proceedings)
        suspected = file.snapshot.subject == "finding" and bool(file.snapshot.suspicions)
        if suspected and not any(guard.name in OF_REFERRALS for guard in goal.guards):
            length += SUSPECTED
        first = ahead_of(self, Need(goal, file, record, 0))
        if first is None:
            return length
        ways = [
            before + rest
            for row in first
            if (before := self.length(record, row)) is not None
            and (rest := self.maps.between(goal.chart, row.to, goal.source, record)) is not None
        ]
        return length + 1 + min(ways) if ways else None

    def toward(self, goal: Row, file: CaseFile, record: Record, after: Row | None = None) -> Move | None:
        """The next act on the way to the goal, and to what comes after; None when it cannot be reached from here."""
        self.says.clear()
        for row in (goal, after):
            if row is not None:
                self.state_for(row)
        self.aim_at(goal)
        if self.planned_for != (record.id, key_of(goal)):
            self.plan, self.planned_for = [], (record.id, key_of(goal))
        return self._planned() or self._begun(goal, file, record)

    def _planned(self) -> Move | None:
        """The next act of what was begun; what was taken or cannot be reached any more is dropped."""
        while self.plan:
            aim = self.plan[-1]
            file, record = self.world.record_of(aim.file_id, aim.record_id)
            if file is not None and record is not None and self._taken(aim.row) == aim.taken:
                move = self._begun(aim.row, file, record)
                if move is not None:
                    return move
            self.plan.pop()
        return None

    def _begun(self, goal: Row, file: CaseFile, record: Record) -> Move | None:
        self.aims = []
        move = self.next(goal, file, record, len(self.plan))
        self.plan += reversed(self.aims)
        return move

    def _taken(self, row: Row) -> int:
        return self.world.watch.taken[key_of(row)]

    def state_for(self, goal: Row) -> None:
        """What acts state from now on lets the goal be taken."""
        for guard in goal.guards:
            for name, value in said_for(self.law, guard, self.world.now().date()).items():
                self.say(name, value)

    def say(self, name: str, value: Any) -> None:
        """The fact has to be stated; of routes, this one among others."""
        if name == "routes":
            self.says["routes"] = list(dict.fromkeys([*self.says.get("routes", ()), *value]))
        else:
            self.says.setdefault(name, value)

    def next(self, goal: Row, file: CaseFile, record: Record, depth: int) -> Move | None:
        """The next act: what has to happen ahead, then the way to the goal's state, then the goal itself."""
        if depth > DEPTH_MAX or (record.id, key_of(goal)) in self.dead:
            return None
        move = None if self._contradicts(goal, file) else self._next(goal, file, record, depth)
        if move is None:
            self.dead.add((record.id, key_of(goal)))
        return move

    def _next(self, goal: Row, file: CaseFile, record: Record, depth: int) -> Move | None:
        need = Need(goal, file, record, depth)
        first = ahead_of(self, need)
        if first is not None:
            return self.nearest(first, file, record, depth, then=goal.source)
        if record.state == goal.source:
            return self._take(need)
        way = self.maps.way(goal.chart, record.state, goal.source, record)
        for _ in range(DETOURS_MAX):
            if way is None:
                return None
            row, length = way
            move = (self._too_early(goal, file, record) if length == 1 else None) or self._step(row, need)
            if move is not None:
                return move
            self.dead.add((record.id, key_of(row)))
            way = self.maps.detour(goal, record, lambda one: (record.id, key_of(one)) in self.dead)
        return None

    def _step(self, row: Row, need: Need) -> Move | None:
        """The next act by which the row is taken on the way."""
        if (need.record.id, key_of(row)) in self.dead:
            return None
        step = Need(row, need.file, need.record, need.depth)
        if row.chart != "finding" and ahead_of(self, step) is not None:
            return self.next(row, need.file, need.record, need.depth + 1)
        return self._take(step)

    def _too_early(self, goal: Row, file: CaseFile, record: Record) -> Wait | None:
        """Where the clock would move the record on before the goal's term ends, the state is entered on the last day."""
        rows = self.law.charts[goal.chart].rows
        moved = any(row.by_clock_only and row.source == goal.source != row.to for row in rows)
        guard = goal.guard("term_expired")
        if not (moved and goal.by_clock_only and goal.source == goal.to and guard):
            return None
        now = self.world.now()
        for one in file.snapshot.deadlines:
            if one.term == guard.argument and one.proceeding == record.id and one.state == "running":
                last_day = self.until(one.dates.due_effective) - timedelta(days=1)
                return Wait(last_day, file) if last_day > now else None
        return None

    def _take(self, need: Need) -> Move | None:
        """The row itself, or what opens it."""
        if need.row.trigger in CARRIED and need.row.chart == "finding" and need.row.to == "closed":
            waiting = self.finish(need, routes=())
            if waiting is not None:
                return waiting
        login, shut = self.persons.who(need.row, need.file, need.record)
        if not shut:
            return Act(need.file, need.record, need.row, login, self._stated(need.row))
        return remedy(self, need, shut[0])

    def nearest(
        self,
        rows: Iterable[Row],
        file: CaseFile,
        record: Record,
        depth: int,
        then: str | None = None,
    ) -> Move | None:
        """The next act towards whichever of these rows of the record's chart is nearest, on the way to a state."""
        near = []
        for number, row in enumerate(rows):
            length = self.length(record, row)
            rest = 0 if then is None else self.maps.between(row.chart, row.to, then, record)
            if length is not None and rest is not None:
                near.append((length + weight(row) + rest, number, row))
        for _, _, row in sorted(near, key=lambda one: one[:2])[:NEAREST_ROWS]:
            move = self.next(row, file, record, depth + 1)
            if move is not None:
                self.aims.append(Aim(row, file.snapshot.id, record.id, self._taken(row)))
                return move
        return None

    def trigger(self, name: str, file: CaseFile, record: Record, depth: int) -> Move | None:
        """The next act towards that trigger on the record."""
        rows = [row for row in self.law.charts[record.chart].rows if row.trigger == name and row.source]
        return self.nearest(rows, file, record, depth)

    def finish(self, need: Need, routes: Iterable[str]) -> Move | None:
        """The next act that opens an approved route or brings an open proceeding to its end."""
        charts, file = self.law.charts, need.file
        for record in file.snapshot.proceedings.values():
            if charts[record.chart].states[record.state].kind != "open":
                continue
            for goal in self._endings(record):
                move = self.next(goal, file, record, need.depth + 1)
                if move is not None:
                    return move
        for kind in routes:
            if (
                any(one.chart == kind for one in file.snapshot.proceedings.values())
                and kind != need.row.chart
            ):
                continue
            move = self.trigger(f"open_{kind}", file, file.snapshot.main, need.depth)
            if move is not None:
                return move
        return None

    def referrals_of(self, file: CaseFile) -> list[CaseFile]:
        """The criminal referrals of the finding, those that hold a suspicion only among them."""
        known = self.world.referrals.values()
        return [one for one in known if one.finding_id == file.snapshot.id]

    def _endings(self, record: Record) -> Iterator[Row]:
        """Rows into an ended state, nearest first."""
        chart = self.law.charts[record.chart]
        into = [
            row
            for row in chart.rows
            if chart.states[row.to].kind == "ended" and row.source != row.to and row.trigger not in CARRIED
        ]
        reachable = [row for row in into if self.length(record, row) is not None]
        self.chance.shuffle(reachable)
        yield from sorted(reachable, key=lambda row: self.length(record, row) or 0)[:NEAREST_ROWS]

    def _contradicts(self, row: Row, file: CaseFile) -> bool:
        """True when an old record would be said to be open under a closed finding."""
        proceeding = row.chart not in ("finding", "inspection", CRIMINAL) and row.trigger in CARRIED
        opens = self.law.charts[row.chart].states[row.to].kind == "open"
        return proceeding and opens and file.snapshot.main.state == "closed"

    def _stated(self, row: Row) -> dict[str, Any]:
        form = self.law.forms.of(row)
        known = {fact.name for fact in (*form.required, *form.optional)}
        return {name: value for name, value in self.says.items() if name in known}

    def until(self, day: date | datetime) -> datetime:
        """A morning on which a term that ends then is over."""
        if isinstance(day, datetime):
            return day + timedelta(hours=9)
        return datetime(day.year, day.month, day.day, 9, tzinfo=SHANGHAI) + timedelta(days=1)
