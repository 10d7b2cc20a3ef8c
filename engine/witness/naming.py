"""The name of the log, which a database has for ever."""

from __future__ import annotations

import secrets

from engine.clock import Clock
from engine.writer import Writer
from models import account_reading, records
from models.database import Database

MARK = "log"


def name_of_log(database: Database, writer: Writer, clock: Clock) -> tuple[str, bool]:
    """The name of the log, and whether the database was empty when it was given."""
    with database.read() as connection:
        known = records.mark_value(connection, MARK)
        if known is not None:
            return known, False
        empty = not account_reading.holds_findings(connection)
    row = {"name": MARK, "value": secrets.token_hex(4), "recorded_at": clock.real_now()}
    writer.submit(lambda connection: records.insert_once(connection, records.MARK, row))
    with database.read() as connection:
        return str(records.mark_value(connection, MARK)), empty
