"""Guessing is slowed down, and never shuts the true person out."""

from __future__ import annotations

from itertools import count

import pytest
from fastapi.testclient import TestClient

from engine.core.refusals import Refusal
from engine.identity.lockout import FAILURES_MAX, PLACES_MAX, STRANGERS_MAX, Lockout, network_of
from models import account_reading
from tests.api.conftest import Office
from tests.builders import refused
from tests.identity.conftest import administrative
from tests.identity.test_second_factor import enrolled
from tests.web.officer import PASSWORD
from tests.web.visitor import Visitor


def fail(lockout: Lockout, login: str, address: str, device: str | None = None) -> bool:
    """True when the guess was tried, and failed."""
    try:
        lockout.begin(login, address, device)
    except Refusal as refusal:
        assert refusal.code == "rate_limited"
        return False
    return True


def test_guesses_from_all_addresses_count_together_and_leave_known_ones_alone() -> None:
    lockout = Lockout()
    lockout.succeeded(lockout.begin("W01", "10.0.0.1", None))
    addresses = (f"10.1.{n // 250}.{n % 250}" for n in count())
    tried = sum(fail(lockout, "W01", next(addresses)) for _ in range(10 * STRANGERS_MAX))
    assert tried == STRANGERS_MAX
    lockout.succeeded(lockout.begin("w01", "10.0.0.1", None))
    assert not fail(lockout, "W01", next(addresses))
    assert fail(lockout, "W02", next(addresses)), "another login is another matter"


def test_a_known_browser_is_counted_apart_even_at_the_address_of_the_guesser() -> None:
    lockout = Lockout()
    tried = sum(fail(lockout, "W01", "10.0.0.1") for _ in range(FAILURES_MAX + 5))
    assert tried == FAILURES_MAX
    lockout.succeeded(lockout.begin("W01", "10.0.0.1", "browser of W01"))
    stolen = sum(fail(lockout, "W01", "10.9.9.9", "browser of W01") for _ in range(FAILURES_MAX + 5))
    assert stolen == FAILURES_MAX, "a browser that was stolen guesses no more often than any other"


def test_what_is_not_tried_counts_for_nobody() -> None:
    lockout = Lockout()
    for _ in range(10 * STRANGERS_MAX):
        fail(lockout, "W01", "10.0.0.1")
    assert fail(lockout, "W01", "10.0.0.2"), "one address alone does not shut the others"


def test_places_that_are_remembered_are_bounded_and_networks_count_as_one() -> None:
    lockout = Lockout()
    for number in range(PLACES_MAX + 100):
        lockout.succeeded(lockout.begin(f"W{number}", "10.0.0.1", None))
    assert len(lockout._known) == PLACES_MAX
    assert network_of("2001:db8::1") == network_of("2001:db8::ffff:2") != network_of("2001:db8:1::1")
    assert network_of("10.0.0.1") != network_of("10.0.0.2")


def sign_in(client: TestClient, password: str) -> int:
    """The status of the page."""
    return client.post(
        "/login", data={"login": "C01", "password": password}, follow_redirects=False
    ).status_code


def test_who_has_signed_in_from_a_browser_signs_in_from_it_while_others_guess(office: Office) -> None:
    person = Visitor.sign_in(office.app, "C01").client
    cookie = next(one for one in person.cookies.jar if one.name == "bihuan_browser")
    assert cookie.has_nonstandard_attr("HttpOnly") and cookie.expires
    person.cookies.delete("bihuan_session")
    guesser = office.stranger()
    told = [sign_in(guesser, f"guess {turn}") for turn in range(FAILURES_MAX + 3)]
    assert told == [422] * FAILURES_MAX + [429] * 3
    assert sign_in(guesser, PASSWORD) == 429
    assert sign_in(person, PASSWORD) == 303
    guesser.cookies.set("bihuan_browser", "another browser")
    assert sign_in(guesser, PASSWORD) == 429
    with office.town.house.database.read() as connection:
        kept = account_reading.browsers_of(connection, "c01")
    assert len(kept) == 1 and cookie.value not in kept


def test_a_right_password_that_is_not_enough_makes_no_place_known(office: Office) -> None:
    enrolled(office, "L01")
    lockout, accounts = office.town.house.accounts.prover.lockout, office.town.house.accounts
    for turn in range(FAILURES_MAX - 1):
        assert refused(accounts.first_step, "L01", f"guess {turn}", "10.7.7.7", "", "b").code
    assert isinstance(accounts.first_step("L01", PASSWORD, "10.7.7.7", "", "b"), str)
    assert not lockout.begin("L01", "10.7.7.7", None).known
    assert refused(accounts.first_step, "L01", "guess", "10.7.7.7", "", "b").code == "rate_limited"


@pytest.mark.parametrize("login", ["F02", "nobody-of-that-name"])
def test_what_failed_is_counted_in_one_entry_a_minute_and_unknown_logins_not_in_clear(
    office: Office, login: str
) -> None:
    office.town.house.accounts.prover.write_failures()
    before = len(administrative(office, "session.failed"))
    for turn in range(3):
        office.stranger().post("/api/v1/session", json={"login": login, "password": f"guess {turn}"})
    office.town.house.accounts.prover.write_failures()
    office.town.house.accounts.prover.write_failures()
    [entry] = administrative(office, "session.failed")[before:]
    known = {"F02": 3} if login == "F02" else {}
    assert entry == {"logins": known, "unknown_logins": 3 - len(known) * 3, "not_told_apart": 0}
