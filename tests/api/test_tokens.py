"""Bearer tokens: a person's rights of this moment, for programs."""

from __future__ import annotations

from typing import Any

from engine.administration import Administration
from tests.api.bodies import inspection
from tests.api.conftest import Office
from tests.api.test_sessions import disable


def issued(office: Office, scope: str = "write", login: str = "w01") -> dict[str, str]:
    """The header of a program with a fresh token that holds to the end of 2024-04-30."""
    detail = {"login": login, "scope": scope, "expires": "2024-04-30T23:59:59+08:00"}
    asked = Administration(office.town.house).ask("token.issue", detail, command="token issue")
    return {"Authorization": f"Bearer {asked.result['token']}"}


def post(office: Office, header: dict[str, str]) -> Any:
    """What recording an inspection with that header answers."""
    headers = {**header, "Idempotency-Key": "program-1"}
    return office.stranger().post("/api/v1/inspections", json=inspection(), headers=headers)


def test_a_program_acts_with_its_person_s_rights_and_needs_no_form_value(each_office: Office) -> None:
    header = issued(each_office)
    assert each_office.stranger().get("/api/v1/session", headers=header).json()["login"] == "W01"
    assert post(each_office, header).status_code == 201


def test_a_token_for_reading_writes_nothing(office: Office) -> None:
    header = issued(office, "read")
    assert office.stranger().get("/api/v1/findings", headers=header).status_code == 200
    assert (post(office, header).status_code, post(office, header).json()["code"]) == (403, "not_yours")


def test_a_token_ends_by_the_clock_of_the_house(office: Office) -> None:
    header = issued(office)
    office.town.at("2024-04-30T23:59")
    assert office.stranger().get("/api/v1/session", headers=header).status_code == 200
    office.town.at("2024-05-01T00:00")
    answer = office.stranger().get("/api/v1/session", headers=header)
    assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, 'Bearer realm="bihuan"')


def test_a_token_of_a_disabled_person_opens_nothing(office: Office) -> None:
    header = issued(office)
    disable(office, "W01")
    assert office.stranger().get("/api/v1/session", headers=header).status_code == 401


def test_a_wrong_token_is_not_helped_by_a_session(office: Office) -> None:
    browser = office.visit("W01")
    for header in ("Bearer nothing", "Basic VzAxOng=", "Bearer", ""):
        answer = browser.client.get("/api/v1/session", headers={"Authorization": header})
        assert answer.status_code == 401, header
