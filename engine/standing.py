"""How a record stands in its rows at this moment, and the salt of what is stated of that."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Row

from engine.clock import Clock
from engine.core.audit import commitment, payload_of
from engine.core.standing import BEFORE, CASE, DEADLINES, PROCEEDINGS, STANDS, Standing, Statement, differing
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


def standing_faults(
    connection: Connection, subject: str, id: str, entries: Sequence[Mapping[str, Any]], salt: str
) -> Iterator[tuple[int, str, str]]:
    """(sequence, Chinese, English) of whatever does not stand as the entries of the record say; these have salt and body."""
    if subject not in _READING:
        return
    if not entries:
        yield 0, *NO_ENTRY
        return
    said = list(_stating(entries))
    if any(stated is not None for _, stated, _ in said):
        now = read_back(connection, subject, id)
        assert now is not None, "its head was just read"
        for sequence, what in differing(said, now.stated(salt)):
            yield sequence, *_TOLD[what]


def _stating(entries: Iterable[Mapping[str, Any]]) -> Iterator[tuple[int, Statement | None, bool]]:
    for entry in entries:
        body = entry["body"]
        if body is None or "shut" in entry or commitment(entry["salt"], body) != entry["commitment"]:
            yield entry["sequence"], None, False
            continue
        said = payload_of(entry).get(STANDS) if f'"{STANDS}"' in body else None
        yield entry["sequence"], said if isinstance(said, dict) else None, True


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


def _not_done_here(zh: str, en: str) -> tuple[str, str]:
    """The sentence, with what to do."""
    return (
        f"{zh}与最后一条登记所载不符：不是在系统中办理的。请查明是谁改了数据库，对照备份改回",
        f"{en} not as the last entry says: this was not done in the house. Find out who changed the database, and put it back "
        "as a backup has it",
    )


_TOLD: Mapping[str, tuple[str, str]] = {
    CASE: _not_done_here(
        "记录本身（状态、登记内容、承办人等）", "the record itself (state, content, handler) is"
    ),
    PROCEEDINGS: _not_done_here("处置程序", "its proceedings are"),
    DEADLINES: _not_done_here("期限", "its deadlines are"),
    BEFORE: (
        "在本条登记之前，记录已被改动，不是在系统中办理的；本条在改动之后作出，请对照备份核实",
        "before this entry the record had been changed, which was not done in the house; this step was taken upon it: compare "
        "it with a backup",
    ),
    STANDS: (
        "最后一条登记没有载明现状，而此前各条均有载明：不是在系统中登记的",
        "the last entry does not state how the record stands, as those before it do: it was not made in the house",
    ),
}
NO_ENTRY = (
    "记录没有任何登记：不是在系统中建立的",
    "the record has no entry at all: it was not made in the house",
)
