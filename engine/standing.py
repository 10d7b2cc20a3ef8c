"""How a record stands in its rows at this moment, and the salt of what is stated of that."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Row

from engine.clock import Clock
from engine.core.standing import Standing
from engine.writer import Writer
from models import records, referral_reading
from models.database import Database

SALT = "standing_salt"
"""The mark that keeps the salt. It hides what is stated from whoever reads an entry alone; what it is no entry says."""


def salt_of(database: Database, writer: Writer, clock: Clock) -> str:
    """The salt of this database, for ever."""
    with database.read() as connection:
        known = records.mark_value(connection, SALT)
    if known is not None:
        return known

    def write(connection: Connection) -> str:
        mark = {"name": SALT, "value": secrets.token_hex(16), "recorded_at": clock.real_now()}
        records.insert_once(connection, records.MARK, mark)
        return records.mark_value(connection, SALT) or ""

    return writer.submit(write, always=True)


def standing_of(subject: str, case: Any, proceedings: Sequence[Any], deadlines: Sequence[Any]) -> Standing:
    """The record as these rows say it."""
    return Standing(subject, case._mapping, _said(proceedings), _said(deadlines))


def read_back(connection: Connection, subject: str, id: str) -> Standing | None:
    """The record as it stands now; None where its row is gone."""
    case, proceedings, deadlines = _READING[subject](connection, id)
    return None if case is None else standing_of(subject, case, proceedings, deadlines)


def _said(rows: Sequence[Any]) -> list[Mapping[str, Any]]:
    return [row._mapping for row in rows]


_Rows = tuple[Row[Any] | None, Sequence[Row[Any]], Sequence[Row[Any]]]


def _finding(connection: Connection, id: str) -> _Rows:
    row = records.finding_row(connection, id, False)
    return row, records.proceeding_rows(connection, id), records.finding_deadline_rows(connection, id)


def _inspection(connection: Connection, id: str) -> _Rows:
    row = records.inspection_row(connection, id, False)
    return row, (), records.inspection_deadline_rows(connection, id)


def _referral(connection: Connection, id: str) -> _Rows:
    row = referral_reading.referral_row(connection, id)
    return row, (), referral_reading.deadline_rows(connection, id, whole=False)


_READING: Mapping[str, Callable[[Connection, str], _Rows]] = {
    "finding": _finding,
    "inspection": _inspection,
    "referral": _referral,
}
SUBJECTS = frozenset(_READING)
"""The kinds of records whose entries state how they stand."""
