"""Shows a walk the way: which act comes next when a certain row is to be taken on a certain record."""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from engine.casefile import CaseFile
from engine.core.calendar import SHANGHAI
from engine.core.chart import Chart, Row
from engine.core.commands import Principal
from engine.core.deadlines import turns
from engine.core.guards import shut_by
from engine.core.lawbook import Lawbook
from engine.core.scene import Scene
from engine.core.snapshot import Record
from engine.core.visibility import sees
from tests.simulation.replay import CARRIED

REPAIR_RULE = datetime(2025, 12, 26, 9, tzinfo=SHANGHAI)
DEPTH_MAX = 6


@dataclass(frozen=True, slots=True)
class Act:
    """One row to be taken on one record by somebody."""

    file: CaseFile
    record: Record
    row: Row
    login: str


@dataclass(frozen=True, slots=True)
class Wait:
    """The clock is to stand at this instant, and to ring."""

    until: datetime


Move = Act | Wait


def first_rows(chart: Chart) -> dict[tuple[str, str], tuple[Row, int]]:
    """For each pair of states the first row of a shortest way and its length, corrections of old records aside."""
    ways: dict[tuple[str, str], tuple[Row, int]] = {}
    for start in chart.states:
        seen, queue = {start}, deque([(start, None, 0)])
        while queue:
            state, first, length = queue.popleft()
            for row in chart.rows:
                if row.source != state or row.trigger in CARRIED or row.to in seen:
                    continue
                seen.add(row.to)
                ways[(start, row.to)] = (first or row, length + 1)
                queue.append((row.to, first or row, length + 1))
    return ways


@dataclass(slots=True)
class Guide:
    """Knows the charts and the people; never looks into the database."""

    law: Lawbook
    people: Mapping[str, Principal]
    chance: random.Random
    ways: dict[str, dict[tuple[str, str], tuple[Row, int]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.ways = {name: first_rows(chart) for name, chart in self.law.charts.by_name.items()}

    def length(self, record: Record, goal: Row) -> int | None:
        """How many rows lie before the goal, or None when no way leads there."""
        if record.state == goal.source:
            return 0
        way = self.ways[goal.chart].get((record.state, str(goal.source)))
        return way[1] if way else None

    def next(
        self, goal: Row, file: CaseFile, record: Record, inspection: CaseFile, now: datetime, depth: int = 0
    ) -> Move | None:
        """The next act on the way to the goal; None when it cannot be reached from here."""
        if depth > DEPTH_MAX:
            return None
        kind = goal.guard("kind_in_approved_routes")
        if kind and kind.argument not in file.snapshot.registers.get("approved_routes", ()):
            trigger = "add_route" if record.state in ("routed", "in_progress") else "approve_route"
            return self._take(trigger, file, record, inspection, now, depth)
        row = goal
        if record.state != goal.source:
            way = self.ways[goal.chart].get((record.state, str(goal.source)))
            if way is None:
                return None
            row = way[0]
        login, shut = self._who(row, file, record, now)
        if self._contradicts(row, file):
            return None
        if row.trigger in CARRIED and row.chart == "finding" and row.to == "closed":
            waiting = self._finish(file, inspection, now, depth, routes=())
            if waiting is not None:
                return waiting
        if not shut:
            return Act(file, record, row, login)
        return self._remedy(shut[0], row, file, record, inspection, now, depth)

    def _contradicts(self, row: Row, file: CaseFile) -> bool:
        """True when an old record would be said to be open under a closed finding."""
        proceeding = row.chart not in ("finding", "inspection") and row.trigger in CARRIED
        opens = self.law.charts[row.chart].states[row.to].kind == "open"
        return proceeding and opens and file.snapshot.main.state == "closed"

    def may(self, row: Row, department: str) -> list[str]:
        """Who holds a role of the row and may see the record, in random order."""
        logins = [
            login
            for login, who in self.people.items()
            if row.by & who.roles and (who.kind == "system" or sees(who, department))
        ]
        return self.chance.sample(logins, len(logins))

    def _who(self, row: Row, file: CaseFile, record: Record, now: datetime) -> tuple[str, list[str]]:
        """Somebody for whom the row is open, else the last who was asked with the guards that shut it."""
        last: tuple[str, list[str]] = ("", ["nobody"])
        for login in self.may(row, file.snapshot.department):
            scene = Scene(self.law, file.snapshot, record, row, self.people[login], now)
            last = (login, [reason.code for reason in shut_by(scene, row.guards)])
            if not last[1]:
                return last
        return last

    def _remedy(
        self,
        guard: str,
        row: Row,
        file: CaseFile,
        record: Record,
        inspection: CaseFile,
        now: datetime,
        depth: int,
    ) -> Move | None:
        if guard == "proposal_on_record":
            goal = self.law.charts[row.chart].rows_from(record.state, row.answers[0])[0]
            return self.next(goal, file, record, inspection, now, depth + 1)
        if guard == "term_expired":
            return self._after_term(row, file, record)
        if guard == "removal_conditions":
            return Wait(REPAIR_RULE) if now < REPAIR_RULE else None
        if guard == "all_proceedings_done":
            routes = file.snapshot.registers.get("approved_routes", ())
            return self._finish(file, inspection, now, depth, routes)
        if guard == "inspection_published_or_withheld":
            return self._inspect(self.chance.choice(("published", "withheld")), inspection, now, depth)
        if guard == "reopening_event" and inspection.snapshot.main.state == "withheld":
            return self._take(
                "lift_withholding", inspection, inspection.snapshot.main, inspection, now, depth
            )
        return None

    def _after_term(self, row: Row, file: CaseFile, record: Record) -> Wait | None:
        guard = row.guard("term_expired")
        for deadline in file.snapshot.deadlines:
            mine = deadline.proceeding == record.id and deadline.state == "running"
            if guard and mine and deadline.term == guard.argument:
                return Wait(turns(deadline.dates).overdue_at + timedelta(hours=9))
        return None

    def _finish(
        self, file: CaseFile, inspection: CaseFile, now: datetime, depth: int, routes: Sequence[str]
    ) -> Move | None:
        """The next act that opens an approved route or brings an open proceeding to its end."""
        charts = self.law.charts
        for record in file.snapshot.proceedings.values():
            if charts[record.chart].states[record.state].kind != "open":
                continue
            for goal in self._endings(record):
                move = self.next(goal, file, record, inspection, now, depth + 1)
                if move is not None:
                    return move
        for kind in routes:
            if kind not in charts:
                continue
            move = self._take(f"open_{kind}", file, file.snapshot.main, inspection, now, depth)
            if move is not None:
                return move
        return None

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
        yield from sorted(reachable, key=lambda row: self.length(record, row) or 0)

    def _inspect(self, state: str, inspection: CaseFile, now: datetime, depth: int) -> Move | None:
        main = inspection.snapshot.main
        trigger = "publish_result" if state == "published" else "approve_withholding"
        return self._take(trigger, inspection, main, inspection, now, depth)

    def _take(
        self, trigger: str, file: CaseFile, record: Record, inspection: CaseFile, now: datetime, depth: int
    ) -> Move | None:
        goals = [row for row in self.law.charts[record.chart].rows if row.trigger == trigger and row.source]
        near = [(length, row) for row in goals if (length := self.length(record, row)) is not None]
        for _, goal in sorted(near, key=lambda pair: pair[0]):
            move = self.next(goal, file, record, inspection, now, depth + 1)
            if move is not None:
                return move
        return None
