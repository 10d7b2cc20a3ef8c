"""A random walk over the house: invented cases, all persons, a moving clock; every law checked after each step."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from sqlalchemy import text

from engine.auditing import verify
from engine.core.calendar import SHANGHAI
from engine.core.commands import Step
from engine.core.openings import openings
from engine.core.refusals import Refusal
from tests.builders import Town
from tests.simulation.asking import Asking
from tests.simulation.carrying import Carrying
from tests.simulation.correcting import correct_some
from tests.simulation.facts import Pen
from tests.simulation.guide import Guide
from tests.simulation.laws import LawBroken
from tests.simulation.pursuit import Pursuit
from tests.simulation.replay import CARRIED
from tests.simulation.rounds import Rounds
from tests.simulation.rows import RowKey, rows_to_take
from tests.simulation.world import SEQUENCES, World

KINDS: dict[str, float] = {
    "pursue": 0.58,
    "open_row": 0.10,
    "shut_row": 0.07,
    "nonsense": 0.06,
    "again": 0.03,
    "wait": 0.03,
    "come_in": 0.04,
    "carry": 0.03,
    "correct": 0.06,
}
PARTIES_EACH_NEW = 10**6
"""So many that no two findings are about the same act, and none shuts the rows of another."""
BOUND_KEYS = text('SELECT principal, "key", digest FROM command_key')


@dataclass(slots=True)
class Walk:
    """One walk over one fresh town; `counts` (rows taken so far) may come from an earlier walk and steers this one."""

    town: Town
    seed: int
    counts: Counter[RowKey] = field(default_factory=Counter)
    chance: random.Random = field(init=False)
    world: World = field(init=False)
    pen: Pen = field(init=False)
    asking: Asking = field(init=False)
    carrying: Carrying = field(init=False)
    pursuit: Pursuit = field(init=False)
    acts: dict[str, Callable[[], object]] = field(init=False)

    def __post_init__(self) -> None:
        self.chance = random.Random(self.seed)
        self.world = World(self.town, self.chance)
        law = self.town.house.law
        self.pen = Pen(law, self.chance)
        self.asking = Asking(self.world, self.pen)
        self.carrying = Carrying(self.world)
        guide, goals = Guide(law, self.world, self.chance), rows_to_take(law.charts)
        self.pursuit = Pursuit(self.world, self.asking, guide, self.carrying, goals, self.chance, self.counts)
        self.acts = {
            "pursue": self.pursuit.pursue,
            "open_row": lambda: self._some_row(wanted_open=True),
            "shut_row": lambda: self._some_row(wanted_open=False),
            "nonsense": self._nonsense,
            "again": self._again,
            "wait": self._wait,
            "come_in": lambda: self.world.come_in(self.chance.choice(("W01", "W02"))),
            "carry": self._carry,
            "correct": lambda: correct_some(self.world, self.chance),
        }

    def run(self, steps: int) -> None:
        """So many commands were sent, and every law held after each."""
        while self.world.sent < steps:
            self.acts[self.chance.choices(list(KINDS), list(KINDS.values()))[0]]()
            if self.chance.random() < 0.25:
                self._pass(minutes=self.chance.randint(1, 400))
            self.world.forget_some()
        self.finish()

    def take_at_once(self) -> None:
        """Every row that needs no time was taken, as far as tries sufficed; every law held after each step."""
        self.world.parties = PARTIES_EACH_NEW
        Rounds(self.pursuit).at_once()
        self.finish()

    def take_in_time(self) -> None:
        """Every row that was not taken before was taken, as far as tries sufficed; every law held after each step."""
        self.world.parties = PARTIES_EACH_NEW
        Rounds(self.pursuit).in_time()
        self.finish()

    def finish(self) -> None:
        """Nothing changed that was not looked at, every chain is whole, and no acknowledged command is lost."""
        self.world.look_everywhere()
        audited = verify(self.town.house.database)
        if audited.faults:
            raise LawBroken(f"law 7: {audited.faults[:3]}")
        with self.town.house.database.read() as connection:
            bound = {(one[0], one[1]): one[2] for one in connection.execute(BOUND_KEYS)}
        for one in self.world.acknowledged:
            command = one.command
            if bound.get((command.principal.login, command.key)) != command.digest:
                raise LawBroken(f"law 8: the acknowledged command {command.key} is lost")

    def _some_row(self, wanted_open: bool) -> None:
        """Some person tries some row of some record that is said to be open, or shut."""
        files = [
            *self.world.findings.values(),
            *self.world.inspections.values(),
            *self.world.referrals.values(),
        ]
        if not files:
            self.world.come_in()
            return
        file = self.chance.choice(files)
        login = self.chance.choice(list(self.town.people))
        who, law = self.town.people[login], self.town.house.law
        told = [
            one
            for one in openings(law, file.snapshot, who, self.world.now())
            if one["open"] is wanted_open and not (wanted_open and one["trigger"] in CARRIED)
        ]
        if not told:
            return
        said = self.chance.choice(told)
        record = file.snapshot.record(said["proceeding"])
        assert record is not None
        chart = law.charts[record.chart]
        rows = chart.rows_from(record.state, said["trigger"]) or [chart.any_row(said["trigger"])]
        self.asking.take(file, record, self.chance.choice(rows) if not wanted_open else rows[0], login)

    def _nonsense(self) -> None:
        """Something that nobody should ask; whatever comes back is an answer or a refusal."""
        if not self.world.findings:
            return
        file = self.chance.choice(list(self.world.findings.values()))
        record = self.chance.choice([file.snapshot.main, *file.snapshot.proceedings.values()])
        row = self.chance.choice(self.town.house.law.charts[record.chart].rows)
        facts = self.pen.nonsense(self.pen.valid(file.snapshot, record, row, self.world.now()))
        proceeding = None if record is file.snapshot.main else record.id
        step = Step(row.trigger, proceeding, facts)
        wrong = self.chance.randrange(6)
        if wrong == 0:
            step = replace(step, trigger=self.chance.choice(("", "no_such", "open_penalty", "order")))
        elif wrong == 1:
            step = replace(step, proceeding=self.chance.choice(("", "@0", "@7", "no such", file.snapshot.id)))
        elif wrong == 2:
            step = replace(step, occurred_at=self.world.now() + timedelta(days=self.chance.randint(-9, 9)))
        login = self.chance.choice(list(self.town.people))
        steps = (step, step) if wrong == 3 else (step,)
        version = self.chance.choice((0, 1, 10**6)) if wrong == 4 else None
        self.asking.ask(file, login, *steps, version=version)

    def _again(self) -> None:
        """An acknowledged command is sent again: the same answer and no second effect; another body: refused."""
        if not self.world.acknowledged:
            return
        one = self.chance.choice(self.world.acknowledged[-200:])
        command = one.command
        self.town.house.desk.ring_after_jump()  # what rings on a new day before any command is no effect of this one
        before = dict(self._sequences())
        if self.chance.random() < 0.5:
            other = self.world.send(one.login, command.asked, command.key, "another body")
            if not isinstance(other, Refusal) or other.code != "key_reused":
                raise LawBroken(f"law 8: another body under the key {command.key} was answered {other}")
        else:
            same = self.world.send(one.login, command.asked, command.key, command.digest)
            expected = {**one.outcome.decision, "replayed": True}
            if isinstance(same, Refusal) or dict(same.decision) != expected:
                raise LawBroken(f"law 8: {command.key} sent again was answered {same}, not {expected}")
        if dict(self._sequences()) != before:
            raise LawBroken(f"law 8: {command.key} sent again had a second effect")

    def _sequences(self) -> list[tuple[str, int]]:
        with self.town.house.database.read() as connection:
            return [(one[0], one[1]) for one in connection.execute(SEQUENCES)]

    def _carry(self) -> None:
        """Old records come in, or a later export corrects some that came before."""
        if self.chance.random() < 0.5:
            self.carrying.carry()
        else:
            self.carrying.correct_some()

    def _wait(self) -> None:
        self._pass(minutes=self.chance.randint(1, 12) * 24 * 60)

    def _pass(self, minutes: int) -> None:
        """Time passes; the clock rings when a new day begins."""
        later = self.world.now() + timedelta(minutes=minutes)
        if later.date() == self.world.now().date():
            self.world.stand(later)
        else:
            self.world.wait(later)


def tour(without_time: Town, with_time: Town, seed: int) -> tuple[Walk, Walk]:
    """Two walks that together take every row: in one town no time passes; in the other what is left waits in company.

    Few cases are open in the second, so that little lapses there while rows wait for years.
    """
    first = Walk(without_time, seed)
    first.take_at_once()
    second = Walk(with_time, seed, first.world.watch.taken)
    second.take_in_time()
    return first, second


def opening_day(seed: int) -> datetime:
    """When a walk begins: some working morning between the start of 2024 and the autumn of 2025."""
    return datetime(2024, 1, 8, 9, tzinfo=SHANGHAI) + timedelta(days=random.Random(seed).randint(0, 620))
