"""Who takes everything along is named and has proven to be there, where the office asks for it or somebody is named."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import rules.offices
from api.command_line import proving
from tests.api.conftest import PASSWORD
from tests.api.terminal import Terminal
from tests.keeping.test_restoring import ADD
from tests.once import Copies

AS = ("--as", "A01", "--password-stdin")


@pytest.fixture
def office(tables: Copies, bihuan: Terminal) -> Terminal:
    """An office with two system administrators and an inspector, in real time."""
    tables.sqlite(bihuan.folder / "bihuan.db")
    bihuan.clock = "2024-04-26T17:00"
    for login, role in (("A01", "system_admin"), ("A02", "system_admin"), ("W01", "inspector")):
        bihuan.json("user", "add", login, "--role", role, *ADD, says=f"{PASSWORD}\n")
    bihuan.clock = None
    return bihuan


@pytest.fixture
def strict(office: Terminal, monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """One whose office asks for it."""
    load = rules.offices.load_office

    def asking(path: Path) -> Any:
        read = load(path)
        return replace(read, proving=replace(read.proving, proven_commands=("backup", "restore")))

    monkeypatch.setattr(rules.offices, "load_office", asking)
    return office


def by(office: Terminal, action: str) -> list[str]:
    """Who is named in the record as having done that."""
    with sqlite3.connect(office.folder / "bihuan.db") as connection:
        asked = "SELECT by FROM admin_entry WHERE action = ? ORDER BY id"
        return [row[0] for row in connection.execute(asked, (action,))]


def test_a_backup_asks_nobody_by_default_and_names_whoever_proves_to_be_there(office: Terminal) -> None:
    office.json("backup", str(office.folder / "one.backup"))
    office.json("backup", str(office.folder / "two.backup"), *AS, says=f"{PASSWORD}\n")

    first, second = by(office, "backup")
    assert (first.startswith("os:"), second) == (True, "A01")


@pytest.mark.parametrize(
    ("login", "said", "code"),
    [("A01", "guess", "authentication_required"), ("W01", PASSWORD, "not_yours"), ("W99", PASSWORD, "auth")],
)
def test_nobody_else_takes_it_in_their_name(office: Terminal, login: str, said: str, code: str) -> None:
    file = office.folder / "house.backup"

    told = office.json("backup", str(file), "--as", login, "--password-stdin", says=f"{said}\n", code=1)

    assert told["code"].startswith(code) and not file.exists()
    assert not file.with_name("house.backup.key").exists() and by(office, "backup") == []


def test_where_the_office_asks_for_it_somebody_proves_to_be_there(strict: Terminal) -> None:
    file = strict.folder / "house.backup"
    refused = strict.json("backup", str(file), code=1)
    assert [one["pointer"] for one in refused["errors"]] == ["/as"] and not file.exists()
    strict.json("backup", str(file), *AS, says=f"{PASSWORD}\n")
    assert strict.json("restore", str(file), code=1)["errors"][0]["pointer"] == "/as"
    assert strict.json("restore", str(file), "--verify-only")["faults"] == 0
    proposal = strict.json("restore", str(file), *AS, says=f"{PASSWORD}\n", code=3)["proposal"]
    alone = strict.json("confirm", proposal, *AS, says=f"{PASSWORD}\n", code=1)
    assert alone["code"] == "proposer_cannot_approve"

    confirmed = strict.json("confirm", proposal, "--as", "A02", "--password-stdin", says=f"{PASSWORD}\n")

    assert Path(confirmed["kept"]).exists()


def test_under_a_test_clock_and_without_accounts_nobody_is_asked(strict: Terminal, tmp_path: Path) -> None:
    strict.clock = "2024-04-26T17:00"
    strict.json("backup", str(strict.folder / "test.backup"))
    strict.clock, strict.folder = None, tmp_path / "nobody"
    assert strict.json("backup", str(tmp_path / "none.backup"), code=4)["code"] == "not_ready"
    assert not (tmp_path / "nobody" / "bihuan.db").exists(), "to ask makes no database"
    strict.json("user", "list")
    strict.json("backup", str(tmp_path / "empty.backup"))


def test_a_copy_to_learn_with_always_asks(office: Terminal, tmp_path: Path) -> None:
    folder = tmp_path / "copy"
    refused = office.json("copy", "--masked", str(folder), code=1)
    assert refused["errors"][0]["pointer"] == "/as" and not folder.exists()

    made = office.json(
        *("copy", "--masked", str(folder), "--as", "A01", "--proof-stdin", "--password-stdin"),
        says=f"{PASSWORD}\nlearn-with-me\n",
    )

    assert "password" not in made and by(office, "copy.masked") == ["A01"]


def test_from_a_terminal_the_password_is_asked_for(office: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(proving, "_at_a_terminal", lambda: True)
    monkeypatch.setattr(proving.getpass, "getpass", lambda _: PASSWORD)

    office.json("backup", str(office.folder / "house.backup"), "--as", "A01")

    assert by(office, "backup") == ["A01"]
