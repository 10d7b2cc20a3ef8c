"""Keys of commands that do not go through the desk: bound with what was done, and answered from it when sent again."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from engine.core.commands import Command, Outcome
from engine.core.refusals import Refusal
from models import records


def bound_outcome(connection: Connection, command: Command) -> Outcome | None:
    """What the command did before under its key, locked until the transaction ends; raises `key_reused` for another one."""
    records.lock_key(connection, command.principal.login, command.key)
    bound = records.bound_key(connection, command.principal.login, command.key)
    if bound is None:
        return None
    if bound.digest != command.digest:
        raise Refusal("key_reused")
    kept = bound.outcome
    decision = {**kept["decision"], "replayed": True}
    return Outcome(kept["subject"], kept["id"], kept["status"], decision)


def bind_key(
    connection: Connection, office_id: str, command: Command, outcome: Outcome, now: datetime
) -> None:
    """The command is bound to its key with what it did."""
    kept: dict[str, Any] = {"subject": outcome.subject, "id": outcome.id, "status": outcome.status}
    row = {
        "principal": command.principal.login,
        "key": command.key,
        "office_id": office_id,
        "digest": command.digest,
        "outcome": {**kept, "decision": dict(outcome.decision)},
        "recorded_at": now,
    }
    records.add(connection, records.KEY, [row])
