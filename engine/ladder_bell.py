"""The ladder's bell: whoever the office's ladder names is reminded of a deadline, once for each rung and end."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
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
AT_ONCE = 50
"""Deadlines that are told of in one transaction: one each would be as many waits for the disk."""
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
            for start in range(0, len(waiting), AT_ONCE):
                told += self._tell_some(waiting[start : start + AT_ONCE], now, stubborn)
            if not waiting:
                return told

    def _tell_some(self, waiting: Sequence[Any], now: datetime, stubborn: set[str]) -> int:
        """These are told in one transaction; where one cannot be, each is tried alone."""
        try:
            return self.writer.submit(
                lambda connection: sum(self._tell(connection, named=one, now=now) for one in waiting)
            )
        except Refusal as refusal:
            if len(waiting) > 1:
                return sum(self._tell_some([one], now, stubborn) for one in waiting)
            stubborn.add(waiting[0].id)
            log.warning("rung not told", extra={"deadline": waiting[0].id, "code": refusal.code})
            return 0

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
