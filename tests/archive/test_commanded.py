"""The archive on the command line: exit codes, and what is told after a restoration."""

from __future__ import annotations

from pathlib import Path

import pytest

from api.command_line import main
from engine.auditing import verify
from engine.keeping.backup import back_up, copy_masked
from engine.keeping.box import identities_in, new_key, recipient_of
from engine.keeping.restoring import Wanted, prepared
from engine.settings import Settings
from models.database import Database
from tests.api.conftest import PASSWORD, with_passwords
from tests.api.terminal import Terminal
from tests.archive.closing import AFTER, closed_case, erased, set_period
from tests.builders import Town
from tests.once import Copies

WHY = ("--reason", "经核实。", "--password-stdin", "--as")


def test_the_schedule_is_shown_as_it_is_shipped(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["retention", "show"]) == 0
    assert capsys.readouterr().out.splitlines()[0].split("\t")[:2] == ["行政处罚案件", "待定"]


def test_two_persons_hold_release_and_erase_on_the_command_line(
    bihuan: Terminal, sqlite_town: Town, password_hash: str
) -> None:
    case = closed_case(with_passwords(sqlite_town, password_hash))
    bihuan.monkeypatch.setenv("BIHUAN_DATABASE_URL", sqlite_town.house.database.url)
    bihuan.clock = AFTER
    said = f"{PASSWORD}\n"

    told = bihuan.json("erase", "propose", case, "--basis", "规定", *WHY, "H01", says=said, code=1)
    assert told["code"] == "step_shut" and "待定" in told["reasons"][0]["zh"]
    set_period(sqlite_town, bihuan.monkeypatch)
    held = bihuan.json("hold", "put", case, *WHY, "L01", says=said)["id"]
    release = ("hold", "release", case, held, *WHY)
    assert bihuan.json(*release, "L01", says=said, code=3)["state"] == "release_proposed"
    assert bihuan.json(*release, "H01", says=said)["state"] == "released"
    past = bihuan.json("retention", "past", *WHY[2:], "H01", says=said)["findings"]
    assert [one["finding"] for one in past] == [case]
    id = bihuan.json("erase", "propose", case, "--basis", "规定", *WHY, "H01", says=said, code=3)["proposal"]
    decide = ("erase", "decide", case, id, "--carry-out", *WHY)
    assert bihuan.json(*decide, "H01", says=said, code=1)["code"] == "not_yours"
    assert bihuan.json(*decide, "P01", says=said)["destroyed"]["papers"] == 1
    audited = bihuan.json("audit", "verify")
    assert audited["faults"] == [] and audited["lawfully_erased"] > 8


def test_a_restoration_tells_what_was_erased_since_and_a_copy_holds(
    sqlite_town: Town, tables: Copies, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    town, case = sqlite_town, closed_case(sqlite_town)
    private, public = new_key()
    (tmp_path / "key").write_text(private)
    before, after = tmp_path / "before.backup", tmp_path / "after.backup"
    back_up(town.house.settings, before, [recipient_of(public)])
    town.at(AFTER)
    set_period(town, monkeypatch)
    erased(town, case)
    back_up(town.house.settings, after, [recipient_of(public)])

    told = {}
    for file in (before, after):
        wanted = Wanted(file, identities_in(tmp_path / "key", None))
        with prepared(town.house.settings, "yuanping", wanted, town.house.clock.real_now()) as ready:
            told[file] = ready.told()
    assert [one["finding"] for one in told[before]["erasures_outstanding"]] == [case]
    assert (told[after]["erasures_outstanding"], told[after]["faults"]) == ([], 0)
    elsewhere = Settings(data_dir=tmp_path / "new", database_url=f"sqlite:///{tmp_path}/none.db")
    with prepared(elsewhere, "yuanping", wanted, town.house.clock.real_now()) as ready:
        assert ready.told()["erasures_outstanding"] is None

    copy_masked(town.house.settings, tmp_path / "copy", "learn-with-me")
    copied = Database(f"sqlite:///{tmp_path}/copy/bihuan.db")
    assert verify(copied).faults == []
    copied.dispose()
