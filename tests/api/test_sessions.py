"""Who may come in, how, and for how long."""

from __future__ import annotations

from datetime import timedelta

import pytest

from engine.identity.lockout import FAILURES_MAX
from models import account_reading
from tests.api.bodies import inspection
from tests.api.conftest import PASSWORD, Office


def test_a_session_tells_who_is_signed_in(each_office: Office) -> None:
    answer = each_office.visit("C01").get("/api/v1/session")
    assert answer.json() == {
        "login": "C01",
        "name": "姓名C01",
        "department": "market_regulation",
        "roles": ["case_officer", "department_head"],
    }


def test_logins_are_compared_without_case(office: Office) -> None:
    assert office.visit("w01").get("/api/v1/session").json()["login"] == "W01"


def test_the_session_cookie_is_for_this_house_alone(office: Office) -> None:
    answer = office.stranger().post("/api/v1/session", json={"login": "W01", "password": PASSWORD})
    session, csrf = answer.headers.get_list("set-cookie")
    for flag in ("httponly", "path=/", "samesite=strict"):
        assert flag in session.lower()
    assert session.startswith("bihuan_session=") and csrf.startswith("bihuan_csrf=")
    assert "httponly" not in csrf.lower()
    assert "secure" not in session.lower(), "on loopback there is no TLS"


def test_wrong_unknown_and_disabled_are_answered_alike(office: Office) -> None:
    disable(office, "W02")
    answers = [
        office.stranger().post("/api/v1/session", json={"login": login, "password": password})
        for login, password in (
            ("W01", "wrong"),
            ("NOBODY", PASSWORD),
            ("W02", PASSWORD),
            ("W\x0001", "x"),
            ("", ""),
        )
    ]
    for answer in answers:
        assert answer.status_code == 401
        problem = answer.json()
        assert problem.pop("instance").startswith("urn:bihuan:request:")
        assert problem | {"instance": ""} == answers[0].json() | {"instance": ""}
        assert "set-cookie" not in answer.headers


def test_an_unsafe_request_of_a_session_needs_the_session_s_value(office: Office) -> None:
    browser = office.visit("W01")
    for header in ({}, {"X-CSRF-Token": "guess"}, {"X-CSRF-Token": ""}):
        answer = browser.client.post(
            "/api/v1/inspections", json=inspection(), headers={"Idempotency-Key": "k", **header}
        )
        assert (answer.status_code, answer.json()["code"]) == (403, "session_check_failed")
    assert browser.client.delete("/api/v1/session").status_code == 403
    assert browser.get("/api/v1/session").status_code == 200


def test_signing_out_ends_the_session(office: Office) -> None:
    browser = office.visit("W01")
    cookie = browser.client.cookies["bihuan_session"]
    assert browser.client.delete("/api/v1/session", headers=browser.csrf).status_code == 204
    kept = office.stranger()
    kept.cookies.set("bihuan_session", cookie)
    assert kept.get("/api/v1/session").status_code == 401


def test_a_disabled_person_is_out_at_once(office: Office) -> None:
    browser = office.visit("W01")
    disable(office, "W01")
    assert browser.get("/api/v1/session").status_code == 401


def test_rights_are_those_of_this_moment(office: Office) -> None:
    browser = office.visit("W01")
    finding = office.town.finding()
    change(office, "W01", {"department": "fire_rescue"})
    assert browser.get(f"/api/v1/findings/{finding}").status_code == 404


@pytest.mark.parametrize(("minutes", "status"), [(28, 200), (31, 401)])
def test_a_session_ends_when_nobody_used_it_for_half_an_hour(
    office: Office, minutes: int, status: int
) -> None:
    browser = office.visit("W01")
    house = office.town.house
    seen = house.clock.real_now() - timedelta(minutes=minutes)
    house.writer.submit(
        lambda connection: connection.execute(account_reading.SESSION.update().values(seen_at=seen))
    )
    assert browser.get("/api/v1/session").status_code == status
    assert browser.get("/api/v1/session").status_code == status


def test_the_test_clock_does_not_end_sessions(office: Office) -> None:
    browser = office.visit("W01")
    office.town.at("2024-06-01T09:00")
    assert browser.get("/api/v1/session").status_code == 200


def test_guessing_is_slowed_down_for_known_and_unknown_logins_alike(office: Office) -> None:
    for login in ("W01", "NOBODY"):
        browser = office.stranger()
        for _ in range(FAILURES_MAX):
            wrong = browser.post("/api/v1/session", json={"login": login, "password": "wrong"})
            assert wrong.status_code == 401
        answer = browser.post("/api/v1/session", json={"login": login.lower(), "password": PASSWORD})
        assert (answer.status_code, answer.json()["code"]) == (429, "rate_limited")
        assert 0 < int(answer.headers["Retry-After"]) == answer.json()["retry_after"]
    assert office.visit("W02").get("/api/v1/session").status_code == 200


@pytest.mark.parametrize(
    "body", [{"login": "W01"}, {"login": 1, "password": "x"}, {"login": "W01", "password": "x", "a": 1}]
)
def test_a_misshapen_sign_in_names_the_place(office: Office, body: dict[str, object]) -> None:
    answer = office.stranger().post("/api/v1/session", json=body)
    assert (answer.status_code, answer.json()["code"]) == (422, "facts_invalid")


def disable(office: Office, login: str) -> None:
    """The account is disabled."""
    change(office, login, {"disabled": True})


def change(office: Office, login: str, values: dict[str, object]) -> None:
    """The account has these values."""
    office.town.house.writer.submit(
        lambda connection: account_reading.change_user(connection, login.casefold(), values)
    )


def test_an_unknown_login_takes_the_work_of_a_known_one(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    hashed: list[str] = []

    def matches(stored: str, _: str) -> bool:
        hashed.append(stored.rpartition("$p=")[0].rpartition("$")[0])
        return False

    monkeypatch.setattr("engine.identity.passwords.matches", matches)
    for login in ("W01", "NOBODY", "\x00", "x" * 500):
        office.stranger().post("/api/v1/session", json={"login": login, "password": "guess"})
    assert len(hashed) == 4
    assert len(set(hashed)) == 1
