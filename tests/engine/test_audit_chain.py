"""The story of a case cannot be changed unseen, and the database itself refuses to change it."""

from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from engine.auditing import verify
from engine.core.refusals import Refusal
from engine.witness.verifying import verify_all
from tests.builders import Town
from tests.simulation.unguarded import take_guards_away


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
    take_guards_away(town.house.database)
    with town.house.database.writing() as connection, connection.begin():
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


@pytest.mark.parametrize(
    "change",
    [
        "entry SET recorded_at = 'rubbish' WHERE sequence = 1",
        "entry SET sequence = 'two' WHERE sequence = 2",
        "entry SET state = x'ff' WHERE sequence = 1",
        "entry SET state = CAST(x'ff' AS TEXT) WHERE sequence = 1",
        "entry SET occurred_at = '9999-12-31T23:59:59-14:00' WHERE sequence = 1",
        "finding SET id = CAST(x'ff' AS TEXT)",
        "finding SET record = '{}'",
        "inspection SET intake = x'ff'",
        "party SET detail = '{}'",
        "user_account SET login = CAST(x'ff' AS TEXT)",
        "payload SET body = x'ff00' WHERE sequence = 1",
        'payload SET body = \'{"documents": [{"paper": 1\' WHERE sequence = 1',
        "payload SET sequence = 'two' WHERE sequence = 2",
        "finding SET sequence = 'two'",
        "log_leaf SET leaf = x'ff' WHERE place = 1",
        "log_checkpoint SET signed_at = 'rubbish'",
    ],
)
def test_what_cannot_even_be_read_is_found(sqlite_town: Town, change: str) -> None:
    a_case(sqlite_town)
    witness = sqlite_town.house.witness
    witness.checkpoint()
    tamper(sqlite_town, f"UPDATE {change}")

    assert verify_all(witness, None)[0].faults


def test_a_house_that_cannot_read_its_record_is_read_only_and_nobody_accepts_it(sqlite_town: Town) -> None:
    a_case(sqlite_town)
    witness = sqlite_town.house.witness
    witness.checkpoint()
    tamper(sqlite_town, "UPDATE entry SET recorded_at = 'rubbish' WHERE sequence = 1")

    witness.watch()

    assert witness.doubted
    with pytest.raises(Refusal, match="read_only"):
        witness.accept(None, "A01")
