"""The first of the two signatures that a doubted database stands: whoever gave it may take it back."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection

from engine.administration import NOT_THEIRS, WITHDRAWN
from engine.administrative_record import enter
from engine.core.commands import Principal
from engine.core.refusals import Refusal
from engine.witness.guard import ACCEPTED, Witness
from models import log_reading


def taken_back(witness: Witness, who: Principal) -> dict[str, Any]:
    """Nobody has signed any more; raises `not_found` where nobody had, and `not_yours` where somebody else had."""

    def act(connection: Connection) -> dict[str, Any]:
        waiting = log_reading.open_doubt(connection, witness.office_id)
        if waiting is None or waiting.first_by is None:
            raise Refusal("not_found")
        if not who.register.same(waiting.first_by, who.login):
            raise Refusal("not_yours", reasons=[NOT_THEIRS])
        log_reading.change_doubt(connection, waiting.id, {"first_by": None, "first_at": None})
        told = {"act": ACCEPTED, "doubt": waiting.id}
        enter(connection, witness.office_id, WITHDRAWN, who.login, told, witness.clock.now())
        return {"doubt": waiting.id, "withdrawn": True}

    return witness.writer.submit(act, always=True)
