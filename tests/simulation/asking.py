"""Asking for steps, and holding the answer against what the openings said before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from engine.casefile import CaseFile
from engine.core.chart import Row
from engine.core.commands import Outcome, Principal, Step, StepCommand
from engine.core.confiding import CONFIDED
from engine.core.openings import opening
from engine.core.refusals import Refusal
from engine.core.snapshot import Record
from engine.core.visibility import sees
from tests.simulation.facts import Pen
from tests.simulation.laws import LawBroken
from tests.simulation.replay import CARRIED
from tests.simulation.rows import key_of
from tests.simulation.world import World

LAWFUL_WITH_VALID_FACTS = ("occurred_too_early", "too_late_entry")


@dataclass(slots=True)
class Asking:
    """Sends steps into the world."""

    world: World
    pen: Pen

    def take(
        self, file: CaseFile, record: Record, row: Row, login: str, says: Mapping[str, Any] | None = None
    ) -> None:
        """The row is asked for with valid facts, and the answer is what the openings said."""
        proceeding = None if record is file.snapshot.main else record.id
        file = self.world.as_stored(file)
        now, snapshot = self.world.now(), file.snapshot
        record = snapshot.record(proceeding) or record
        who, law = self.world.town.people[login], self.world.town.house.law
        said = opening(law, snapshot, record, row.trigger, who, now)
        facts = self.pen.valid(snapshot, record, row, now, says)
        step = Step(row.trigger, proceeding, facts)
        answer = self.ask(file, login, step)
        self._honest(file, said, answer, login)
        if row.trigger in CONFIDED and not isinstance(answer, Refusal):
            self._confided(file, record, row)

    def _confided(self, file: CaseFile, record: Record, row: Row) -> None:
        """The row is counted here, since nothing of it stands on the finding (law 9)."""
        before, after = file.snapshot, self.world.findings[file.snapshot.id].snapshot
        if (before.version, before.sequence, before.head) != (after.version, after.sequence, after.head):
            raise LawBroken(f"law 9: {row.trigger} left a trace on the finding")
        taken = self.world.town.house.charts["finding"].rows_from(record.state, row.trigger)[0]
        self.world.watch.taken[key_of(taken)] += 1

    def ask(self, file: CaseFile, login: str, *steps: Step, version: int | None = None) -> Outcome | Refusal:
        """What the house answered to these steps."""
        asked = StepCommand(file.snapshot.subject, file.snapshot.id, steps, version, len(steps) > 1)
        return self.world.send(login, asked)

    def _honest(self, file: CaseFile, said: dict[str, Any], answer: Any, login: str) -> None:
        """What is said to be open is not answered shut; what is said to be shut is refused."""
        who = self.world.town.people[login]
        if who.kind != "system" and not self._known_to(who, file):
            if not isinstance(answer, Refusal) or answer.code != "not_found":
                raise LawBroken(f"law 9: {login} was told of a hidden record: {answer}")
            return
        told = f"{login} {said['chart']}.{said['trigger']} from {file.snapshot.main.state}"
        if isinstance(answer, Refusal):
            contradicts = said["trigger"] in CARRIED and answer.code == "facts_invalid"
            if said["open"] and not contradicts and answer.code not in LAWFUL_WITH_VALID_FACTS:
                why = [reason.code for reason in answer.reasons] or [str(error) for error in answer.errors]
                raise LawBroken(f"openings: {told} was said to be open and is refused: {answer.code} {why}")
        elif not said["open"]:
            raise LawBroken(f"openings: {told} was said to be shut ({said['reasons']}) and is taken")

    def _known_to(self, who: Principal, file: CaseFile) -> bool:
        """True when the person may know that the record exists; of a referral, its list alone."""
        if file.snapshot.subject == "referral":
            return self.world.reads(who.login, file.snapshot.id)
        return sees(who, file.snapshot.department)
