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
from engine.core.chart import Row
from engine.core.commands import (
    CLOCK,
    IMPORTER,
    Command,
    FindingCommand,
    InspectionCommand,
    Outcome,
    Principal,
)
from engine.core.guards import shut_by
from engine.core.refusals import Refusal
from engine.core.scene import Scene
from engine.core.snapshot import Record
from models import acts, records, referral_reading
from tests.builders import OFFICERS, PARTY, Town, item
from tests.simulation.laws import LawBroken, Watch, act_of

SYSTEM = Principal(
    "system:walk", "对接系统", frozenset({"linked_system"}), "fire_rescue", kind="system", system_id="walk"
)
LIVE_MAX = 40
ROUNDS_MAX = 5
"""What lapses may open a clock that has run out already; after so many rounds nothing is due."""
KINDS_OF_FINDINGS = (
    ("food", "food_item_failed"),
    ("price", "price_not_marked"),
    ("advertising", "other"),
    ("metrology", "meter_failed_in_use"),
    ("fire", "fire_exit_blocked"),
)
SEQUENCES = text(
    "SELECT id, sequence FROM finding UNION ALL SELECT id, sequence FROM inspection "
    "UNION ALL SELECT id, sequence FROM referral"
)
REFERRAL_SEQUENCE = text("SELECT sequence FROM referral WHERE id = :id")
PARTIES = 30
"""How many parties a walk meets; of one of them several findings may be about the same act."""


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
    referrals: dict[str, CaseFile] = field(default_factory=dict)
    lists: dict[str, frozenset[str]] = field(default_factory=dict)
    """Who is on the list of a referral, as far as somebody asked since the last step."""
    pinned: set[str] = field(default_factory=set)
    """Findings that stay in play, and that nobody touches."""
    ended: dict[tuple[str, str], list[Row]] = field(default_factory=dict)
    """By chart and state the rows that the clock takes when a term ends."""
    parties: int = PARTIES
    acknowledged: list[Acknowledged] = field(default_factory=list)
    refused: Counter[str] = field(default_factory=Counter)
    _now: datetime | None = None
    sent: int = 0
    accepted: int = 0

    def __post_init__(self) -> None:
        self.town.add_person("H02", "market_regulation", ("department_head",))
        self.town.add_person("D02", "market_regulation", ("duty_clerk", "case_officer"))
        self.town.people |= {"clock": CLOCK, "importer": IMPORTER, "system": SYSTEM}
        self.watch = Watch(self.town.house)
        for row in [row for chart in self.town.house.charts.by_name.values() for row in chart.rows]:
            ends = row.guard("term_expired")
            if row.by_clock_only and ends:
                self.ended.setdefault((row.chart, str(row.source)), []).append(row)

    def now(self) -> datetime:
        """What the clock says; it stands still until somebody moves it."""
        if self._now is None:
            self._now = self.town.house.clock.now()
        return self._now

    def stand(self, at: datetime) -> None:
        """The clock stands at that minute, and rings nothing."""
        self.town.at(at.astimezone(SHANGHAI).strftime("%Y-%m-%dT%H:%M"))
        self._now = None

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
            if outcome.subject == "referral":
                self._look_at_referral(connection, outcome.id)
                return
            if outcome.subject == "finding":
                file = self.watch.finding(connection, outcome.id)
                self.findings.pop(outcome.id, None)
                self.findings[outcome.id] = file
                inspection_id = file.inspection_id
                self._look_at_suspicions(connection, file, "referral_version" in outcome.decision)
            self._look_at_inspection(connection, inspection_id)
            if outcome.subject == "inspection":
                for row in records.findings_of(connection, inspection_id):
                    self.findings[row.id] = self.watch.finding(connection, row.id)
                    self._look_at_suspicions(connection, self.findings[row.id], False)

    def _look_at_suspicions(self, connection: Connection, file: CaseFile, confided: bool) -> None:
        """What is on record of the finding's act is looked at; after a new word on it, the findings that see it too."""
        if not (confided or file.snapshot.suspicions):
            return
        for row in referral_reading.suspicions_of_act(connection, *act_of(file)):
            known = self.watch.known.get(row.id)
            sequence = connection.execute(REFERRAL_SEQUENCE, {"id": row.id}).scalar()
            if known is None or known.sequence != sequence or row.id not in self.referrals:
                self.referrals[row.id] = self.watch.referral(connection, row.id)
            self.lists.pop(row.id, None)
        if confided:
            self._look_at_others(connection, file)

    def _look_at_referral(self, connection: Connection, id: str) -> None:
        self.referrals.pop(id, None)
        self.referrals[id] = self.watch.referral(connection, id)
        self.lists.pop(id, None)
        self._look_at_others(connection, self.referrals[id])

    def _look_at_others(self, connection: Connection, file: CaseFile) -> None:
        """The findings of the act that are in play are read anew."""
        for id in acts.findings_of_act(connection, *act_of(file)):
            if id in self.findings:
                self.findings[id] = self.watch.finding(connection, id)

    def record_of(self, file_id: str, record_id: str) -> tuple[CaseFile | None, Record | None]:
        """The file in play of that id, and its record of the other."""
        for files in (self.findings, self.referrals, self.inspections):
            file = files.get(file_id)
            if file is not None:
                main = file.snapshot.main
                return file, main if main.id == record_id else file.snapshot.proceedings.get(record_id)
        return None, None

    def reads(self, login: str, referral: str) -> bool:
        """True when the person is on the list of the criminal referral."""
        if referral not in self.lists:
            with self.town.house.database.read() as connection:
                row = referral_reading.referral_row(connection, referral)
                assert row is not None
                self.lists[referral] = frozenset(self.town.house.desk.referrals.list_of(connection, row))
        return login in self.lists[referral]

    def as_stored(self, file: CaseFile) -> CaseFile:
        """The file as it is now: what a finding holds shows in its referral without a word of the referral's own."""
        if file.snapshot.subject != "referral":
            return file
        with self.town.house.database.read() as connection:
            self.referrals[file.snapshot.id] = self.watch.referral(connection, file.snapshot.id)
        return self.referrals[file.snapshot.id]

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
                look = getattr(self.watch, known.replay.subject)
                self._keep(getattr(self, f"{known.replay.subject}s"), look(connection, id))

    @staticmethod
    def _keep(in_play: dict[str, CaseFile], file: CaseFile) -> None:
        if file.snapshot.id in in_play:
            in_play[file.snapshot.id] = file

    def wait(self, until: datetime) -> None:
        """The clock stands at that instant and has rung until nothing is due; what rang once does not ring again."""
        civil = until.astimezone(SHANGHAI).replace(second=0, microsecond=0)
        if civil <= self.now():
            return
        self.stand(civil)
        self.lists.clear()
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
        for file in self.findings.values():
            self._nothing_left_undone(file)

    def _nothing_left_undone(self, file: CaseFile) -> None:
        """No row that only the end of a term opens, and only the clock takes, stands open after the clock has rung."""
        law, snapshot = self.town.house.law, file.snapshot
        for record in (snapshot.main, *snapshot.proceedings.values()):
            for row in self.ended.get((record.chart, record.state), ()):
                if not shut_by(Scene(law, snapshot, record, row, CLOCK, self.now()), row.guards):
                    raise LawBroken(f"the clock left {row.chart}.{row.trigger} from {row.source} undone")

    def forget_some(self) -> None:
        """Only so many cases stay in play; the others stay in the database and under the clock."""
        free = [id for id in self.findings if id not in self.pinned]
        done = [id for id in free if self.findings[id].snapshot.main.state == "closed"]
        while len(free) > LIVE_MAX:
            id = self.chance.choice(done) if len(done) > LIVE_MAX // 3 else free[0]
            free.remove(id)
            if id in done:
                done.remove(id)
            self.findings.pop(id)
        for id in [id for id, file in self.referrals.items() if file.finding_id not in self.findings]:
            self.referrals.pop(id)
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
            "party": self._party(),
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

    def _party(self) -> dict[str, Any]:
        number = self.chance.randint(1, self.parties)
        known = [{"scheme": "source_id", "source": "walk", "value": str(number)}]
        return {**PARTY, "name": f"原平市某商户{number}", "identifiers": known}
