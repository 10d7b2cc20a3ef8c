"""What several do at once, on each kind of database."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator

import pytest

from engine.core.refusals import Refusal
from engine.credential_acts import CREDENTIAL_ACTS
from engine.identity.passwords import hash_password
from tests.api.conftest import Office
from tests.builders import Town, refused
from tests.identity.conftest import administrative, form_at, later, opened
from tests.identity.test_changing_passwords import CHOSEN, HERE, change, signed_in
from tests.identity.test_second_factor import code_of, enrolled
from tests.web.officer import PASSWORD
from tests.web.visitor import Visitor


@pytest.fixture
def each_office(town: Town) -> Iterator[Office]:
    """The application with its pages, on each kind of database."""
    yield from opened(town)


def at_once(acts: list[Callable[[], object]]) -> list[str]:
    """What became of each act, `done` or the code of its refusal, when all were begun together."""
    told, start = [], threading.Barrier(len(acts))

    def run(act: Callable[[], object]) -> None:
        start.wait()
        try:
            act()
            told.append("done")
        except Refusal as refusal:
            told.append(refusal.code)

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(told)


def test_one_code_opens_one_session_and_one_session_is_stepped_up_once(each_office: Office) -> None:
    office, accounts = each_office, each_office.town.house.accounts
    codes, recovery = enrolled(office, "P01")
    for code in (code_of(office, codes), recovery[0]):
        signing = [
            lambda n=n, code=code: accounts.sign_in("P01", PASSWORD, f"10.0.0.{n}", code=code)
            for n in range(4)
        ]
        assert at_once(signing) == ["authentication_required"] * 3 + ["done"]
    session = accounts.sign_in("W01", PASSWORD, "10.0.0.1")
    proving = [lambda: accounts.step_up(session.principal, session.token, PASSWORD, None) for _ in range(4)]
    assert at_once(proving) == ["authentication_required"] * 3 + ["done"]
    assert len(accounts.sessions.of("W01", session.token)) == 1


def test_the_walk_of_an_account_through_its_pages_on_each_kind_of_database(each_office: Office) -> None:
    office = each_office
    elsewhere, person = signed_in(office, "C01"), Visitor.sign_in(office.app, "C01")
    assert person.get("/account").text.count("<tr") == 3
    browser = signed_in(office, "U01")
    assert change(browser, PASSWORD, CHOSEN) == (204, "")
    assert person.send(form_at(person, "/account/sessions")).status_code == 303
    assert elsewhere.get(HERE).status_code == 401
    for login in ("nobody", "\x00", "x" * 500, "a\ud800"):
        office.stranger().post(
            HERE,
            content=json.dumps({"login": login, "password": "x"}),
            headers={"Content-Type": "application/json"},
        )
    office.town.house.accounts.prover.write_failures()
    told = administrative(office, "session.failed")[-1]
    assert told["unknown_logins"] == 1 and told["not_told_apart"] >= 2, "what is no login reaches no database"
    later(office, hours=13)
    assert person.get("/account").status_code == 303


def test_who_was_proven_before_the_password_changed_gets_no_session_after_it(each_office: Office) -> None:
    house = each_office.town.house
    accounts, prover = house.accounts, house.accounts.prover
    act = next(one for one in CREDENTIAL_ACTS if one.name == "user.passwd")

    def changed(login: str) -> str:
        given = {"login": login, "password_hash": hash_password("von Verwaltern gegeben")}
        house.writer.submit(lambda connection: act.carry_out(house, connection, given, house.clock.now()))
        return hash_password(CHOSEN)

    proven, before = prover.known("C02", PASSWORD), prover.known("D01", PASSWORD)
    changed("C02")
    assert refused(accounts.sessions.open, proven, "password").code == "authentication_required"
    enrolled(each_office, "D01")
    assert refused(accounts.sessions.open, before, "password").code == "authentication_required"
    session = accounts.sign_in("L01", PASSWORD)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("engine.accounts.hash_password", lambda _: changed("L01"))
        chosen = refused(accounts.change_password, session.principal, session.token, PASSWORD, CHOSEN)
    assert chosen.code == "authentication_required"
    assert refused(accounts.sign_in, "L01", CHOSEN).code == "authentication_required"
