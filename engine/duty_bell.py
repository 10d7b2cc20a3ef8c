"""The bell of the reporting duties: reminders on the last working day before a report is due, and when it is overdue."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection

from engine.clock import Clock
from engine.core.calendar import civil_date
from engine.core.duties import DutyPeriod
from engine.core.refusals import Refusal
from engine.duty_book import DutyBook, told_of
from engine.writer import Writer
from models import duty_reading
from models.database import Database

log = logging.getLogger("bihuan.duties")
REMIND, OVERDUE = "remind", "overdue"
KINDS = {REMIND: duty_reading.DUE_SOON, OVERDUE: duty_reading.OVERDUE}
SUPERVISOR = "supervisor"
"""Whom the receiver's office is told by of what is missing."""
YEARS_BACK = 1
"""How far back a bell that did not ring looks; what is older is seen on the page."""


@dataclass(slots=True)
class DutyBell:
    """Tells each reminder once, whatever else rang, stood still or was restarted meanwhile.

    What was due before the house had its first account was nobody's to hand in here, and nobody is told of it.
    """

    clock: Clock
    database: Database
    writer: Writer
    book: DutyBook
    _rung_on: date | None = None

    def ring(self) -> int:
        """How many notices were new. Nothing of a day is left to tell once it was rung; a full disk is asked again."""
        now = self.clock.now()
        today = civil_date(now)
        if today == self._rung_on:
            return 0
        with self.database.read() as connection:
            begun = duty_reading.first_account_at(connection, self.book.office.office_id)
            if begun is None:
                return 0
            asked = self._reached(civil_date(begun), today)
            untold = self._untold(connection, asked, now)
        try:
            told = self.writer.submit(lambda connection: self._tell(connection, asked, now)) if untold else 0
        except Refusal as refusal:
            log.warning("reminders of duties not told", extra={"code": refusal.code})
            return 0
        self._rung_on = today
        return told

    def _tell(self, connection: Connection, asked: list[DutyPeriod], now: datetime) -> int:
        """What was handed in meanwhile is told of no more: both sides hold the same lock."""
        duty_reading.lock_duties(connection, self.book.office.office_id)
        untold = self._untold(connection, asked, now)
        duty_reading.tell(connection, untold)
        return len(untold)

    def _reached(self, begun: date, today: date) -> list[DutyPeriod]:
        """The reports whose day of reminder has come, due since the house began."""
        years = range(max(begun.year, today.year - YEARS_BACK), today.year + 2)
        owed = (one for year in years for one in self.book.due_in(year))
        return [one for one in owed if one.due_on >= begun and one.remind_on <= today]

    def _untold(self, connection: Connection, asked: list[DutyPeriod], now: datetime) -> list[dict[str, Any]]:
        """The notices that are wanted and not there; overdue ones take the place of a reminder that was not told."""
        book, office = self.book, self.book.office.office_id
        rows = duty_reading.reports_of(
            connection, office, {one.key for one in asked}, book.members, until=now
        )
        handed_in = {(row.duty, row.period, row.department) for row in rows}
        wanted = {
            _key(book, period, department, stage, role): (period, department, stage, role, told_department)
            for period in asked
            for stage in (OVERDUE if period.overdue(now) else REMIND,)
            for department in book.members
            if (period.duty.id, period.key, department) not in handed_in
            for role, told_department in _addressees(book, stage, department)
        }
        there = duty_reading.told_among(connection, wanted)
        return [self._notice(key, *wanted[key], now) for key in wanted if key not in there]

    def _notice(
        self,
        key: str,
        period: DutyPeriod,
        department: str,
        stage: str,
        role: str,
        told_department: str,
        now: datetime,
    ) -> dict[str, Any]:
        word = told_of(self.book, stage, period, department)
        return {
            "natural_key": key,
            "office_id": self.book.office.office_id,
            "department": told_department,
            "role": role,
            "kind": KINDS[stage],
            "finding_id": None,
            "detail": {
                "zh": word.zh,
                "en": word.en,
                "duty": period.duty.id,
                "period": period.key,
                "department": department,
                "due_on": period.due_on.isoformat(),
            },
            "done": False,
            "recorded_at": now,
        }


def keys_of(book: DutyBook, period: DutyPeriod, department: str) -> list[str]:
    """The natural keys of every notice that the report can lead to."""
    return [
        _key(book, period, department, stage, role)
        for stage in KINDS
        for role, _ in _addressees(book, stage, department)
    ]


def _addressees(book: DutyBook, stage: str, department: str) -> Iterable[tuple[str, str]]:
    """Role and department of those who are told."""
    theirs = [(role, department) for role in book.rules.reminds]
    return [*theirs, (SUPERVISOR, book.rules.receiver)] if stage == OVERDUE else theirs


def _key(book: DutyBook, period: DutyPeriod, department: str, stage: str, role: str) -> str:
    return f"duty:{book.office.office_id}:{period.duty.id}:{period.key}:{department}:{stage}:{role}"
