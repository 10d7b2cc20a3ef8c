"""`bihuan backup` and `restore` as administrators use them: exit codes, two persons, and messages that wait."""

from __future__ import annotations

from pathlib import Path

import pytest
from prometheus_client import generate_latest

from api.figures import Figures
from engine.administration import Administration
from engine.building import open_house
from engine.core.refusals import Refusal
from engine.in_use import InUse
from engine.settings import Settings
from tests.api.conftest import PASSWORD
from tests.api.terminal import Terminal
from tests.once import Copies

ADD = ("--name", "弓晓燕", "--department", "market_regulation", "--password-stdin")


@pytest.fixture
def office(bihuan: Terminal, tables: Copies) -> Terminal:
    """An office with two system administrators and a system that is called, made under a test clock."""
    tables.sqlite(bihuan.folder / "bihuan.db")
    bihuan.clock = "2024-04-26T17:00"
    for login in ("A01", "A02"):
        bihuan.json("user", "add", login, "--role", "system_admin", *ADD, says=f"{PASSWORD}\n")
    link = ("--kind", "all", "--hmac", "--department", "fire_rescue", "--url", "https://fire.example/")
    bihuan.json("system", "add", "yuanping-fire", *link)
    bihuan.clock = None
    return bihuan


def test_a_restoration_is_proposed_confirmed_by_another_and_holds_messages(office: Terminal) -> None:
    file = office.folder / "house.backup"
    made = office.json("backup", str(file))
    assert Path(made["key"]).stat().st_mode & 0o777 == 0o600
    assert office.json("backup", str(file), code=1)["code"] == "facts_invalid"
    assert office.json("restore", str(file), "--verify-only")["faults"] == 0

    as_ = ("--password-stdin", "--as")
    proposal = office.json("restore", str(file), code=3)["proposal"]
    assert office.json("confirm", proposal, *as_, "A01", says="guess\n", code=1)["code"].startswith("auth")
    told = office.json("confirm", proposal, *as_, "A01", says=f"{PASSWORD}\n")
    assert told["held"] is True and Path(told["kept"]).exists()
    assert office.json("confirm", proposal, *as_, "A02", says=f"{PASSWORD}\n", code=1)["code"] == "not_found"

    released = office.json("exchange", "release", *as_, "A02", says=f"{PASSWORD}\n")
    assert released["backup_at"] == made["created_at"]
    assert (
        office.json("exchange", "release", *as_, "A02", says=f"{PASSWORD}\n", code=1)["code"] == "not_found"
    )


def test_held_messages_are_brought_to_nobody(office: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    file = office.folder / "house.backup"
    office.json("backup", str(file))
    office.clock = "2024-04-26T17:05"
    assert office.json("restore", str(file))["held"] is True
    url = f"sqlite:///{office.folder / 'bihuan.db'}"
    clock = office.folder / "clock"
    house = open_house(Settings(data_dir=office.folder, database_url=url, test_clock=clock))
    monkeypatch.setattr(type(house.exchange.courier), "run_once", lambda *_: 7)

    assert house.bring() == 0
    assert "bihuan_messages_held 1.0" in generate_latest(Figures(house).registry).decode()
    house.close()
    office.json("exchange", "release")
    house = open_house(Settings(data_dir=office.folder, database_url=url, test_clock=clock))
    assert house.bring() == 7
    house.close()


def test_a_running_server_is_not_pulled_away_under(office: Terminal) -> None:
    file = office.folder / "house.backup"
    office.json("backup", str(file))
    office.clock = "2024-04-26T17:05"
    url = f"sqlite:///{office.folder / 'bihuan.db'}"
    with InUse.of(url).shared():
        assert office.json("restore", str(file), code=4)["code"] == "not_ready"
    with InUse.of(url).alone() as free:
        assert free
        assert office.json("user", "list", code=4)["code"] == "not_ready"

    clock = office.folder / "clock"
    house = open_house(Settings(data_dir=office.folder, database_url=url, test_clock=clock))
    house.serves = True
    with pytest.raises(Refusal) as told:
        Administration(house).ask("restore", {"file": str(file)}, command="restore")
    house.close()
    assert told.value.code == "step_shut"


def test_a_backup_without_a_database_or_a_key_says_so(bihuan: Terminal) -> None:
    file = bihuan.folder / "house.backup"
    assert bihuan.json("backup", str(file), code=4)["code"] == "not_ready"
    assert bihuan.json("backup", str(file), "--to", "age1nonsense", code=1)["code"] == "facts_invalid"
    assert list(bihuan.folder.iterdir()) == []
    made = bihuan.json("backup-key", str(bihuan.folder / "k"))
    assert made["public_key"] in (bihuan.folder / "k").read_text()
    assert (bihuan.folder / "k").stat().st_mode & 0o777 == 0o600
