"""What is carried brings what the log was, and whoever received it holds the log against that later."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from api.command_line import main
from engine.carrier.carried_checkpoint import BEGIN, END, checkpoint_in
from engine.witness.verifying import verify_all
from tests.carrier.carried import Office
from tests.exchange.linked import Linked


def test_a_bundle_brings_the_newest_checkpoint(sqlite_linked: Linked, fire: Office) -> None:
    witness = fire.town.house.witness
    sqlite_linked.sent()
    before = fire.open(fire.pack())
    fire.town.at("2024-04-26T17:20")
    note = witness.checkpoint()
    copied = fire.open(fire.pack())

    assert (before.checkpoint, copied.checkpoint) == (None, note)
    assert BEGIN not in before.members["README.txt"].decode()
    audited, seen, held = verify_all(witness, copied.checkpoint)
    assert (audited.faults, held) == ([], 3), "in the database, beside it, and the one that came back"
    assert seen.unsequenced > 0, "the copy was entered after it"


def test_a_checkpoint_that_was_changed_on_the_way_is_told(sqlite_linked: Linked, fire: Office) -> None:
    sqlite_linked.sent()
    fire.town.house.witness.checkpoint()
    carried = fire.open(fire.pack()).checkpoint
    assert carried is not None

    faults = verify_all(fire.town.house.witness, carried.replace("\n64\n", "\n63\n"))[0].faults

    assert len(faults) == 1


def test_whoever_opens_it_has_it_as_a_file(
    sqlite_linked: Linked, fire: Office, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sqlite_linked.sent()
    note = fire.town.house.witness.checkpoint()
    file, keys, folder = tmp_path / "a.bhc", tmp_path / "keys", tmp_path / "opened"
    file.write_bytes(fire.pack().content)
    keys.write_text("\n".join((*fire.keys.secrets, *fire.keys.opening)) + "\n")

    assert main(["carrier", "open", str(file), "--key", str(keys), "--to", str(folder), "--json"]) == 0

    assert json.loads(capsys.readouterr().out)["checkpoint"] == note
    assert (folder / "checkpoint.note").read_text() == note


@pytest.mark.parametrize(
    "readme",
    [
        b"",
        b"\xff\xfe",
        BEGIN.encode(),
        f"\n{BEGIN}\nx".encode(),
        f"{END}\n\n{BEGIN}\n".encode(),
        f"a {BEGIN}\nx{END}\n".encode(),
    ],
)
def test_where_none_stands_none_is_read(readme: bytes) -> None:
    assert checkpoint_in(readme) is None
