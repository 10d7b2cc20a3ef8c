"""The story of a case cannot be changed unseen, and the database itself refuses to change it."""

from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from engine.auditing import verify
from tests.builders import Town


def a_case(town: Town) -> str:
    finding = town.finding()
    town.step(
        "W01",
        finding,
        "register",
        ledger_no="原台〔2024〕0001",
        department="market_regulation",
        handler="W01",
    )
    return finding


def tamper(town: Town, statement: str) -> None:
    """What somebody with the database in hands may try after taking the guards away."""
    with town.house.database.writing() as connection, connection.begin():
        for trigger in ("entry_stays", "payload_stays", "entry_kept"):
            if town.house.database.dialect == "sqlite":
                connection.exec_driver_sql(f"DROP TRIGGER {trigger}")
        if town.house.database.dialect == "postgresql":
            for table in ("entry", "payload"):
                connection.exec_driver_sql(f"ALTER TABLE {table} DISABLE TRIGGER ALL")
        connection.execute(text(statement))


def test_an_untouched_ledger_verifies(town: Town) -> None:
    a_case(town)

    audited = verify(town.house.database)

    assert (audited.records, audited.entries, audited.faults) == (2, 3, [])


@pytest.mark.parametrize(
    "table", ["entry", "payload", "command_key", "finding", "inspection", "deadline", "document"]
)
def test_the_database_refuses_to_delete(town: Town, table: str) -> None:
    a_case(town)

    with (
        town.house.database.writing() as connection,
        pytest.raises(DBAPIError, match="append-only"),
        connection.begin(),
    ):
        connection.execute(text(f"DELETE FROM {table}"))


@pytest.mark.parametrize(
    "change", ["entry SET \"by\" = 'nobody'", "payload SET body = '{}'", "command_key SET digest = ''"]
)
def test_the_database_refuses_to_rewrite(town: Town, change: str) -> None:
    a_case(town)

    with (
        town.house.database.writing() as connection,
        pytest.raises(DBAPIError, match="append-only"),
        connection.begin(),
    ):
        connection.execute(text(f"UPDATE {change}"))


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("UPDATE entry SET \"by\" = 'nobody' WHERE sequence = 1", "the chain breaks"),
        ("UPDATE payload SET body = '{}' WHERE sequence = 2", "not what was committed to"),
        ("DELETE FROM entry WHERE sequence = 2", "names another entry"),
    ],
)
def test_a_change_behind_the_guards_is_found(town: Town, statement: str, words: str) -> None:
    a_case(town)
    tamper(town, statement)

    assert any(words in fault.en for fault in verify(town.house.database).faults)
