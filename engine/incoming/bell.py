"""The bell of inbound matters: who has one in hand is told before a clock ends, the head of the department when it has."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import Connection

from engine.core.calendar import civil_date
from engine.core.refusals import Refusal
from engine.incoming.clocks import notice_key
from engine.incoming.following import Following
from engine.incoming.keeping import Keeping
from engine.incoming.said import said
from models import calendars, incoming_reading

log = logging.getLogger("bihuan.incoming")
LIMIT = 500
HEAD = "department_head"
DUE, OVERDUE = "incoming_due", "incoming_overdue"
SENTENCES = {1: "due", 2: "overdue", 3: "severe"}


@dataclass(slots=True)
class IncomingBell:
    """Tells each stage of a clock once, whatever else rang or was restarted.

    Nothing is told of a confidential matter: its readers see it, with its light, among their work (law 9).
    """

    keeping: Keeping
    following: Following
    counted_on: tuple[Any, ...] | None = None

    def ring(self) -> int:
        """How many clocks were told of. Once a day, and whenever another calendar stands, all are counted anew before."""
        desk = self.keeping.desk
        now = desk.clock.now()
        with desk.database.read() as connection:
            stands = (civil_date(now), *calendars.edition(connection, self.keeping.office_id))
        try:
            if stands != self.counted_on:
                self.following.recount(now)
                self.counted_on = stands
            return self._told(now)
        except Refusal as refusal:
            log.warning("matters not told of", extra={"code": refusal.code})
            return 0

    def _told(self, now: datetime) -> int:
        told, desk = 0, self.keeping.desk
        while True:
            with desk.database.read() as connection:
                found = incoming_reading.due_clocks(connection, self.keeping.office_id, now, LIMIT)
            if not found:
                return told
            told += desk.writer.submit(partial(self._tell, found=found, now=now))

    def _tell(self, connection: Connection, *, found: Sequence[Any], now: datetime) -> int:
        for row in found:
            stage = 3 if row.severe_at <= now else 2 if row.overdue_at <= now else 1
            incoming_reading.change_clock(connection, row.id, {"told_stage": stage})
            if not row.confidential:
                self._notice(connection, row, stage, now)
        return len(found)

    def _notice(self, connection: Connection, row: Any, stage: int, now: datetime) -> None:
        book = self.keeping.book
        owner = book.owner(row.at, False) or HEAD
        term, nature = self.keeping.desk.law.terms[row.term], said(row.nature)
        due = {"due": row.due_effective}
        words = {
            "zh": {"term": term.zh, "nature": nature.zh, **due},
            "en": {"term": term.en, "nature": nature.en, **due},
            "key": notice_key(row.id, stage),
        }
        matter = {"id": row.incoming_id, "number": row.number, "kind": row.kind, "department": row.department}
        role, kind = (HEAD, OVERDUE) if stage > 1 else (owner, DUE)
        self.keeping.tell(connection, row.incoming_id, matter, kind, role, SENTENCES[stage], words, now)
