"""The world of a walk: a town with its live cases, how commands are sent, and a look at every record they touched."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, text

from engine.casefile import CaseFile
from engine.core.calendar import SHANGHAI
from engine.core.commands import (
    CLOCK,
    IMPORTER,
    CarryCommand,
    Command,
    FindingCommand,
    InspectionCommand,
    Outcome,
    Principal,
)
from engine.core.refusals import Refusal
from engine.intake import CarriedFinding, CarriedInspection
from models import records
from tests.builders import OFFICERS, PARTY, Town, item
from tests.simulation.laws import LawBroken, Watch

SYSTEM = Principal(
    "system:walk", "对接系统", frozenset({"linked_system"}), "fire_rescue", kind="system", system_id="walk"
)
LIVE_MAX = 40
ROUNDS_MAX = 5
"""What lapses may open a clock that has run out already; after so many rounds nothing is due."""
SOURCE = "旧台账.csv"
KINDS_OF_FINDINGS = (
    ("food", "food_item_failed"),
    ("price", "price_not_marked"),
    ("advertising", "other"),
    ("metrology", "meter_failed_in_use"),
    ("fire", "fire_exit_blocked"),
)
CARRIED_STATES = {
    "inspection": ("recorded", "published", "withheld"),
    "finding": ("registered", "in_progress", "closed"),
    "rectification": ("correcting", "reported", "corrected"),
    "transfer": ("sent", "accepted", "handling", "closed"),
    "copy_notice": ("sent", "closed"),
}
ENDED = ("corrected", "closed")
SEQUENCES = text("SELECT id, sequence FROM finding UNION ALL SELECT id, sequence FROM inspection")


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """A command that was accepted, and what was answered."""

    login: str
    command: Command
    outcome: Outcome


@dataclass(slots=True)
class World:
    """Sends, remembers what was acknowledged, and looks."""

    town: Town
    chance: random.Random
    watch: Watch = field(init=False)
    findings: dict[str, CaseFile] = field(default_factory=dict)
    inspections: dict[str, CaseFile] = field(default_factory=dict)
    acknowledged: list[Acknowledged] = field(default_factory=list)
    carried: list[CarriedInspection] = field(default_factory=list)
    refused: Counter[str] = field(default_factory=Counter)
    sent: int = 0
    accepted: int = 0

    def __post_init__(self) -> None:
        self.town.add_person("H02", "market_regulation", ("department_head",))
        self.town.add_person("D02", "market_regulation", ("duty_clerk", "case_officer"))
        self.town.people |= {"clock": CLOCK, "importer": IMPORTER, "system": SYSTEM}
        self.watch = Watch(self.town.house)

    def now(self) -> datetime:
        """What the clock says."""
        return self.town.house.clock.now()

    def send(
        self, login: str, asked: Any, key: str | None = None, digest: str | None = None
    ) -> Outcome | Refusal:
        """The outcome or the refusal of a command; whatever else is raised ends the walk."""
        self.sent += 1
        key = key or f"walk-{self.sent}"
        command = Command(self.town.people[login], key, digest or key, asked)
        try:
            outcome = self.town.house.desk.handle(command)
        except Refusal as refusal:
            self.refused[refusal.code] += 1
            return refusal
        self.accepted += 1
        if not outcome.decision["replayed"]:
            self.acknowledged.append(Acknowledged(login, command, outcome))
        self.look(outcome)
        return outcome

    def look(self, outcome: Outcome) -> None:
        """Every law holds on the record that the command touched and on those that lean on it."""
        with self.town.house.database.read() as connection:
            inspection_id = outcome.id
            if outcome.subject == "finding":
                file = self.watch.finding(connection, outcome.id)
                self.findings[outcome.id] = file
                inspection_id = file.inspection_id
            self._look_at_inspection(connection, inspection_id)
            if outcome.subject == "inspection":
                for row in records.findings_of(connection, inspection_id):
                    self.findings[row.id] = self.watch.finding(connection, row.id)

    def _look_at_inspection(self, connection: Connection, id: str) -> None:
        row, known = records.inspection_row(connection, id, False), self.watch.known.get(id)
        if id in self.inspections and row is not None and known and known.sequence == row.sequence:
            return
        self.inspections[id] = self.watch.inspection(connection, id)

    def look_everywhere(self) -> None:
        """Every law holds on each record that changed since it was looked at; the others did not change."""
        with self.town.house.database.read() as connection:
            for id, sequence in connection.execute(SEQUENCES).all():
                known = self.watch.known.get(id)
                if known is not None and known.sequence == sequence:
                    continue
                if known is None:
                    raise LawBroken(f"a record {id} came in that nobody was told of")
                if known.replay.subject == "inspection":
                    self._keep(self.inspections, self.watch.inspection(connection, id))
                else:
                    self._keep(self.findings, self.watch.finding(connection, id))

    @staticmethod
    def _keep(in_play: dict[str, CaseFile], file: CaseFile) -> None:
        if file.snapshot.id in in_play:
            in_play[file.snapshot.id] = file

    def wait(self, until: datetime) -> None:
        """The clock stands at that instant and has rung until nothing is due; what rang once does not ring again."""
        civil = until.astimezone(SHANGHAI).replace(second=0, microsecond=0)
        if civil <= self.now():
            return
        self.town.at(civil.strftime("%Y-%m-%dT%H:%M"))
        self.sent += 1
        for number in range(ROUNDS_MAX):
            swept = self.town.house.sweep.run(limit=5_000)
            if swept.failed:
                raise LawBroken(f"the sweep failed at {swept.failed} deadlines")
            if not (swept.lapsed or swept.reminded):
                break
            self.accepted += number == 0
        else:
            raise LawBroken(f"law 8: the sweep does something again and again: {swept}")
        self.look_everywhere()

    def forget_some(self) -> None:
        """Only so many cases stay in play; the others stay in the database and under the clock."""
        while len(self.findings) > LIVE_MAX:
            done = [id for id, file in self.findings.items() if file.snapshot.main.state == "closed"]
            id = self.chance.choice(done) if len(done) > LIVE_MAX // 3 else next(iter(self.findings))
            self.findings.pop(id)
        in_play = {file.inspection_id for file in self.findings.values()}
        for id in [id for id in self.inspections if id not in in_play][LIVE_MAX // 2 :]:
            self.inspections.pop(id)

    def come_in(self, login: str = "W01") -> Outcome | Refusal:
        """An inspection with none to three findings, or one finding more on an inspection that is there."""
        if self.inspections and self.chance.random() < 0.3:
            inspection = self.chance.choice(list(self.inspections))
            return self.send(login, FindingCommand({"inspection": inspection, **self._item()}))
        now = self.now().isoformat()
        body: dict[str, Any] = {
            "task_no": "YP2024-001",
            "check_type": "internal",
            "department": "market_regulation",
            "party": {**PARTY, "name": f"原平市某商户{self.chance.randint(1, 30)}"},
            "items": "综合检查",
            "result_codes": ["PENDING_FOLLOWUP"],
            "finished_at": now,
            "officers": OFFICERS,
            "recusal_told": True,
        }
        findings = [self._item() for _ in range(self.chance.randint(0, 3))]
        if findings:
            body["findings"] = findings
        return self.send(login, InspectionCommand(body))

    def _item(self) -> dict[str, Any]:
        weights = (6, 3, 1, 1, 1)
        domain, violation = self.chance.choices(KINDS_OF_FINDINGS, weights)[0]
        return item(self.town, domain=domain, violation=violation)

    def carry(self, wanted: dict[str, str] | None = None) -> Outcome | Refusal:
        """An old inspection comes in with findings in the states asked for, or in any."""
        wanted = wanted or {}
        number = len(self.carried)
        proceedings = [
            kind
            for kind in ("rectification", "transfer", "copy_notice")
            if kind in wanted or (wanted.get("finding") != "closed" and self.chance.random() < 0.4)
        ]
        states = {kind: self._state(kind, wanted) for kind in proceedings}
        ended = all(state in ENDED for state in states.values())
        finding = CarriedFinding(
            line=number,
            reference=f"walk/{number}/1",
            digest=f"finding {number}",
            fields={
                "domain": "food",
                "violation": "other",
                "item": "旧事项",
                "discovered_at": self.now().isoformat(),
            },
            present_state=self._state("finding", wanted if ended else {"finding": "in_progress", **wanted}),
            stated_dates=None,
            unknown_items="承办人不详",
            source_line=number,
            proceedings=tuple(self._proceeding(kind, state) for kind, state in states.items()),
        )
        old = CarriedInspection(
            reference=f"walk/{number}",
            digest=f"inspection {number}",
            fields={
                "department": "market_regulation",
                "party": PARTY,
                "check_type": "internal",
                "result_codes": ["PENDING_FOLLOWUP"],
                "finished_at": self.now().isoformat(),
            },
            present_state=self._state("inspection", wanted),
            source_line=number,
            stated_dates=None,
            unknown_items=None,
            findings=(finding,),
        )
        self.carried.append(old)
        return self.send("importer", CarryCommand(old, SOURCE))

    def correct_export(self, corrected: CarriedInspection) -> Outcome | Refusal:
        """A later export states the same records otherwise."""
        return self.send("importer", CarryCommand(corrected, SOURCE))

    def _state(self, chart: str, wanted: dict[str, str]) -> str:
        return wanted.get(chart) or self.chance.choice(CARRIED_STATES[chart])

    def _proceeding(self, kind: str, state: str) -> dict[str, Any]:
        facts: dict[str, Any] = {}
        if kind != "rectification":
            facts["target_department"] = "fire_rescue"
        elif self.chance.random() < 0.5:
            facts["new_due_on"] = self.now().date().isoformat()
        return {"kind": kind, "present_state": state, "facts": facts}
