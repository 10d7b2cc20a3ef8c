"""A password is changed by the person whose it is, first of all where others know it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.administration import Administration
from engine.building import open_house
from engine.core.commands import Principal
from engine.house import House
from engine.identity.passwords import hash_password
from engine.settings import Settings
from engine.user_acts import change_of
from models import account_reading
from tests.api.conftest import Browser, Office
from tests.api.terminal import Terminal
from tests.identity.conftest import CHOSEN, administrative, form_at
from tests.once import Copies
from tests.web.officer import PASSWORD
from tests.web.visitor import Visitor

HERE = "/api/v1/session"


def change(browser: Browser, password: str, chosen: str) -> tuple[int, str]:
    """The status, and the code of the problem."""
    body = {"password": password, "new_password": chosen}
    answer = browser.client.post(f"{HERE}/password", json=body, headers=browser.csrf)
    return answer.status_code, answer.json()["code"] if answer.content else ""


def set_by_another(office: Office, login: str) -> None:
    """Somebody else has set the password of that account."""
    office.town.house.writer.submit(
        lambda connection: account_reading.change_user(connection, login.casefold(), {"must_change": True})
    )


def signed_in(office: Office, login: str, password: str = PASSWORD) -> Browser:
    """Another browser of that person."""
    browser = Browser(office.stranger(), office.keys)
    assert browser.client.post(HERE, json={"login": login, "password": password}).status_code == 204
    return browser


def test_a_change_ends_every_other_session_and_gives_this_one_a_new_id(office: Office) -> None:
    here, elsewhere = signed_in(office, "C02"), signed_in(office, "C02")
    before = here.client.cookies["bihuan_session"]
    assert change(here, PASSWORD, CHOSEN) == (204, "")
    assert here.client.cookies["bihuan_session"] != before
    assert here.get(HERE).status_code == 200
    assert elsewhere.get(HERE).status_code == 401
    thief = office.stranger()
    thief.cookies.set("bihuan_session", before)
    assert thief.get(HERE).status_code == 401
    assert administrative(office, "password.change") == [{"login": "C02"}]
    assert office.stranger().post(HERE, json={"login": "C02", "password": PASSWORD}).status_code == 401
    assert signed_in(office, "C02", CHOSEN).get(HERE).status_code == 200


def test_only_who_knows_the_present_password_changes_it_and_only_to_a_good_one(office: Office) -> None:
    browser = signed_in(office, "U01")
    assert change(browser, "wrong", CHOSEN) == (401, "authentication_required")
    assert change(browser, PASSWORD, "yuanping2024") == (422, "facts_invalid")
    assert change(browser, PASSWORD, PASSWORD) == (422, "facts_invalid")
    unsigned = browser.client.post(f"{HERE}/password", json={"password": PASSWORD, "new_password": CHOSEN})
    assert unsigned.json()["code"] == "session_check_failed"
    assert browser.get(HERE).status_code == 200


def test_guessing_the_present_password_of_an_open_session_is_slowed_down(office: Office) -> None:
    browser = signed_in(office, "L01")
    told = [change(browser, f"guess {turn}", CHOSEN)[1] for turn in range(12)]
    assert told == ["authentication_required"] * 10 + ["rate_limited"] * 2


def test_whose_password_another_set_changes_it_before_anything_else(office: Office) -> None:
    set_by_another(office, "D01")
    browser = signed_in(office, "D01")
    assert browser.get(HERE).json()["login"] == "D01"
    shut = browser.get("/api/v1/findings")
    assert (shut.status_code, shut.json()["code"]) == (403, "not_yours")
    assert "/password" in shut.json()["detail"]
    assert change(browser, PASSWORD, CHOSEN) == (204, "")
    assert browser.get("/api/v1/findings").status_code == 200


def test_at_the_pages_every_way_leads_to_the_password_until_it_is_changed(office: Office) -> None:
    set_by_another(office, "H01")
    person = Visitor.sign_in(office.app, "H01")
    answer = person.get("/ledger?light=red")
    assert (answer.status_code, answer.headers["location"]) == (303, "/password?next=%2Fledger%3Flight%3Dred")
    person.get(answer.headers["location"])
    form = form_at(person, "/password")
    wrong = person.send(form, password=PASSWORD, new_password="x", new_password_again="x")
    assert wrong.status_code == 422 and 'data-field-error="new_password"' in wrong.text
    assert PASSWORD not in wrong.text
    done = person.send(form, password=PASSWORD, new_password=CHOSEN, new_password_again=CHOSEN)
    assert (done.status_code, done.headers["location"]) == (303, "/ledger?light=red&flash=recorded")
    assert person.client.get("/ledger").status_code == 200


@pytest.fixture
def real_house(tables: Copies, tmp_path: Path) -> Iterator[House]:
    """A house in real time with two security administrators."""
    house = open_house(Settings(data_dir=tmp_path, database_url=tables.sqlite(tmp_path / "bihuan.db")))
    for login in ("B01", "B02"):
        detail = {
            "login": login,
            "name": login,
            "roles": ["security_admin"],
            "department": "market_regulation",
        }
        act = {**detail, "unit": None, "password_hash": hash_password(PASSWORD)}
        house.writer.submit(lambda connection, act=act: _add(house, connection, act))
    yield house
    house.close()


def _add(house: House, connection: object, detail: dict[str, object]) -> None:
    from engine.accounts import add_user

    add_user(connection, house.office, detail, house.clock.now())  # type: ignore[arg-type]  # as the writer gives it


def test_two_administrators_change_roles_and_the_sessions_end_at_once(real_house: House) -> None:
    second = Principal("B02", "B02", frozenset({"security_admin"}), "market_regulation")
    session = real_house.accounts.sign_in("B01", PASSWORD)
    detail = change_of(real_house, "B01", {"roles": ["inspector"]})
    asked = Administration(real_house).ask("user.change", detail, command="")
    assert real_house.accounts.by_session(session.token) is not None
    Administration(real_house).confirm(asked.proposal or "", second)
    assert real_house.accounts.by_session(session.token) is None
    assert real_house.accounts.sign_in("B01", PASSWORD).principal.roles == {"inspector"}


def test_the_first_account_gets_any_password_with_a_warning_a_later_one_only_a_good_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    bihuan = Terminal(tmp_path, monkeypatch, capsys)
    named = (
        "--name",
        "名",
        "--department",
        "market_regulation",
        "--password-stdin",
        "--role",
        "security_admin",
    )
    code, _, said = bihuan("user", "add", "B01", *named, says="x\n")
    assert code == 0 and "weak password" in said
    code, _, said = bihuan("user", "add", "B02", *named, says="yuanping2026\n")
    assert code == 1 and "weak password" not in said
    assert bihuan("user", "add", "B02", *named, says=f"{CHOSEN}\n")[0] == 3
