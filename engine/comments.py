"""Comments on findings: entries of the audit chain that move nothing, raise the sequence and never the version."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection

from engine.command_keys import bind_key, bound_outcome
from engine.core.commands import Command, CommentCommand, Outcome
from engine.core.comment_form import read_comment
from engine.desk import Desk

COMMENT = "comment"
"""The entry on the timeline."""


@dataclass(frozen=True, slots=True)
class Comments:
    """Whoever may act on a finding may say something about it; what is said is never changed or deleted.

    Nothing of a criminal referral belongs there: whoever sees the finding reads it (law 9).
    """

    desk: Desk

    def handle(self, command: Command) -> Outcome:
        """The comment stands, durable before it is answered; sent again under its key, not repeated.

        Raises `not_found`, `not_yours`, `recused`, `key_reused` or `facts_invalid`.
        """
        self.desk.ring_after_jump()
        return self.desk.writer.submit(lambda connection: self.handle_within(connection, command))

    def handle_within(self, connection: Connection, command: Command) -> Outcome:
        """The same inside a transaction that is already open."""
        asked, who, desk = command.asked, command.principal, self.desk
        assert isinstance(asked, CommentCommand), "other commands go to the desk"
        bound = bound_outcome(connection, command)
        file = desk.open_file(connection, who, "finding", asked.id, lock=True)
        if bound is not None:
            return bound
        text = read_comment(asked.body)
        now = desk.clock.now_after(desk.last_recorded_at)
        desk.last_recorded_at = now
        desk.scribe.note(connection, file, COMMENT, {"facts": {"text": text}}, who, now)
        said = {"sequence": file.snapshot.sequence, "replayed": False}
        outcome = Outcome("finding", asked.id, "recorded", said)
        bind_key(connection, desk.office.office_id, command, outcome, now)
        return outcome
