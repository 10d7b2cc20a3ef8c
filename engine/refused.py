"""Attempts that somebody had no right to stand in the record like what was done, and cannot fill it."""

from __future__ import annotations

import threading
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import Connection

from engine.clock import Clock
from engine.core.commands import (
    ArchiveCommand,
    Command,
    CorrectionCommand,
    DecideRecusalCommand,
    Principal,
    RecuseCommand,
    StepCommand,
)
from engine.core.refusals import Refusal
from engine.outcomes import new_id
from engine.writer import Writer
from models import log_reading, records

KEPT = frozenset({"not_yours", "proposer_cannot_approve", "recused", "not_found"})
"""Refusals of a person, not of what was filled in. What is hidden and what never was are kept alike (law 9)."""
ATTEMPTED_LENGTH_MAX, SUBJECT_LENGTH_MAX, ID_LENGTH_MAX = 200, 20, 64
EACH_MAX = 60
"""So many attempts of one account within a period are entered one by one; of further ones only the number is."""
PERIOD = timedelta(hours=1)
COUNTED = "counted"


@dataclass(frozen=True, slots=True)
class Attempt:
    """What was attempted, and on which record, as far as whoever attempted it named one."""

    subject: str
    record_id: str
    attempted: str


@dataclass(slots=True)
class _Period:
    """What one account was refused since an instant."""

    since: datetime
    entered: int = 0
    counted: int = 0
    code: str = ""


@dataclass(slots=True)
class Attempts:
    """The one place where refusals of a person go into the record, each of them once.

    Which record it was about makes no difference to what is done, so nothing tells of a criminal referral.
    """

    office_id: str
    writer: Writer
    clock: Clock
    _periods: dict[str, _Period] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def keep(self, who: Principal, attempt: Attempt, refusal: Refusal) -> None:
        """The refusal is on record, or counted; one that is no refusal of a person, or is on record already, is left.

        On a full disk nothing is kept, and it is refused all the same, with its code.
        """
        if refusal.code not in KEPT or refusal.on_record or who.kind != "person":
            return
        refusal.on_record = True
        if self._one_by_one(who.login, refusal.code):
            self._enter(who.login, attempt, refusal.code)

    def write_counted(self) -> None:
        """Of every account whose period is over, one entry tells how many more attempts there were."""
        now = self.clock.real_now()
        with self._lock:
            over = {login: one for login, one in self._periods.items() if now - one.since >= PERIOD}
            for login in over:
                del self._periods[login]
        for login, one in over.items():
            if one.counted:
                self._enter(login, Attempt(COUNTED, "", f"+{one.counted}"), one.code)

    def _one_by_one(self, login: str, code: str) -> bool:
        now = self.clock.real_now()
        with self._lock:
            period = self._periods.setdefault(login, _Period(now))
            if period.entered < EACH_MAX:
                period.entered += 1
                return True
            period.counted, period.code = period.counted + 1, code
            return False

    def _enter(self, login: str, attempt: Attempt, code: str) -> None:
        row = {
            "id": new_id(),
            "office_id": self.office_id,
            "by": login,
            "subject": attempt.subject[:SUBJECT_LENGTH_MAX],
            "record_id": attempt.record_id[:ID_LENGTH_MAX],
            "attempted": attempt.attempted[:ATTEMPTED_LENGTH_MAX],
            "code": code,
            "recorded_at": self.clock.now(),
        }

        def add(connection: Connection) -> None:
            records.add(connection, log_reading.ATTEMPT, [row])

        with suppress(Refusal):
            self.writer.submit(add, always=True)


def attempt_of(command: Command) -> Attempt:
    """What the command attempts: on what, which steps."""
    asked = command.asked
    if isinstance(asked, StepCommand):
        return Attempt(asked.subject, asked.id, ",".join(step.trigger for step in asked.steps))
    if isinstance(asked, CorrectionCommand | RecuseCommand | DecideRecusalCommand):
        return Attempt(asked.subject, asked.id, type(asked).__name__)
    if isinstance(asked, ArchiveCommand):
        return Attempt("finding", asked.finding, asked.act)
    return Attempt("new", "", type(asked).__name__)
