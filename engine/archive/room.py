"""The archive: legal holds and erasures of a finding are entered and decided; rows are only added."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic import BaseModel
from sqlalchemy import Connection

from engine.archive import erasures, holds
from engine.archive.at import At
from engine.archive.blanking import harmless_words
from engine.archive.reader import ArchiveReader
from engine.command_keys import bind_key, bound_outcome
from engine.core.archive_form import ErasureDecisionForm, ErasureForm, HoldForm, ReleaseForm
from engine.core.commands import ArchiveCommand, Command, Outcome
from engine.core.recusal import in_the_case
from engine.core.recusal_form import read_form
from engine.core.refusals import Refusal
from engine.core.visibility import DEPARTMENTAL, sees_department
from engine.desk import Desk
from engine.recusals import case_seen
from engine.refused import attempt_of

Does = Callable[[Connection, At, str | None, Mapping[str, Any]], str]
ACTS: Mapping[str, tuple[type[BaseModel], Does]] = {
    "hold": (HoldForm, holds.put_on),
    "release": (ReleaseForm, holds.release),
    "erase": (ErasureForm, erasures.propose),
    "decide": (ErasureDecisionForm, erasures.decide),
}
ENTERS = frozenset({"hold", "erase"})


@dataclass(frozen=True, slots=True)
class Archive:
    """The one way in which something is held or erased, and what may be read of it."""

    desk: Desk

    @property
    def reader(self) -> ArchiveReader:
        """What is shown of holds and erasures."""
        return ArchiveReader(self.desk)

    def handle(self, command: Command) -> Outcome:
        """It is on record, durable before it is answered; sent again under its key, not repeated.

        Raises `not_found`, `not_yours`, `recused`, `key_reused`, `facts_invalid`, `proposer_cannot_approve`, or
        `step_shut` with everything that stands in the way.
        """
        asked = command.asked
        assert isinstance(asked, ArchiveCommand), "other commands go to the desk"
        if asked.act == "decide":
            harmless_words()  # read from many files: before the writer waits for it
        self.desk.ring_after_jump()
        try:
            return self.desk.writer.submit(lambda connection: self.handle_within(connection, command))
        except Refusal as refusal:
            self.desk.attempts.keep(command.principal, attempt_of(command), refusal)
            raise

    def handle_within(self, connection: Connection, command: Command) -> Outcome:
        """The same inside a transaction that is already open."""
        asked, who = command.asked, command.principal
        assert isinstance(asked, ArchiveCommand), "other commands go to the desk"
        bound = bound_outcome(connection, command)
        file = case_seen(self.desk, connection, who, "finding", asked.finding, lock=True)
        if sees_department(who) != file.snapshot.department:
            raise Refusal("not_yours", roles=sorted(DEPARTMENTAL))
        if bound is not None:
            return bound
        in_the_case(who, file.snapshot.recused)
        now: datetime = self.desk.clock.now_after(self.desk.last_recorded_at)
        self.desk.last_recorded_at = now
        form, does = ACTS[asked.act]
        at = At(self.desk, file, who, now)
        id = does(connection, at, asked.of, read_form(form, asked.body))
        status = "created" if asked.act in ENTERS else "recorded"
        outcome = Outcome("archive", id, status, {"replayed": False})
        bind_key(connection, self.desk.office.office_id, command, outcome, now)
        return outcome
