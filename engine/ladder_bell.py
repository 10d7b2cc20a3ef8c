"""The ladder's bell: whoever the office's ladder names is reminded of a deadline, once for each rung and end."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from engine.clock import Clock
from engine.core.ladder import LEAD_OFFICE, SUPERVISES, Rung, highest_of_each_role, roles_told
from engine.core.lawbook import Lawbook
from engine.core.refusals import Refusal
from engine.reminder_post import ReminderPost, Told
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
    post: ReminderPost

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
            return self.writer.submit(lambda connection: self._tell_all(connection, waiting, now))
        except Refusal as refusal:
            if len(waiting) > 1:
                return sum(self._tell_some([one], now, stubborn) for one in waiting)
            stubborn.add(waiting[0].id)
            log.warning("rung not told", extra={"deadline": waiting[0].id, "code": refusal.code})
            return 0

    def _tell_all(self, connection: Connection, waiting: Sequence[Any], now: datetime) -> int:
        """How many notices are new; what goes to linked systems is put in when all of them are written."""
        notices, told = 0, []
        for named in waiting:
            row = rungs.deadline_to_tell(connection, named, now)
            if row is not None:
                passed = self._climb(connection, row, now)
                told.append(Told(row, tuple(passed)))
                notices += self._tell(connection, row, passed, now)
        self.post.send(connection, told, now)
        return notices

    def _climb(self, connection: Connection, row: Any, now: datetime) -> list[Rung]:
        """The rungs that lie behind and were not told; they count as told now."""
        ladder = self.law.ladder.climb(row.term, dates_of(row.spec, row.provisional), self.law.calendar)
        passed = [rung for at, rung in ladder[row.rung :] if at <= now]
        climbed = row.rung + len(passed)
        following = ladder[climbed][0] if climbed < len(ladder) else None
        rungs.climbed(connection, row.id, climbed, following)
        return passed

    def _tell(self, connection: Connection, row: Any, passed: Sequence[Rung], now: datetime) -> int:
        notices = [self._notice(row, rung, role, now) for rung, role in highest_of_each_role(passed)]
        return sum(records.insert_once(connection, records.NOTICE, notice) for notice in notices)

    def _notice(self, row: Any, rung: Rung, role: str, now: datetime) -> dict[str, Any]:
        said = self.post.words.rung(rung, row.term, row.nature, row.due_effective)
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
