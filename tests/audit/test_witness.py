"""The house goes on only with the database that was signed, or with one that two persons accepted."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import text

from api.app import create_app
from api.command_line import main
from engine.core.log_leaf import GRANULE
from engine.core.merkle import EMPTY_ROOT
from engine.core.refusals import Refusal
from engine.witness.anchors import Anchors
from engine.witness.first_signature import taken_back
from engine.witness.guard import Witness
from engine.witness.looking import Known, look
from engine.witness.sequencer import Sequencer
from engine.witness.verifying import verify_all
from models import account_reading, log_reading
from tests.audit.conftest import Restored
from tests.audit.recorded import record
from tests.builders import Town
from web.pages import attach_pages


def test_everything_has_a_leaf_and_no_batch_tells_its_size(witnessed: Town) -> None:
    with witnessed.house.database.read() as connection:
        leaves = list(log_reading.leaves(connection))

    assert len(leaves) % GRANULE == 0
    assert {one["kind"] for one in leaves} == {"entry", "admin", "reading", "refused", "filler"}
    entries = [one["record_id"] for one in leaves if one["kind"] == "entry"]
    assert entries != sorted(entries), "shuffled"


def test_a_refused_attempt_is_on_record(witnessed: Town) -> None:
    with witnessed.house.database.read() as connection:
        attempt = connection.execute(log_reading.ATTEMPT.select()).one()

    assert (attempt.by, attempt.subject, attempt.attempted, attempt.code) == (
        *("F01", "finding", "register", "not_found"),
    )


def test_a_sound_log_is_signed_once_and_raises_no_doubt(witnessed: Town) -> None:
    witness = witnessed.house.witness
    note = witness.checkpoint()

    witness.watch()
    assert witness.checkpoint() == note, "nothing new, nothing signed"
    audited, seen, held = verify_all(witness, note)
    assert (audited.faults, seen.unsequenced, witness.doubted) == ([], 0, False)
    assert held == 3, "in the database, beside it, and the one brought along"


def test_what_came_after_the_checkpoint_is_told(sqlite_town: Town) -> None:
    sqlite_town.house.witness.checkpoint()
    record(sqlite_town)

    audited, seen, _ = verify_all(sqlite_town.house.witness, None)

    assert (audited.faults, seen.size) == ([], GRANULE), "what the town was founded with"
    assert seen.unsequenced > 10


def answers(town: Town, *logins: str) -> list[Any]:
    """What each was answered who signed: whether it is accepted, or the code of the refusal."""
    told: list[Any] = []
    for login in logins:
        try:
            told.append(town.house.witness.accept(town.who(login), login)["accepted"])
        except Refusal as refusal:
            told.append(refusal.code)
    return told


def test_an_old_copy_is_read_only_until_two_persons_sign(restored: Restored) -> None:
    later = restored.open()

    with pytest.raises(Refusal, match="read_only") as refused:
        later.finding()
    assert "bihuan audit accept" in str(refused.value.detail)
    assert answers(later, "W01", "A01", "A01", "A02", "A02") == [
        *("not_yours", False, "proposer_cannot_approve", True, "not_found"),
    ]
    record(later, 3)
    again = restored.open()
    again.house.witness.look()
    assert not again.house.witness.doubted, "the next start knows that it was accepted"
    with again.house.database.read() as connection:
        entry = account_reading.admin_entries(connection, "yuanping")[-2].detail
    assert entry["anchor_root"] and entry["root"] and entry["first_by"] == "A01"
    assert verify_all(again.house.witness, None)[0].faults == []


def test_a_saved_checkpoint_is_held_against_what_was_accepted_all_the_same(restored: Restored) -> None:
    saved = restored.town.house.witness.checkpoint()
    later = restored.open()
    assert answers(later, "A01", "A02") == [False, True]

    faults = verify_all(later.house.witness, saved)[0].faults

    assert [one.en.split(" with ")[0] for one in faults] == [
        "the log is not the one that the checkpoint given"
    ]


def test_with_the_right_database_the_house_goes_on_by_itself(sqlite_town: Town) -> None:
    record(sqlite_town)
    witness, engine = sqlite_town.house.witness, sqlite_town.house.database.engine
    witness.checkpoint()
    with engine.begin() as connection:
        connection.exec_driver_sql("DROP TRIGGER entry_stays")
        connection.execute(text("UPDATE entry SET hash = 'x' || hash WHERE sequence = 1"))

    witness.watch()

    assert witness.doubted
    with pytest.raises(Refusal, match="read_only"):
        witness.checkpoint()
    with engine.begin() as connection:
        connection.execute(text("UPDATE entry SET hash = substr(hash, 2) WHERE sequence = 1"))
    witness.watch()
    assert not witness.doubted


def test_who_signed_first_signed_for_what_was_found_then(restored: Restored) -> None:
    later = restored.open()
    assert answers(later, "A01") == [False]
    with later.house.database.engine.begin() as connection:
        connection.exec_driver_sql("DROP TRIGGER log_leaf_stays")
        connection.execute(text("UPDATE log_leaf SET salt = 'x' WHERE place = 3"))

    assert answers(later, "A02", "E01") == [False, True], "the second of them signs for something else"


def test_what_is_changed_while_the_second_signs_is_not_accepted(
    restored: Restored, monkeypatch: pytest.MonkeyPatch
) -> None:
    later = restored.open()
    sequence = Sequencer.run

    def run(self: Sequencer) -> Any:
        with later.house.database.engine.begin() as connection:
            connection.exec_driver_sql("DROP TRIGGER IF EXISTS log_leaf_stays")
            connection.execute(text("UPDATE log_leaf SET salt = 'x' WHERE place = 3"))
        return sequence(self)

    assert answers(later, "A01") == [False]
    with monkeypatch.context() as patch:
        patch.setattr(Sequencer, "run", run)
        assert answers(later, "A02") == ["read_only"]
    assert later.house.witness.doubted
    assert answers(later, "A02", "E01") == [False, True]


def test_who_signed_first_may_take_it_back(restored: Restored) -> None:
    later = restored.open()
    witness = later.house.witness
    assert answers(later, "A01") == [False]
    with pytest.raises(Refusal, match="not_yours"):
        taken_back(witness, later.who("A02"))

    assert taken_back(witness, later.who("A01"))["withdrawn"]

    with pytest.raises(Refusal, match="not_found"):
        taken_back(witness, later.who("A01"))
    assert answers(later, "A02", "A01") == [False, True], "two signatures all the same"


def test_a_database_of_no_log_that_is_known_here_is_doubted(restored: Restored) -> None:
    restored.town.house.database.dispose()
    town = restored.open()
    with town.house.database.engine.begin() as connection:
        connection.execute(text("UPDATE mark SET value = 'deadbeef' WHERE name = 'log'"))
        connection.execute(text("UPDATE log_doubt SET ended_at = '2024-04-26T00:00:00.000000+00:00'"))

    assert restored.open().house.witness.doubted
    assert restored.open().house.witness.doubted, "at the next start too"


def test_everybody_is_told_while_it_lasts(restored: Restored) -> None:
    house = restored.open().house
    app = create_app(house)
    attach_pages(app)
    client = TestClient(app, base_url="http://127.0.0.1", raise_server_exceptions=False)

    assert client.get("/readyz").json()["ledger"] == "doubted"
    assert "bihuan_ledger_doubted 1.0" in client.get("/metrics").text
    assert "data-doubted" in client.get("/login").text
    assert house.ring().answer() == type(house.ring())().answer()


def test_a_node_without_the_key_serves_and_follows(
    witnessed: Town, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("BIHUAN_LOG_KEY", "none")
    folder = witnessed.clock_file.parent
    told = ["--data", str(folder), "--test-clock", str(witnessed.clock_file)]

    assert main([*told, "audit", "checkpoint"]) == 4
    assert "does not hold the key" in capsys.readouterr().err
    assert main([*told, "audit", "verify", "--json"]) == 0
    assert '"unsequenced": 0' in capsys.readouterr().out
    assert main([*told, "settings", "--json"]) == 0
    assert '"signs_log": false' in capsys.readouterr().out


def test_whoever_only_looks_makes_no_key(sqlite_town: Town) -> None:
    settings, witness = sqlite_town.house.settings, sqlite_town.house.witness

    assert witness.signer.may_sign()
    assert not settings.log_key_file.exists()
    witness.checkpoint()
    assert settings.log_key_file.stat().st_mode & 0o077 == 0


def test_another_node_keeps_what_it_has_looked_at(sqlite_town: Town, tmp_path: Path) -> None:
    record(sqlite_town)
    house = sqlite_town.house
    house.witness.checkpoint()
    settings = replace(house.settings, signs_log=False, checkpoint_dir=tmp_path / "elsewhere")
    other = Witness(settings, house.clock, house.database, house.writer, "yuanping")
    other.watch()
    assert other.signer.anchors.notes() == [], "without a public key nothing can be believed"
    shutil.copy(house.witness.signer.anchors.public, other.signer.anchors.folder)

    other.watch()
    other.watch()

    assert [note for _, note in other.signer.anchors.notes()] == [house.witness.checkpoint()]


def test_a_folder_that_cannot_be_written_stops_nothing_else(
    sqlite_town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError("no space left")

    monkeypatch.setattr(Anchors, "keep", full)

    sqlite_town.house.witness.watch()

    assert not sqlite_town.house.witness.doubted


def test_what_was_dated_back_is_found_where_time_was_real(witnessed: Town) -> None:
    witness = witnessed.house.witness
    known, _ = witness.signer.readable([("given", witness.checkpoint())])
    late = replace(known[0].checkpoint, more=("at 2024-04-27T17:00:00+08:00",), size=0, root=EMPTY_ROOT)
    with witnessed.house.database.read() as connection:
        faults = look(connection, [Known(late, "given")], dated=True).standing

        assert look(connection, [Known(late, "given")], dated=False).standing == []
    assert {one.en.partition(" a ")[0] for one in faults} == {"recorded before"}


def test_postgresql_finds_it_too(town: Town, tmp_path: Path) -> None:
    record(town)
    house = town.house
    house.witness.checkpoint()
    with house.database.writing() as connection, connection.begin():
        if house.database.dialect == "postgresql":
            connection.exec_driver_sql("ALTER TABLE log_leaf DISABLE TRIGGER ALL")
        else:
            connection.exec_driver_sql("DROP TRIGGER log_leaf_kept")
        connection.execute(text("DELETE FROM log_leaf WHERE place = 63"))

    assert not house.witness.glance()
    assert answers(town, "A01", "E01") == [False, True]
    town.finding()
