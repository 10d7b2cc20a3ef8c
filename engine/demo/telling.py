"""Telling: the planned commands go through a desk of their own, and the clock sweeps as the days pass."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from functools import partial
from itertools import groupby
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection

from engine.core.audit import canonical
from engine.core.calendar import SHANGHAI, civil_date
from engine.core.chart import CRIMINAL
from engine.core.commands import Asked, Command, InspectionCommand, Principal, Step, StepCommand
from engine.core.refusals import Refusal
from engine.demo.marking import STAMP
from engine.demo.plan import Planned
from engine.demo.replay_clock import ReplayClock
from engine.desk import Desk
from engine.sweep import Sweep
from models import records, referral_reading

if TYPE_CHECKING:
    from engine.house import House

SWEPT_AT = time(6, 30)
Progress = Callable[[int], None]
"""Told after each day how many commands are done."""


class StoryRefused(Exception):
    """A story asks for what the desk refuses: its file must be corrected."""

    def __init__(self, one: Planned, refusal: Refusal) -> None:
        step = "+".join(line.trigger for line, _ in one.steps) or "record_result"
        why = [*(reason.code for reason in refusal.reasons), *(error.pointer for error in refusal.errors)]
        super().__init__(f"story {one.case.story.name}, {step} at {one.at}: {refusal.code} {why}")


@dataclass(slots=True)
class Teller:
    """Tells the plan to a house; what was told before is answered from its keys and not done again."""

    clock: ReplayClock
    desk: Desk
    sweep: Sweep
    people: Mapping[str, Principal]
    _inspections: dict[int, str] = field(default_factory=dict)
    _findings: dict[str, str] = field(default_factory=dict)

    @classmethod
    def at(cls, house: House, people: Mapping[str, Principal]) -> Teller:
        """A teller with a second desk over the same database, writer and law."""
        clock = ReplayClock()
        scribe = replace(house.desk.scribe, stamp={**house.desk.scribe.stamp, **STAMP})
        desk = replace(
            house.desk,
            clock=clock,
            scribe=scribe,
            referrals=replace(house.desk.referrals, scribe=scribe),
            after_step=None,
            bell=None,
            last_recorded_at=None,
        )
        return cls(clock, desk, Sweep(clock, house.database, house.law, desk, house.sweep.post), people)

    def tell(self, plan: Sequence[Planned], now: datetime, progress: Progress | None) -> None:
        """Everything planned has happened, a day in one transaction, and what the clock does between the days."""
        done, told_until = 0, self._told_until()
        by_day = {day: list(acts) for day, acts in groupby(plan, key=lambda one: civil_date(one.at))}
        for day in _days(min(by_day), civil_date(now)):
            morning = min(datetime.combine(day, SWEPT_AT, SHANGHAI), now)
            if (
                told_until is None or morning >= told_until
            ):  # else the clock has done its part of that day before
                self.clock.put(morning)
                self.sweep.run()
            acts = by_day.get(day, [])
            if acts:
                self.desk.writer.submit(partial(self._day, acts=acts))
            done += len(acts)
            if progress is not None:
                progress(done)
        self.clock.put(now)
        self.sweep.run()

    def _told_until(self) -> datetime | None:
        """How far an interrupted telling came."""
        with self.desk.database.read() as connection:
            latest: datetime | None = records.last_recorded_at(connection)
        return latest

    def _day(self, connection: Connection, acts: Sequence[Planned]) -> None:
        for one in acts:
            self.clock.put(one.at)
            command = self._command(one, self._asked(connection, one))
            try:
                outcome = self.desk.handle_within(connection, command)
            except Refusal as refusal:
                raise StoryRefused(one, refusal) from refusal
            if not one.steps:
                self._inspections[one.case.number] = outcome.id
                for row in records.findings_of(connection, outcome.id):
                    self._findings[row.reference] = row.id

    def _command(self, one: Planned, asked: Asked) -> Command:
        told = [one.key, one.body, [[line.trigger, facts] for line, facts in one.steps]]
        digest = hashlib.sha256(canonical(told).encode()).hexdigest()
        return Command(self.people[one.login], one.key, digest, asked)

    def _asked(self, connection: Connection, one: Planned) -> Asked:
        if not one.steps:
            return InspectionCommand(one.body)
        if one.finding is None:
            subject, id = "inspection", self._inspections[one.case.number]
        else:
            subject, id = "finding", self._findings[f"{one.case.reference}-{one.finding + 1}"]
        if one.steps[0][0].chart == CRIMINAL:  # a referral is a record of its own
            referral = referral_reading.referrals_of(connection, id)[-1].id
            told = tuple(Step(line.trigger, None, facts) for line, facts in one.steps)
            return StepCommand("referral", referral, told, several=True)
        return StepCommand(subject, id, tuple(_steps(connection, id, one)), several=True)


def _steps(connection: Connection, id: str, one: Planned) -> Iterator[Step]:
    """The steps on their records: one opened within the command goes by its place, the others by their id."""
    opened: dict[str, str] = {}
    for place, (line, facts) in enumerate(one.steps):
        proceeding = None
        if line.chart not in ("inspection", "finding"):
            proceeding = opened.get(line.chart) or _latest(connection, id, line.chart)
        yield Step(line.trigger, proceeding, facts)
        opened[line.trigger.removeprefix("open_")] = f"@{place}"


def _latest(connection: Connection, finding: str, kind: str) -> str:
    """The id of the latest proceeding of that kind."""
    rows: list[Any] = [row for row in records.proceeding_rows(connection, finding) if row.kind == kind]
    return str(rows[-1].id)


def _days(first: date, last: date) -> Iterator[date]:
    day = first
    while day <= last:
        yield day
        day += timedelta(days=1)
