"""The ladder's bell: whoever the office's ladder names is reminded of a deadline, once for each rung and end."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import Connection

from engine.clock import Clock
from engine.core.ladder import Rung, highest_of_each_role, roles_told
from engine.core.lawbook import Lawbook
from engine.core.refusals import Refusal
from engine.reminder_words import ReminderWords
from engine.snapshots import dates_of
from engine.writer import Writer
from models import records, rungs
from models.database import Database

log = logging.getLogger("bihuan.ladder")
LIMIT = 500
KIND = "rung"
"""The kind of a notice of the ladder."""
SUPERVISES, LEAD_OFFICE = "supervisor", "lead_office"


@dataclass(slots=True)
class LadderBell:
    """Tells what is due; a second round, node or restart tells nothing again.

    Deadlines of criminal referrals are in another table and climb no ladder: their readers are told by the sweep.
    """

    clock: Clock
    database: Database
    writer: Writer
    law: Lawbook
    office_id: str
    words: ReminderWords = field(init=False)

    def __post_init__(self) -> None:
        self.words = ReminderWords(self.law.terms)

    def ring(self, limit: int = LIMIT) -> int:
        """How many notices were written; after an outage all that lies behind is told, round after round."""
        now, told, stubborn = self.clock.now(), 0, set[str]()
        while True:
            with self.database.read() as connection:
                found = rungs.due_rungs(connection, self.office_id, now, limit + len(stubborn))
            waiting = [one for one in found if one.id not in stubborn]
            for one in waiting:
                try:
                    told += self.writer.submit(partial(self._tell, named=one, now=now))
                except Refusal as refusal:
                    stubborn.add(one.id)
                    log.warning("rung not told", extra={"deadline": one.id, "code": refusal.code})
            if not waiting:
                return told

    def _tell(self, connection: Connection, *, named: Any, now: datetime) -> int:
        row = rungs.deadline_to_tell(connection, named, now)
        if row is None:
            return 0
        ladder = self.law.ladder.climb(row.term, dates_of(row.spec, row.provisional), self.law.calendar)
        passed = [rung for at, rung in ladder[row.rung :] if at <= now]
        climbed = row.rung + len(passed)
        following = ladder[climbed][0] if climbed < len(ladder) else None
        rungs.climbed(connection, row.id, climbed, following)
        notices = [self._notice(row, rung, role, now) for rung, role in highest_of_each_role(passed)]
        return sum(records.insert_once(connection, records.NOTICE, notice) for notice in notices)

    def _notice(self, row: Any, rung: Rung, role: str, now: datetime) -> dict[str, Any]:
        said = self.words.rung(rung, row.term, row.nature, row.due_effective)
        told = roles_told(role, of_inspection=row.finding_id is None)
        return {
            "natural_key": f"{KIND}:{row.id}:{rung.name}:{told}:{row.due_effective}",
            "office_id": row.office_id,
            "department": LEAD_OFFICE if role == SUPERVISES else row.department,
            "role": told,
            "kind": KIND,
            "finding_id": row.finding_id,
            "inspection_id": row.inspection_id if row.finding_id is None else None,
            "detail": {
                **said,
                "term": row.term,
                "nature": row.nature,
                "deadline": row.id,
                "due": row.due_effective,
                "rung": rung.name,
            },
            "done": False,
            "recorded_at": now,
        }
