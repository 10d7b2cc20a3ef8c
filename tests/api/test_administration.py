"""Administrative acts: at once while nobody is there or time is not real, else by two."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from engine.accounts import hash_password
from engine.administration import Administration
from engine.building import open_house
from engine.core.commands import Principal
from engine.core.refusals import Refusal
from engine.house import House
from engine.marks import check_real_time, marks_of, remember_test_clock
from engine.settings import Settings
from models import account_reading, records
from tests.api.conftest import PASSWORD
from tests.builders import Town, refused

ADMINISTRATORS = {"A01": "system_admin", "B01": "security_admin", "B02": "security_admin"}


@pytest.fixture
def house(tmp_path: Path, database_url: str) -> Iterator[House]:
    """An empty house in real time, on each kind of database."""
    opened = open_house(Settings(data_dir=tmp_path, database_url=database_url))
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def hashed() -> str:
    """A password, hashed once."""
    return hash_password(PASSWORD)


def person(login: str, hashed: str, *roles: str, **more: Any) -> dict[str, Any]:
    """What adding an account asks for."""
    given = {"login": login, "name": f"姓名{login}", "roles": list(roles or ("inspector",))}
    return {**given, "department": "market_regulation", "unit": None, "password_hash": hashed, **more}


def administrator(login: str) -> Principal:
    """The administrator of that login."""
    return Principal(login, login, frozenset({ADMINISTRATORS[login]}), "market_regulation")


def test_the_first_account_is_made_at_once_and_leaves_an_entry(house: House, hashed: str) -> None:
    asked = Administration(house).ask(
        "user.add", person("B01", hashed, "security_admin"), command="user add B01"
    )
    assert (asked.done, asked.result, asked.proposal) == (True, {"login": "B01"}, None)
    (entry,) = Administration(house).entries()
    assert (entry["action"], entry["detail"]["command"]) == ("bootstrap", "user add B01")
    assert entry["by"].startswith("os:")
    assert hashed not in str(entry)


def test_later_acts_wait_for_a_second_administrator(house: House, hashed: str) -> None:
    administration = Administration(house)
    administration.ask("user.add", person("B01", hashed, "security_admin"), command="user add B01")
    asked = administration.ask("user.add", person("W01", hashed), command="user add W01")
    assert not asked.done and asked.proposal
    assert [one["login"] for one in house.accounts.users()] == ["B01"]
    assert hashed not in str(administration.waiting())
    administration.confirm(asked.proposal, administrator("B01"))
    assert [one["login"] for one in house.accounts.users()] == ["B01", "W01"]
    assert administration.waiting() == []
    owed = refused(house.accounts.verify, "w01", PASSWORD)
    assert owed.code == "not_yours", "two administrators know the password"
    session = house.accounts.sign_in("w01", PASSWORD)
    chosen = "vier Worte, die niemand rät"
    house.accounts.change_password(session.principal, session.token, PASSWORD, chosen)
    assert house.accounts.verify("w01", chosen).login == "W01"


def test_nobody_confirms_their_own_proposal_nor_twice_nor_without_the_role(house: House, hashed: str) -> None:
    administration = Administration(house)
    administration.ask("user.add", person("B01", hashed, "security_admin"), command="")
    by_b01 = administrator("B01")
    id = administration.ask("user.add", person("W01", hashed), command="", who=by_b01).proposal or ""
    assert refused(administration.confirm, id, by_b01).code == "proposer_cannot_approve"
    told = refused(administration.confirm, id, administrator("A01"))
    assert (told.code, told.carries["roles"]) == ("not_yours", ["security_admin"])
    administration.confirm(id, administrator("B02"))
    assert refused(administration.confirm, id, administrator("B02")).code == "not_found"
    assert refused(administration.confirm, "no such thing", administrator("B02")).code == "not_found"


def test_who_may_not_propose_is_told_so(house: House, hashed: str) -> None:
    told = refused(
        Administration(house).ask, "user.add", person("W01", hashed), command="", who=administrator("A01")
    )
    assert told.code == "not_yours"


def test_a_new_password_or_an_end_closes_open_sessions(house: House, hashed: str) -> None:
    administration = Administration(house)
    administration.ask("user.add", person("W01", hashed), command="")
    for act, detail in (
        ("user.passwd", {"login": "W01", "password_hash": hashed}),
        ("user.disable", {"login": "w01"}),
    ):
        session = house.accounts.sign_in("W01", PASSWORD)
        assert house.accounts.by_session(session.token) is not None
        id = administration.ask(act, detail, command=act).proposal or ""
        administration.confirm(id, administrator("B01"))
        assert house.accounts.by_session(session.token) is None
    assert refused(house.accounts.sign_in, "W01", PASSWORD).code == "authentication_required"


WRONG: dict[str, tuple[dict[str, Any], str, str]] = {
    "a login with a blank": ({"login": "W 01"}, "/login", "format"),
    "a login of the house": ({"login": "Importer"}, "/login", "format"),
    "no name": ({"name": " "}, "/name", "missing"),
    "no role": ({"roles": []}, "/roles", "too_few"),
    "a role that nobody knows": ({"roles": ["mayor"]}, "/roles/0", "vocabulary"),
    "the clock's role": ({"roles": ["inspector", "clock"]}, "/roles/1", "vocabulary"),
    "another department": ({"department": "moon"}, "/department", "vocabulary"),
    "another department's unit": ({"unit": "mr_food", "department": "fire_rescue"}, "/unit", "inconsistent"),
}


@pytest.mark.parametrize(("given", "pointer", "code"), WRONG.values(), ids=WRONG.keys())
def test_an_account_that_could_never_be_is_refused(
    sqlite_house: House, hashed: str, given: dict[str, Any], pointer: str, code: str
) -> None:
    told = refused(Administration(sqlite_house).ask, "user.add", person("W01", hashed) | given, command="")
    assert [(error.pointer, error.code) for error in told.errors] == [(pointer, code)]
    assert sqlite_house.accounts.users() == []


def test_a_login_is_given_once_whatever_its_case(sqlite_house: House, hashed: str) -> None:
    administration = Administration(sqlite_house)
    administration.ask("user.add", person("W01", hashed), command="")
    assert (
        refused(administration.ask, "user.add", person("w01", hashed), command="").errors[0].pointer
        == "/login"
    )


def test_an_empty_password_is_none(hashed: str) -> None:
    assert refused(hash_password, "").code == "facts_invalid"
    assert refused(hash_password, "x" * 1001).code == "facts_invalid"
    assert hashed.startswith("$argon2id$")


def test_a_database_that_ran_on_a_test_clock_says_so_for_ever(tmp_path: Path, sqlite_url: str) -> None:
    clock = tmp_path / "clock"
    clock.write_text("2024-04-26T17:00:00+08:00\n")
    on_test = open_house(Settings(data_dir=tmp_path, database_url=sqlite_url, test_clock=clock))
    remember_test_clock(on_test)
    remember_test_clock(on_test)
    check_real_time(on_test)
    on_test.close()
    later = open_house(Settings(data_dir=tmp_path, database_url=sqlite_url))
    assert "test_clock" in marks_of(later)
    with pytest.raises(Refusal, match="clock_refused"):
        check_real_time(later)
    later.close()
    accepted = open_house(Settings(data_dir=tmp_path, database_url=sqlite_url, accept_test_database=True))
    check_real_time(accepted)
    accepted.close()


def test_the_ledger_of_an_office_is_not_opened_under_a_test_clock(sqlite_town: Town) -> None:
    """There whoever has the command line would grant themselves what takes two administrators."""
    house, now = sqlite_town.house, sqlite_town.house.clock.now()
    sqlite_town.finding()
    named = {"id": "real-proposal", "office_id": house.office.office_id, "action": "user.add", "detail": {}}
    confirmed = {"proposed_by": "B01", "proposed_at": now, "confirmed_by": "B02", "confirmed_at": now}
    house.writer.submit(
        lambda connection: records.add(connection, account_reading.PROPOSAL, [named | confirmed])
    )
    told = refused(remember_test_clock, house)
    assert told.code == "not_ready" and "--test-clock" in str(told.detail)
    assert marks_of(house).keys().isdisjoint({"test_clock"})
    mark = {"name": "demo", "value": "invented", "recorded_at": now}
    house.writer.submit(lambda connection: records.insert_once(connection, records.MARK, mark))
    remember_test_clock(house)
    assert "test_clock" in marks_of(house)


def test_under_a_test_clock_acts_are_done_at_once(sqlite_town: Any, hashed: str) -> None:
    house = sqlite_town.house
    with house.database.read() as connection:
        assert account_reading.user_count(connection) > 0
    assert Administration(house).ask("user.add", person("N01", hashed), command="").done


@pytest.fixture
def sqlite_house(tmp_path: Path, sqlite_url: str) -> Iterator[House]:
    """An empty house in real time, on SQLite alone."""
    opened = open_house(Settings(data_dir=tmp_path, database_url=sqlite_url))
    yield opened
    opened.close()
