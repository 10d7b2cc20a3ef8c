"""The bell of criminal referrals: what has run out is told to their readers, and to the police whose answer it waits for."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import Connection

from engine.clock_rows import ended
from engine.core.commands import CLOCK
from engine.core.deadlines import TURN_OF
from engine.core.ladder import Rung
from engine.core.refusals import Refusal
from engine.desk import Desk
from engine.referral_letters import referral_recipients
from engine.reminder_post import ReminderPost
from engine.snapshots import load_referral
from models import due
from models.referral_reading import REFERRAL_DEADLINE

OVERDUE = "overdue"
"""The entry by which the readers of a criminal referral learn that one of its clocks has run out."""
QUERY = "progress_query"
"""The message of a referral that goes where its reminders go."""


@dataclass(frozen=True, slots=True)
class ReferralBell:
    """No row of a referral is the clock's, and who rings may not know that there is one (law 9): no figure counts it."""

    desk: Desk
    post: ReminderPost

    def ring(self, office: str, now: datetime, limit: int) -> None:
        """Each overdue and each severe clock is told once; the lead office is told nothing.

        Where the message cannot be sealed at this moment it is told at a later bell, and nothing else waits for it.
        """
        with self.desk.database.read() as connection:
            lapsed = due.due_deadlines(connection, office, now, limit, REFERRAL_DEADLINE)
        for row in lapsed:
            with suppress(Refusal):
                self.desk.writer.submit(partial(self._tell, row=row, now=now))

    def _tell(self, connection: Connection, *, row: Any, now: datetime) -> None:
        file = load_referral(connection, row.referral_id, lock=True)
        assert file is not None, "a deadline of a referral always has its referral"
        if not ended(file.snapshot, row, now):
            return
        due.mark_told(connection, row.id, row.stage, REFERRAL_DEADLINE)
        turn = TURN_OF[row.stage]
        text = self.post.words.ended(row.term, row.nature, row.due_effective, turn)["zh"]
        said = {"facts": {"term": row.term, "due_on": row.due_effective, "requirement": text}}
        self.desk.scribe.note(connection, file, OVERDUE, said, CLOCK, now)
        for police in referral_recipients(self.desk.office, QUERY, file.snapshot.main.facts):
            self.post.send_to_police(connection, file, row, Rung.of_turn(turn), police, now)
