"""Attempts that somebody had no right to stand in the record like what was done."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from engine.core.commands import (
    ArchiveCommand,
    Command,
    CorrectionCommand,
    DecideRecusalCommand,
    RecuseCommand,
    StepCommand,
)
from engine.outcomes import new_id
from models import log_reading, records

KEPT = frozenset({"not_yours", "proposer_cannot_approve", "recused", "not_found"})
"""Refusals of a person, not of what was filled in. What is hidden and what never was are kept alike (law 9)."""
ATTEMPTED_LENGTH_MAX, ID_LENGTH_MAX = 200, 64


def keep_refused(connection: Connection, office_id: str, command: Command, code: str, now: datetime) -> None:
    """The attempt is on record: who, on what, which steps, why not."""
    asked = command.asked
    subject, id, attempted = "new", "", type(asked).__name__
    if isinstance(asked, StepCommand):
        subject, id, attempted = asked.subject, asked.id, ",".join(step.trigger for step in asked.steps)
    elif isinstance(asked, CorrectionCommand | RecuseCommand | DecideRecusalCommand):
        subject, id = asked.subject, asked.id
    elif isinstance(asked, ArchiveCommand):
        subject, id, attempted = "finding", asked.finding, asked.act
    row = {
        "id": new_id(),
        "office_id": office_id,
        "by": command.principal.login,
        "subject": subject,
        "record_id": id[:ID_LENGTH_MAX],
        "attempted": attempted[:ATTEMPTED_LENGTH_MAX],
        "code": code,
        "recorded_at": now,
    }
    records.add(connection, log_reading.ATTEMPT, [row])
