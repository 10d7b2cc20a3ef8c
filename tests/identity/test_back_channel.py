"""Signing out at the provider ends the sessions here at once, and nothing but the provider's word does."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from fastapi.testclient import TestClient

from engine.identity.provider import Vouched
from tests.api.conftest import Office
from tests.builders import Town
from tests.identity.conftest import administrative, form_at
from tests.identity.provider import CLIENT, LOGOUT, SmallProvider, unsigned
from tests.identity.test_second_factor import code_of, enrolled
from tests.identity.test_single_sign_on import come_back, office, provider, serving, set_out, without
from tests.web.officer import PASSWORD
from tests.web.visitor import Visitor

__all__ = ["office", "provider", "serving"]
PATH = "/logout/sso/back-channel"


def signed_in(office: Office, provider: SmallProvider, **claims: Any) -> TestClient:
    """A browser in which the person has signed in at the provider."""
    provider.person = {"preferred_username": "w01", "sid": "s-1", **claims}
    browser, address = set_out(office)
    assert come_back(browser, provider.consent(address)).status_code == 200
    assert open_in(browser)
    return browser


def open_in(browser: TestClient) -> bool:
    """Whether somebody is signed in there."""
    return browser.get("/api/v1/session").status_code == 200


def told(office: Office, token: str) -> int:
    """The status that the provider is answered."""
    return office.stranger().post(PATH, data={"logout_token": token}).status_code


def test_who_signs_out_there_is_signed_out_here_at_once(office: Office, provider: SmallProvider) -> None:
    first, second = signed_in(office, provider), signed_in(office, provider)
    elsewhere = signed_in(office, provider, sid="s-2")
    other = signed_in(office, provider, preferred_username="H01", sub="77", sid="s-9")
    before = len(administrative(office, "session.end_by_provider"))

    answer = office.stranger().post(PATH, data={"logout_token": provider.by_ec(provider.logout_claims())})

    assert (answer.status_code, answer.headers["cache-control"], answer.content) == (200, "no-store", b"")
    assert [open_in(one) for one in (first, second, elsewhere, other)] == [False, False, True, True]
    assert len(administrative(office, "session.end_by_provider")) - before == 2
    assert told(office, provider.by_rsa(provider.logout_claims(sid=None))) == 200
    assert [open_in(one) for one in (elsewhere, other)] == [False, True], (
        "without a session: all of the person"
    )
    assert told(office, provider.by_rsa(provider.logout_claims(sub=None, sid="s-9"))) == 200
    assert not open_in(other)


def test_who_was_proven_again_or_showed_a_code_is_signed_out_too(
    office: Office, provider: SmallProvider
) -> None:
    codes, _ = enrolled(office, "C02")
    provider.person = {"preferred_username": "C02", "sub": "88", "sid": "s-c"}
    browser, address = set_out(office)
    person = Visitor(browser, come_back(browser, provider.consent(address)))
    assert person.send(form_at(person, "/login/code"), code=code_of(office, codes)).status_code == 303
    csrf = {"x-csrf-token": browser.cookies["bihuan_csrf"]}
    again = browser.post("/api/v1/session/step-up", json={"code": code_of(office, codes)}, headers=csrf)
    assert again.status_code == 204 and open_in(browser)

    assert told(office, provider.by_rsa(provider.logout_claims(sub="88", sid="s-c"))) == 200

    assert not open_in(browser)


def test_a_session_that_was_opened_here_is_not_the_providers(office: Office, provider: SmallProvider) -> None:
    browser = office.stranger()
    sent = browser.post("/api/v1/session", json={"login": "W01", "password": PASSWORD})
    assert sent.status_code == 204

    assert told(office, provider.by_rsa(provider.logout_claims())) == 200

    assert open_in(browser)


Claims = dict[str, Any]
# Functions, as what is late or early is so when it is sent, however long the other tests have taken.
WRONG: dict[str, Callable[[Claims], Claims]] = {
    "of another issuer": lambda claims: {**claims, "iss": "https://evil.example"},
    "for another client": lambda claims: {**claims, "aud": "another"},
    "without a client": without("aud"),
    "expired": lambda claims: {**claims, "exp": claims["iat"] - 120},
    "without an end": without("exp"),
    "of the future": lambda claims: {**claims, "iat": claims["iat"] + 600},
    "without a beginning": without("iat"),
    "without a name of its own": without("jti"),
    "an ID token": without("events"),
    "another event": lambda claims: {
        **claims,
        "events": {"http://schemas.openid.net/event/another": {}},
    },
    "an event that is none": lambda claims: {**claims, "events": {LOGOUT: True}},
    "events that are none": lambda claims: {**claims, "events": [LOGOUT]},
    "with a nonce": lambda claims: {**claims, "nonce": "n"},
    "of nobody": lambda claims: without("sub")(without("sid")(claims)),
    "of what is no name": lambda claims: {**claims, "sub": 42},
}


@pytest.mark.parametrize("change", WRONG.values(), ids=WRONG.keys())
def test_a_token_that_is_none_ends_nothing(
    office: Office, provider: SmallProvider, change: Callable[[Claims], Claims]
) -> None:
    browser = signed_in(office, provider)

    assert told(office, provider.by_rsa(change(provider.logout_claims()))) == 400
    assert open_in(browser)


def test_nobody_else_ends_a_session(office: Office, provider: SmallProvider) -> None:
    browser, claims = signed_in(office, provider), provider.logout_claims()
    forged = [one(claims) for one in (unsigned, provider.by_public_key, provider.by_a_stranger)]
    id_token = provider.by_rsa({**claims, "nonce": "n", "events": None})

    for token in (*forged, id_token, "", "x", "a.b.c", "\x00", "x" * 300_000, provider.by_rsa(claims)[:-4]):
        assert told(office, token) == 400, token[:40]
    assert office.stranger().post(PATH).status_code == 400
    assert office.stranger().get(PATH).status_code == 405
    assert open_in(browser)


def test_the_same_token_counts_once(office: Office, provider: SmallProvider) -> None:
    token = provider.by_rsa(provider.logout_claims())
    signed_in(office, provider)
    assert told(office, token) == 200
    browser = signed_in(office, provider)

    assert told(office, token) == 400
    assert open_in(browser)


def test_what_is_kept_names_nobody(office: Office, provider: SmallProvider) -> None:
    signed_in(office, provider, sub="a-name-that-tells", sid="a-session-that-tells")

    with office.town.house.database.read() as connection:
        rows = connection.exec_driver_sql("SELECT * FROM vouched_session").all()
    assert rows and not any(word in str(rows) for word in ("a-name", "a-session", CLIENT))


def test_each_database_ends_what_was_vouched_for(town: Town) -> None:
    accounts = town.house.accounts
    person, other = Vouched("W01", "a" * 64, "b" * 64), Vouched("H01", "c" * 64, None)
    kept = [accounts.vouched_for(one, "browser") for one in (person, person, other)]
    tokens = [one.token for one in kept if not isinstance(one, str)]

    assert accounts.sessions.end_vouched("a" * 64, "d" * 64) == 0, "another session of the person"
    assert accounts.sessions.end_vouched("a" * 64, "b" * 64) == 2
    assert accounts.sessions.end_vouched("a" * 64, None) == 0

    assert [accounts.by_session(one) is None for one in tokens] == [True, True, False]
