"""Statements that go straight to the driver mean what the same statements mean through SQLAlchemy."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest
from sqlalchemy import Connection, Table, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError, StatementError

from models import records
from models.linked_reading import RECEIPT, parked_receipts
from models.prepared import Prepared, say
from tests.builders import Town

NOON = datetime(2024, 4, 26, 12, 0, 0, 1, timezone(timedelta(hours=8)))
DOCUMENT = {
    "id": "D1",
    "office_id": "yuanping",
    "record_id": "R1",
    "proceeding_id": None,
    "sequence": 1,
    "kind": "rectification_notice",
    "doc_no": "原市监责改〔2024〕1号",
    "status": "issued",
    "digest": None,
    "issued_on": date(2024, 2, 29),
    "content": {"名": ["值", 1, 0.5, True, None], "empty": {}},
}
DEADLINE = {
    "id": "T1",
    "office_id": "yuanping",
    "department": "market_regulation",
    "inspection_id": "I1",
    "finding_id": None,
    "term": "DL01",
    "nature": "statutory",
    "state": "running",
    "spec": {"start": "2024-04-26"},
    "history": [],
    "due_effective": "2024-05-20",
    "provisional": True,
    "yellow_at": NOON,
    "red_at": NOON,
    "overdue_at": NOON,
    "severe_at": NOON,
    "settled_at": None,
}
RECEIPT_ROW = {
    "system_id": "police",
    "id": "receipt-1",
    "office_id": "yuanping",
    "digest": "d",
    "kind": "filing",
    "message_id": "m",
    "finding_id": "F1",
    "state": "parked",
    "body": b"\x00\xff{}",
    "signature": "s",
    "received_at": NOON,
}

FOOT = {"rung": 0, "rung_at": None}
"""Where a deadline stands on the ladder of the office when nothing was said of that."""


def ordinary(connection: Connection, table: Table, id: str) -> Mapping[str, Any]:
    """The row of that id as SQLAlchemy reads it."""
    return connection.execute(select(table).where(table.c.id == id)).one()._mapping


def written(town: Town, table: Table, row: Mapping[str, Any]) -> Mapping[str, Any]:
    """The row after it was added, as SQLAlchemy reads it."""
    town.house.writer.submit(lambda connection: records.add(connection, table, [row]))
    with town.house.database.read() as connection:
        return ordinary(connection, table, str(row["id"]))


def test_texts_dates_json_and_nothing_are_kept_as_they_were(town: Town) -> None:
    assert dict(written(town, records.DOCUMENT, DOCUMENT)) == DOCUMENT
    with town.house.database.read() as connection:
        assert dict(records.documents_of(connection, "R1")[0]._mapping) == DOCUMENT


def test_instants_and_truths_are_kept_and_what_was_not_given_has_its_default(town: Town) -> None:
    kept = dict(written(town, records.DEADLINE, DEADLINE))

    assert kept == {**DEADLINE, "proceeding_id": None, "counted": True, "told_stage": 0, **FOOT}
    assert kept["red_at"].utcoffset() == timedelta(0)
    with town.house.database.read() as connection:
        read = records.inspection_deadline_rows(connection, "I1")[0]
    assert dict(read._mapping) == kept
    assert (read.counted, read.provisional, read.red_at.tzinfo) == (True, True, UTC)


def test_bytes_are_kept_and_a_value_that_the_statement_names_is_looked_for(town: Town) -> None:
    rows = [RECEIPT_ROW, {**RECEIPT_ROW, "id": "receipt-2", "state": "recorded"}]
    town.house.writer.submit(lambda connection: records.add(connection, RECEIPT, rows))

    with town.house.database.read() as connection:
        found = parked_receipts(connection, "finding", "F1")
        assert [(row.id, bytes(row.body)) for row in found] == [("receipt-1", b"\x00\xff{}")]
        assert parked_receipts(connection, "finding", "F2") == []


def test_a_change_reaches_its_row_alone(town: Town) -> None:
    written(town, records.DEADLINE, DEADLINE)
    written(town, records.DEADLINE, {**DEADLINE, "id": "T2"})
    values = {"state": "met", "counted": False, "settled_at": NOON, "history": [{"what": "settled"}]}

    town.house.writer.submit(lambda connection: records.change(connection, records.DEADLINE, "T1", values))

    with town.house.database.read() as connection:
        changed, other = (ordinary(connection, records.DEADLINE, id) for id in ("T1", "T2"))
    assert {name: changed[name] for name in values} == values
    assert other["state"] == "running"


def test_a_row_is_told_by_name_place_and_mapping(town: Town) -> None:
    written(town, records.DOCUMENT, DOCUMENT)
    found = Prepared(select(records.DOCUMENT.c.id, records.DOCUMENT.c.issued_on.label("on")))

    with town.house.database.read() as connection:
        row = found.one(connection, {})
    assert row is not None
    assert (row.id, row[1], row.on, dict(row._mapping)["on"]) == ("D1", *[date(2024, 2, 29)] * 3)


def test_a_failing_statement_is_told_with_its_cause(town: Town) -> None:
    written(town, records.DOCUMENT, DOCUMENT)

    with pytest.raises(IntegrityError) as told:
        written(town, records.DOCUMENT, DOCUMENT)

    assert isinstance(told.value, DBAPIError)
    assert isinstance(told.value.orig, town.house.database.engine.dialect.loaded_dbapi.Error)


def test_a_value_that_cannot_be_written_is_told_too(town: Town) -> None:
    naive = {**DEADLINE, "red_at": datetime(2024, 4, 26)}

    with pytest.raises(StatementError, match="an instant needs an offset"):
        written(town, records.DEADLINE, naive)


def test_what_one_act_did_is_undone_with_its_transaction(town: Town) -> None:
    def stumble(connection: Connection) -> None:
        records.add(connection, records.DOCUMENT, [DOCUMENT])
        raise KeyError("a fault of the program")

    with pytest.raises(KeyError):
        town.house.writer.submit(stumble)
    with town.house.database.read() as connection:
        assert records.documents_of(connection, "R1") == []


def test_readers_see_one_state_from_their_first_statement_on(town: Town) -> None:
    with town.house.database.read() as connection:
        assert records.documents_of(connection, "R1") == []
        assert connection.in_transaction()
        written(town, records.DOCUMENT, DOCUMENT)
        assert records.documents_of(connection, "R1") == []


def test_a_savepoint_is_said_on_both_databases(town: Town) -> None:
    with town.house.database.writing() as connection, connection.begin():
        say(connection, "SAVEPOINT act")
        records.add(connection, records.DOCUMENT, [DOCUMENT])
        say(connection, "ROLLBACK TO SAVEPOINT act")
        say(connection, "RELEASE SAVEPOINT act")
        assert connection.execute(text("SELECT count(*) FROM document")).scalar_one() == 0
