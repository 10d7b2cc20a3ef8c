"""The key of the log is changed by two persons and both keys, and the former one is worth nothing afterwards."""

from __future__ import annotations

import json
import shutil
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from api.command_line import main
from engine.administration import Administration
from engine.core.refusals import Refusal
from engine.core.signed_note import Verifier
from engine.house_key import HouseKey
from engine.witness import hand_overs
from engine.witness.anchors import HAND_OVER
from engine.witness.guard import Witness
from engine.witness.hand_overs import ROTATE
from engine.witness.proof import Prover
from engine.witness.verifying import verify_all
from models import account_reading
from tests.audit.keys import ROOT, Handed, former_note, rotated
from tests.audit.recorded import record
from tests.builders import Town
from tests.once import Copies


def test_it_takes_two_persons_and_stands_in_the_record(sqlite_town: Town) -> None:
    house = sqlite_town.house
    with pytest.raises(Refusal, match="not_ready"):
        hand_overs.asked_now(house)
    house.witness.checkpoint()
    detail = hand_overs.asked_now(house)
    administration = Administration(house)
    with pytest.raises(Refusal, match="not_yours"):
        administration.ask(ROTATE, detail, command="", who=sqlite_town.who("W01"))
    proposal = administration._propose(hand_overs.ROTATE_ACT, detail, "A01")
    for login, code in (("A01", "proposer_cannot_approve"), ("W01", "not_yours")):
        with pytest.raises(Refusal, match=code):
            administration.confirm(proposal, sqlite_town.who(login))
    assert house.witness.signer.keys().hand_overs == ()

    told = administration.confirm(proposal, sqlite_town.who("E01"))

    with house.database.read() as connection:
        entry = account_reading.admin_entries(connection, "yuanping")[-1]
    assert (entry.action, entry.by, entry.detail["proposed_by"]) == (ROTATE, "E01", "A01")
    said = (entry.detail["former"], entry.detail["key"], entry.detail["size"])
    assert said == (told["former"], told["key"], told["size"]) and told["former"] != told["key"]
    with pytest.raises(Refusal, match="facts_invalid"):
        administration.ask(ROTATE, detail, command="", who=sqlite_town.who("A01"))


def test_the_log_goes_on_under_the_new_key(handed: Handed) -> None:
    witness = handed.town.house.witness
    audited, seen, held = verify_all(witness, handed.since)

    assert (audited.faults, seen.unsequenced, witness.doubted) == ([], 0, False)
    assert held == 2 * 5 + 1, (
        "a checkpoint before each hand-over, it, and the newest, here and there; and the one given"
    )
    keys = witness.signer.keys()
    assert [one.told() for one in keys.keys] == [
        *(one["former"] for one in handed.told),
        handed.told[-1]["key"],
    ]
    assert not handed.town.house.settings.log_key_file.with_name("log.key.next").exists()
    witness.watch()
    assert not witness.doubted


def test_a_checkpoint_of_the_former_key_beyond_its_end_is_refused(handed: Handed) -> None:
    witness = handed.town.house.witness
    now = witness.signer.read(handed.newest, "newest").checkpoint
    forged = former_note(handed, now.size, now.root)

    faults = verify_all(witness, forged)[0].faults

    assert [one.en for one in faults] == ["a checkpoint is not signed by a key of this log that counted then"]
    with pytest.raises(Refusal, match="facts_invalid"):
        Prover(handed.town.house).pack(handed.finding, None, forged)


def folder_of(handed: Handed, tmp_path: Path) -> Witness:
    """A look of its own on the same database, with a folder that may be changed."""
    house = handed.town.house
    settings = replace(house.settings, checkpoint_dir=tmp_path / "checkpoints", signs_log=False)
    shutil.copytree(house.settings.checkpoints, settings.checkpoints)
    return Witness(settings, house.clock, house.database, house.writer, "yuanping")


@pytest.mark.parametrize("size", [64, 256])
def test_a_newest_checkpoint_of_a_former_key_is_no_anchor(handed: Handed, tmp_path: Path, size: int) -> None:
    witness = folder_of(handed, tmp_path)
    known = {one.size: one.checkpoint.root for one in witness.signer.keys().hand_overs}
    witness.signer.anchors.keep(former_note(handed, size, known.get(size, ROOT)))

    _, faults = witness.signer.held()

    assert len(faults) == 1, faults


def test_a_cut_chain_is_made_whole_from_the_database_and_a_forged_one_is_told(
    handed: Handed, tmp_path: Path
) -> None:
    witness = folder_of(handed, tmp_path)
    first, second = sorted(witness.signer.anchors.folder.glob(f"*{HAND_OVER}.note"))
    text = second.read_text()
    second.unlink()
    assert witness.signer.held()[1], "what the newest key signed is not believed"

    assert hand_overs.caught_up(handed.town.house.database, witness.signer)

    assert witness.signer.held()[1] == []
    assert text in witness.signer.anchors.hand_overs()
    first.chmod(0o644)
    first.write_text(first.read_text().rpartition("— ")[0])
    assert verify_all(witness, None)[0].faults


def test_a_node_of_its_own_follows(handed: Handed, tmp_path: Path) -> None:
    house = handed.town.house
    settings = replace(house.settings, signs_log=False, checkpoint_dir=tmp_path / "elsewhere")
    other = Witness(settings, house.clock, house.database, house.writer, "yuanping")
    shutil.copy(house.witness.signer.anchors.public, other.signer.anchors.folder)

    other.watch()

    assert [one.next.told() for one in other.signer.keys().hand_overs] == [one["key"] for one in handed.told]
    assert not other.doubted and other.signer.held()[1] == []


def test_a_program_that_ended_in_between_finishes_it(
    sqlite_town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    house = sqlite_town.house
    record(sqlite_town)
    house.witness.checkpoint()
    with monkeypatch.context() as torn:
        torn.setattr(hand_overs, "_kept", None)
        torn.setattr(
            "engine.administrative_acts.ACTS", {ROTATE: replace(hand_overs.ROTATE_ACT, afterwards=None)}
        )
        torn.setattr("engine.administration.ACTS", {ROTATE: replace(hand_overs.ROTATE_ACT, afterwards=None)})
        told = rotated(sqlite_town)
    key = HouseKey(house.settings.log_key_file)
    assert Verifier(house.witness.signer.origin, key.public()).told() == told["former"]
    record(sqlite_town, 2)

    house.witness.watch()

    assert Verifier(house.witness.signer.origin, key.public()).told() == told["key"]
    assert verify_all(house.witness, None)[0].faults == []


def test_a_key_that_lies_where_nobody_writes_signs_and_is_not_handed_over(
    sqlite_town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    house = sqlite_town.house
    record(sqlite_town)
    house.witness.checkpoint()
    folder = house.settings.log_key_file.parent

    def read_only(key: HouseKey) -> None:
        if key.path.parent == folder and not key.path.exists():
            raise PermissionError("read-only file system")

    monkeypatch.setattr(HouseKey, "make", read_only)
    record(sqlite_town, 2)
    assert house.witness.checkpoint()

    with pytest.raises(Refusal, match="not_ready"):
        rotated(sqlite_town)

    assert len(house.witness.signer.keys().keys) == 1
    house.witness.watch()
    assert verify_all(house.witness, None)[0].faults == []


def test_one_signs_at_a_time(sqlite_town: Town) -> None:
    witness, signed = sqlite_town.house.witness, []
    record(sqlite_town)
    with witness.signer.alone():
        other = threading.Thread(target=lambda: signed.append(witness.checkpoint()))
        other.start()
        other.join(0.2)
        assert signed == [], "it waits"
    other.join(30)
    assert len(signed) == 1


def test_a_key_that_is_lost_takes_the_signed_event(sqlite_town: Town) -> None:
    house = sqlite_town.house
    record(sqlite_town)
    house.witness.checkpoint()
    sqlite_town.at("2024-04-26T18:00")
    rotated(sqlite_town)
    sqlite_town.at("2024-04-26T19:00")
    record(sqlite_town, 2)
    house.witness.checkpoint()
    sqlite_town.at("2024-04-26T20:00")
    house.settings.log_key_file.unlink()
    with pytest.raises(Refusal, match="not_ready"):
        house.witness.checkpoint()
    house.witness.signer.anchors.public.unlink()

    house.witness.look()

    assert house.witness.doubted
    accepted = [house.witness.accept(sqlite_town.who(one), one)["accepted"] for one in ("A01", "E01")]
    assert accepted == [False, True]
    assert verify_all(house.witness, None)[0].faults == []
    rotated(sqlite_town)
    assert len(house.witness.signer.keys().hand_overs) == 1 and not house.witness.doubted


def test_postgresql_hands_over_too(town: Town) -> None:
    record(town)
    town.house.witness.checkpoint()
    rotated(town)
    town.house.witness.watch()

    assert verify_all(town.house.witness, None)[0].faults == []
    assert len(town.house.witness.signer.keys().keys) == 2


def test_the_command_line_changes_it_and_shows_the_keys(
    tables: Copies, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    town = Town.open(tables.sqlite(tmp_path / "bihuan.db"), tmp_path, "2024-04-26T17:00")
    record(town)
    told = ["--data", str(tmp_path), "--test-clock", str(town.clock_file), "audit"]
    assert main([*told, "key", "show"]) == 4
    town.house.witness.checkpoint()
    town.close()
    assert main([*told, "key", "rotate", "--json"]) == 0, "under a test clock at once"
    capsys.readouterr()
    assert main([*told, "key", "show", "--json"]) == 0

    shown = json.loads(capsys.readouterr().out)["keys"]

    assert [one["up_to"] for one in shown] == [64, None]
