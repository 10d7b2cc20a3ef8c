"""Single sign-on: a provider says who it is, and nothing that it did not say opens anything."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient
from httpx import Response

from engine.core.refusals import Refusal
from engine.identity.provider import Provider, provider_from
from models import account_reading
from tests.api.conftest import Office
from tests.builders import Town
from tests.identity.conftest import administrative, form_at, later, opened
from tests.identity.provider import CLIENT, SECRET, SmallProvider, running, unsigned
from tests.identity.test_second_factor import code_of, enrolled
from tests.once import Copies
from tests.web.visitor import Visitor


@pytest.fixture(scope="module")
def serving() -> Iterator[SmallProvider]:
    """The provider, once for all tests."""
    with running() as provider:
        yield provider


@pytest.fixture
def provider(serving: SmallProvider) -> Iterator[SmallProvider]:
    """The provider without faults; W01 is signed in there."""
    serving.person = {"preferred_username": "w01"}
    yield serving
    serving.claims, serving.sign = dict, None


@pytest.fixture(scope="module")
def office(
    tables: Copies, tmp_path_factory: pytest.TempPathFactory, serving: SmallProvider
) -> Iterator[Office]:
    """An office whose people may sign in there."""
    folder = tmp_path_factory.mktemp("sso")
    (folder / "secret").write_text(SECRET + "\n")
    single = Provider(serving.issuer, CLIENT, "http://127.0.0.1", folder / "secret")
    url = tables.sqlite(folder / "bihuan.db")
    yield from opened(Town.open(url, folder, "2024-04-26T17:00", single_sign_on=single))


def set_out(office: Office, wanted: str = "/ledger") -> tuple[TestClient, str]:
    """A browser that was sent to the provider, and the address there."""
    browser = office.stranger()
    browser.follow_redirects = False
    answer = browser.get("/login/sso", params={"next": wanted})
    assert answer.status_code == 303, answer.text
    return browser, answer.headers["location"]


def come_back(browser: TestClient, said: dict[str, str]) -> Response:
    """What the browser is answered when the provider has sent it back."""
    return browser.get("/login/sso/back", params=said)


def refused(browser: TestClient, answer: Response) -> None:
    """Nobody is signed in, and the page says no more than that."""
    assert answer.status_code == 422
    assert 'data-problem="single_sign_on"' in answer.text
    assert "bihuan_session" not in browser.cookies


def test_the_button_is_shown_only_where_there_is_a_provider(office: Office) -> None:
    assert 'href="/login/sso?next=/work"' in office.stranger().get("/login").text


@pytest.mark.parametrize("signed", ["by_rsa", "by_ec"])
def test_who_signs_in_there_is_signed_in_here_with_the_roles_of_the_ledger(
    office: Office, provider: SmallProvider, signed: str
) -> None:
    provider.sign = getattr(provider, signed)
    provider.person |= {"roles": ["security_admin"], "groups": ["principal_head"]}
    browser, address = set_out(office)
    assert address.startswith(f"{provider.issuer}/authorization_endpoint?") and SECRET not in address
    answer = come_back(browser, provider.consent(address))
    assert answer.status_code == 200 and 'content="0;url=/ledger"' in answer.text
    told = browser.get("/api/v1/session").json()
    assert (told["login"], told["roles"]) == ("W01", ["inspector"])
    assert {"login": "W01", "means": "single_sign_on"} in administrative(office, "session.open")
    assert "bihuan_sso" not in browser.cookies
    page = Visitor(browser)
    page.get("/work")
    left = page.send(form_at(page, "/logout"))
    assert left.headers["location"] == "/login?left=yes"
    assert "/logout/sso" in browser.get("/login?left=yes").text
    out = browser.get("/logout/sso").headers["location"]
    assert out.startswith(f"{provider.issuer}/end_session_endpoint?client_id={CLIENT}&post_logout")


def without(name: str) -> Callable[[dict[str, Any]], dict[str, Any]]:
    """The claims without that one."""
    return lambda claims: {key: value for key, value in claims.items() if key != name}


CLAIMS: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "for another client": lambda claims: {**claims, "aud": "another"},
    "for several, by another": lambda claims: {**claims, "aud": [CLIENT, "another"], "azp": "another"},
    "of another issuer": lambda claims: {**claims, "iss": "https://evil.example"},
    "without an issuer": without("iss"),
    "expired": lambda claims: {**claims, "exp": int(time.time()) - 120},
    "without an end": without("exp"),
    "not yet valid": lambda claims: {**claims, "nbf": int(time.time()) + 600},
    "with another nonce": lambda claims: {**claims, "nonce": "another"},
    "without a nonce": without("nonce"),
    "for another access token": lambda claims: {**claims, "at_hash": "AAAAAAAAAAAAAAAAAAAAAA"},
    "without a login": without("preferred_username"),
    "with a login that is none": lambda claims: {**claims, "preferred_username": ["W01"]},
    "of nobody here": lambda claims: {**claims, "preferred_username": "nobody-here"},
    "of somebody disabled": lambda claims: {**claims, "preferred_username": "F02"},
    "of a login that only looks alike": lambda claims: {**claims, "preferred_username": "\uff3701"},
}


@pytest.mark.parametrize("change", CLAIMS.values(), ids=CLAIMS.keys())
def test_a_token_that_says_something_else_opens_nothing(
    office: Office, provider: SmallProvider, change: Callable[[dict[str, Any]], dict[str, Any]]
) -> None:
    office.town.house.writer.submit(
        lambda connection: account_reading.change_user(connection, "f02", {"disabled": True})
    )
    provider.claims = change
    browser, address = set_out(office)
    refused(browser, come_back(browser, provider.consent(address)))
    with office.town.house.database.read() as connection:
        assert account_reading.users_named(connection, ["nobody-here"]) == []


@pytest.mark.parametrize(
    ("signed", "why"),
    [
        ("unsigned", "UnsupportedAlgorithmError"),
        ("by_public_key", "UnsupportedAlgorithmError"),
        ("by_a_stranger", "BadSignatureError"),
    ],
)
def test_a_token_that_the_provider_did_not_sign_opens_nothing(
    office: Office, provider: SmallProvider, caplog: pytest.LogCaptureFixture, signed: str, why: str
) -> None:
    provider.sign = unsigned if signed == "unsigned" else getattr(provider, signed)
    browser, address = set_out(office)
    refused(browser, come_back(browser, provider.consent(address)))
    assert caplog.messages == [f"single sign-on refused: {why}"]


def test_an_answer_is_taken_once_by_the_browser_that_asked(office: Office, provider: SmallProvider) -> None:
    browser, address = set_out(office)
    ticket = browser.cookies["bihuan_sso"]
    said = provider.consent(address)
    stranger = office.stranger()
    refused(stranger, come_back(stranger, said))
    other, _ = set_out(office)
    refused(other, come_back(other, said))
    asked = provider.asked
    refused(browser, come_back(browser, {**said, "state": "x"}))
    assert provider.asked == asked, "a state that does not fit costs the provider nothing"
    browser.cookies.set("bihuan_sso", ticket, path="/login/sso")
    assert come_back(browser, said).status_code == 200
    thief = office.stranger()
    thief.cookies.set("bihuan_sso", ticket, path="/login/sso")
    refused(thief, come_back(thief, {**said, "code": provider.consent(address)["code"]}))


def test_a_code_counts_once_and_for_its_own_browser(office: Office, provider: SmallProvider) -> None:
    first, address = set_out(office)
    said = provider.consent(address)
    assert come_back(first, said).status_code == 200
    second, address = set_out(office)
    refused(second, come_back(second, {**provider.consent(address), "code": said["code"]}))
    third, address = set_out(office)
    _, another = set_out(office)
    mixed = {**provider.consent(address), "code": provider.consent(another)["code"]}
    refused(third, come_back(third, mixed))


def test_what_another_provider_or_a_late_browser_brings_opens_nothing(
    office: Office, provider: SmallProvider
) -> None:
    browser, address = set_out(office)
    refused(browser, come_back(browser, {**provider.consent(address), "iss": "https://evil.example"}))
    browser, address = set_out(office)
    refused(
        browser, come_back(browser, {"error": "access_denied", "state": provider.consent(address)["state"]})
    )
    browser, address = set_out(office)
    later(office, minutes=11)
    refused(browser, come_back(browser, provider.consent(address)))
    later(office, minutes=-11)


@pytest.mark.parametrize(
    "wanted", ["//evil.example", "https://evil.example/x", "/\\evil.example", "javascript:x"]
)
def test_coming_back_leads_nowhere_else(office: Office, provider: SmallProvider, wanted: str) -> None:
    browser, address = set_out(office, wanted)
    answer = come_back(browser, provider.consent(address))
    assert 'content="0;url=/work"' in answer.text and "evil" not in answer.text


def test_who_has_a_second_factor_here_is_asked_for_its_code(office: Office, provider: SmallProvider) -> None:
    codes, _ = enrolled(office, "C02")
    provider.person = {"preferred_username": "C02"}
    browser, address = set_out(office)
    person = Visitor(browser, come_back(browser, provider.consent(address)))
    assert "bihuan_session" not in browser.cookies
    assert person.send(form_at(person, "/login/code"), code=code_of(office, codes)).status_code == 303
    assert browser.get("/api/v1/session").json()["login"] == "C02"


def test_addresses_without_encryption_are_refused_and_a_house_without_a_provider_has_no_such_page(
    office: Office,
) -> None:
    named = {"BIHUAN_OIDC_ISSUER": "https://id.example", "BIHUAN_OIDC_CLIENT_ID": "x"}
    good = provider_from({**named, "BIHUAN_OIDC_PUBLIC_URL": "https://bihuan.example"})
    assert good is not None and good.comes_back_to == "https://bihuan.example/login/sso/back"
    assert provider_from({}) is None
    for wrong in (
        {"BIHUAN_OIDC_PUBLIC_URL": "http://bihuan.example"},
        {"BIHUAN_OIDC_PUBLIC_URL": "https://bihuan.example", "BIHUAN_OIDC_ISSUER": "http://id.example"},
        {"BIHUAN_OIDC_PUBLIC_URL": "https://bihuan.example", "BIHUAN_OIDC_CLIENT_ID": ""},
        {},
    ):
        with pytest.raises(Refusal, match="parameter_invalid"):
            provider_from({**named, **wrong})
    house = office.town.house
    kept, house.single_sign_on = house.single_sign_on, None
    assert office.stranger().get("/login/sso").status_code == 404
    assert "/login/sso" not in office.stranger().get("/login").text
    house.single_sign_on = kept
