"""What may be done to a record: a value becomes another one, payloads leave it, by law or as somebody pretends."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, delete, insert

from engine.core.audit import ERASED
from models import archiving, audit_reading
from models.records import PAYLOAD


def destroy(connection: Connection, dice: random.Random, record: str, office_id: str) -> list[str]:
    """Some payloads of the record are gone, with their rows of erased_payload; each as an entry names it.

    What an erasure before said stays: nothing is done any more with a record that was erased.
    """
    chain = audit_reading.chain(connection, record)
    there = [row for row in chain if row["body"] is not None and row["trigger"] != ERASED]
    if not there:
        return []
    gone = dice.sample(there, dice.randint(1, len(there)))
    for row in gone:
        named: dict[str, Any] = {name: row[name] for name in ("record_id", "sequence", "commitment")}
        erased = {**named, "office_id": office_id, "erasure_id": "an-erasure"}
        connection.execute(insert(archiving.ERASED_PAYLOAD).values(erased))
        this = PAYLOAD.c.record_id == record, PAYLOAD.c.sequence == row["sequence"]
        connection.execute(delete(PAYLOAD).where(*this))
    return [f"{row['sequence']} {row['commitment']}" for row in gone]


def other(dice: random.Random, value: Any) -> Any:
    """Another value of the same kind."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + dice.choice((-1, 1, 7))
    if isinstance(value, datetime):
        return value + timedelta(seconds=dice.choice((-86_400, -1, 1, 3_600)))
    if isinstance(value, dict):
        return {**value, "number": dice.randrange(10**6, 10**7)}
    if value == "":
        return "x"
    place = dice.randrange(len(value))
    return value[:place] + ("b" if value[place] == "a" else "a") + value[place + 1 :]
