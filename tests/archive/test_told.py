"""Whoever changes the database behind the guards is found, with erasures on record and without; proofs say what is gone."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import Connection, delete, insert, select, text
from sqlalchemy.exc import DBAPIError

from engine.auditing import verify_within
from engine.witness.looking import look
from engine.witness.proof import Prover
from models import archiving
from models.records import PAYLOAD
from tests.archive.closing import closed_case, erased, set_period
from tests.audit.test_proof_file import files_of, verifier
from tests.builders import Town
from tests.once import Copies


@dataclass(frozen=True, slots=True)
class Case:
    """A town with one erased finding and one that stands, and what the first said."""

    town: Town
    gone: str
    stands: str
    said: list[dict[str, Any]]
    proof: bytes
    """Of the finding before anything was erased."""


@pytest.fixture(scope="module")
def case(tables: Copies, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Case]:
    """For tests that leave the record as it is."""
    folder = tmp_path_factory.mktemp("told")
    town = Town.open(tables.sqlite(folder / "bihuan.db"), folder, "2024-04-26T17:00")
    try:
        gone, stands = closed_case(town), closed_case(town)
        with town.house.database.read() as connection:
            rows = connection.execute(select(PAYLOAD).where(PAYLOAD.c.record_id == gone))
            said = [dict(row._mapping) for row in rows]
        proof, _ = Prover(town.house).pack(gone, None, None)
        town.at("2030-06-03T09:00")
        with pytest.MonkeyPatch.context() as patch:
            set_period(town, patch)
            erased(town, gone)
        yield Case(town, gone, stands, said, proof)
    finally:
        town.close()


@contextmanager
def behind_the_guards(town: Town) -> Iterator[Connection]:
    """Somebody with the database in hands; all of it is taken back."""
    with town.house.database.engine.connect() as connection:
        transaction = connection.begin()
        names = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        for (name,) in connection.execute(text(names)).all():
            connection.exec_driver_sql(f"DROP TRIGGER {name}")
        try:
            yield connection
        finally:
            transaction.rollback()


def found(connection: Connection) -> tuple[set[str], set[str]]:
    """What the whole verification tells, and what the hourly look does."""
    whole = {fault.en for fault in verify_within(connection).faults}
    return whole, {fault.en for fault in look(connection, (), dated=False).faults}


def test_what_was_erased_lawfully_is_no_fault(case: Case) -> None:
    with case.town.house.database.read() as connection:
        assert found(connection) == (set(), set())


def test_the_database_lets_no_other_payload_go(case: Case) -> None:
    database = case.town.house.database
    for statement in (
        f"DELETE FROM payload WHERE record_id = '{case.stands}'",
        "DELETE FROM payload",
        "DELETE FROM erased_payload",
        "UPDATE erased_payload SET commitment = ''",
        "DELETE FROM erasure_decision",
        "UPDATE legal_hold SET reason = ''",
    ):
        with pytest.raises(DBAPIError, match="append-only"), database.engine.begin() as connection:
            connection.execute(
                text("INSERT INTO legal_hold SELECT 'x','x','x','x',NULL,'x','x','2030-01-01'")
            )
            connection.execute(text(statement))


def test_a_payload_that_is_gone_without_an_erasure_is_found(case: Case) -> None:
    with behind_the_guards(case.town) as connection:
        connection.execute(delete(PAYLOAD).where(PAYLOAD.c.record_id == case.stands, PAYLOAD.c.sequence == 2))
        whole, hourly = found(connection)
    assert any("no lawful erasure names it" in fault for fault in whole) and hourly == whole


def test_a_forged_erasure_is_found_for_no_entry_says_so(case: Case) -> None:
    with behind_the_guards(case.town) as connection:
        this = PAYLOAD.c.record_id == case.stands, PAYLOAD.c.sequence == 2
        held = "SELECT commitment FROM entry WHERE record_id = :id AND sequence = 2"
        commitment = connection.execute(text(held), {"id": case.stands}).scalar_one()
        row = {"record_id": case.stands, "sequence": 2, "office_id": "yuanping", "erasure_id": "forged"}
        connection.execute(insert(archiving.ERASED_PAYLOAD).values({**row, "commitment": commitment}))
        connection.execute(delete(PAYLOAD).where(*this))
        whole, _ = found(connection)
    assert any("no entry of the chain names" in fault for fault in whole)
    assert any("no lawful erasure names it" in fault for fault in whole)


def test_an_erasure_whose_payload_stands_is_told(case: Case) -> None:
    with behind_the_guards(case.town) as connection:
        connection.execute(insert(PAYLOAD).values(case.said[1]))
        whole, hourly = found(connection)
    assert whole == hourly and len(whole) == 1
    assert "although an erasure says that it was destroyed" in whole.pop()


def test_an_erasure_record_that_is_gone_is_found(case: Case) -> None:
    with behind_the_guards(case.town) as connection:
        table = archiving.ERASED_PAYLOAD
        connection.execute(delete(table).where(table.c.record_id == case.gone, table.c.sequence == 2))
        whole, hourly = found(connection)
    assert any("no lawful erasure names it" in fault for fault in whole) and hourly == whole


def test_a_proof_says_what_was_lawfully_erased(case: Case) -> None:
    packed, _ = Prover(case.town.house).pack(case.gone, None, None)
    files = files_of(packed)
    count = len(case.said)
    told = "\n".join(verifier.check(files))
    assert f"{count + 2} entries, 1 with what they say, {count + 1} lawfully erased" in told

    proof, before = json.loads(files["proof.json"]), json.loads(files_of(case.proof)["proof.json"])
    entries, known = proof["records"][0]["entries"], before["records"][0]["entries"]
    entries[1] |= {name: known[1][name] for name in ("salt", "body")}
    with pytest.raises(verifier.Wrong, match="said to be destroyed, and there"):
        verifier.check(files | {"proof.json": json.dumps(proof)})
    assert f"{count} entries, {count} with what they say, 0 lawfully erased" in "\n".join(
        verifier.check(files_of(case.proof))
    )
