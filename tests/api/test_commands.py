"""Commands over HTTP: the order of checks, keys, versions, and what is answered."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.api.bodies import finding, inspection
from tests.api.conftest import Browser, Office, Recorded
from tests.api.test_sessions import change
from tests.schemas import faults

REGISTER = {
    "trigger": "register",
    "expected_version": 1,
    "facts": {"ledger_no": "2024-0001", "department": "market_regulation", "handler": "C01"},
}


def recorded(browser: Browser, **given: Any) -> tuple[str, str]:
    """An inspection just recorded, and its finding."""
    answer = browser.post("/api/v1/inspections", inspection(**given))
    assert answer.status_code == 201, answer.text
    return answer.json()["id"], answer.json()["findings"][0]["id"]


def test_an_inspection_is_created_at_its_place(each_office: Office) -> None:
    browser = each_office.visit("W01")
    answer = browser.post("/api/v1/inspections", inspection())
    assert answer.status_code == 201
    assert answer.headers["Location"] == f"/api/v1/inspections/{answer.json()['id']}"
    assert browser.get(answer.headers["Location"]).json().items() >= answer.json().items()


def test_a_finding_of_a_recorded_inspection_is_created(office: Office) -> None:
    browser = office.visit("W01")
    id, _ = recorded(browser)
    answer = browser.post("/api/v1/findings", {"inspection": id, **finding(item="留样")})
    assert answer.status_code == 201
    assert faults("finding_answer", answer.json()) == []
    assert answer.headers["Location"] == f"/api/v1/findings/{answer.json()['id']}"
    assert answer.headers["ETag"] == '"1.1"'


def test_a_step_is_answered_with_the_finding_and_the_decision(each_office: Office) -> None:
    _, id = recorded(each_office.visit("W01"))
    answer = each_office.visit("C01").post(f"/api/v1/findings/{id}/steps", REGISTER)
    assert answer.status_code == 200, answer.text
    assert faults("finding_answer", answer.json()) == []
    decision = answer.json()["decision"]
    assert (decision["version"], decision["triggers"], decision["replayed"]) == (2, ["register"], False)
    assert answer.headers["ETag"] == f'"2.{decision["sequence_to"]}"'


def test_a_command_sent_again_is_answered_and_not_repeated(each_office: Office) -> None:
    browser = each_office.visit("W01")
    first = browser.post("/api/v1/inspections", inspection(), key="once")
    again = browser.post("/api/v1/inspections", inspection(), key="once")
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json()["id"] == again.json()["id"]
    assert "Idempotent-Replay" not in first.headers
    assert again.headers["Idempotent-Replay"] == "true"
    assert again.json() == first.json()


def test_a_step_sent_again_says_so_in_its_decision(office: Office) -> None:
    _, id = recorded(office.visit("W01"))
    first = office.visit("C01").post(f"/api/v1/findings/{id}/steps", REGISTER, key="once")
    again = office.visit("C01").post(f"/api/v1/findings/{id}/steps", REGISTER, key="once")
    assert (first.status_code, again.status_code) == (200, 200)
    assert again.headers["Idempotent-Replay"] == "true"
    assert again.json()["decision"] == first.json()["decision"] | {"replayed": True}


def test_rights_lost_since_are_felt_by_a_command_sent_again(office: Office) -> None:
    _, id = recorded(office.visit("W01"))
    office.visit("C01").post(f"/api/v1/findings/{id}/steps", REGISTER, key="once")
    change(office, "C01", {"department": "fire_rescue"})
    again = office.visit("C01").post(f"/api/v1/findings/{id}/steps", REGISTER, key="once")
    assert (again.status_code, again.json()["code"]) == (404, "not_found")


def test_the_order_of_members_does_not_make_another_body(office: Office) -> None:
    browser, body = office.visit("W01"), inspection()
    browser.post("/api/v1/inspections", body, key="once")
    turned = json.dumps(dict(reversed(body.items())), indent=4).encode()
    answer = browser.send("/api/v1/inspections", turned, Idempotency_Key="once")
    assert answer.headers["Idempotent-Replay"] == "true"


def test_a_key_used_for_another_body_is_refused(office: Office, entries: Recorded) -> None:
    browser = office.visit("W01")
    browser.post("/api/v1/inspections", inspection(), key="once")
    before = entries()
    answer = browser.post("/api/v1/inspections", inspection(task_no="YP2024-002"), key="once")
    assert (answer.status_code, answer.json()["code"]) == (422, "key_reused")
    assert entries() == before


def test_the_keys_of_two_people_are_two_keys(office: Office) -> None:
    office.visit("W01").post("/api/v1/inspections", inspection(), key="once")
    answer = office.visit("W02").post("/api/v1/inspections", inspection(task_no="YP2024-002"), key="once")
    assert answer.status_code == 201


def test_a_refusal_binds_no_key(office: Office) -> None:
    browser = office.visit("W01")
    assert browser.post("/api/v1/inspections", inspection(officers=["W01"]), key="once").status_code == 422
    assert browser.post("/api/v1/inspections", inspection(), key="once").status_code == 201


@pytest.mark.parametrize("key", ["", " ", "a b", "键", "x" * 129, "tab\tbed"])
def test_a_command_without_a_proper_key_is_refused(office: Office, entries: Recorded, key: str) -> None:
    content = json.dumps(inspection()).encode()
    browser = office.visit("W01")
    headers = {"Content-Type": "application/json", **browser.csrf, "Idempotency-Key": key.encode()}
    answer = browser.client.post("/api/v1/inspections", content=content, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (400, "key_missing")
    assert entries() == 0


def test_the_same_reference_with_the_same_content_is_there_already(office: Office) -> None:
    browser = office.visit("W01")
    body = inspection(reference="YP-1")
    first = browser.post("/api/v1/inspections", body)
    again = browser.post("/api/v1/inspections", body)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json()["id"] == again.json()["id"]
    assert "Location" not in again.headers


def test_who_is_not_known_is_told_nothing_of_the_body(office: Office) -> None:
    answer = office.stranger().post("/api/v1/inspections", content=b"{", headers={"Idempotency-Key": ""})
    assert (answer.status_code, answer.json()["code"]) == (401, "authentication_required")


def test_a_stale_version_is_told_before_the_facts_are_looked_at(office: Office) -> None:
    _, id = recorded(office.visit("W01"))
    body = {"trigger": "register", "expected_version": 0, "facts": {"nothing": "of the kind"}}
    answer = office.visit("C01").post(f"/api/v1/findings/{id}/steps", body)
    assert (answer.status_code, answer.json()["code"]) == (409, "stale_version")
    assert faults("problem", answer.json()) == []
    assert answer.json()["version"] == 1


def test_a_step_that_nobody_knows_is_told_as_unknown(office: Office) -> None:
    _, id = recorded(office.visit("W01"))
    body = {"trigger": "no_such_step_at_all", "expected_version": 1}
    answer = office.visit("C01").post(f"/api/v1/findings/{id}/steps", body)
    assert (answer.status_code, answer.json()["code"]) == (422, "unknown_trigger")


def test_a_step_of_others_names_the_roles_that_may(office: Office) -> None:
    _, id = recorded(office.visit("W01"))
    office.visit("C01").post(f"/api/v1/findings/{id}/steps", REGISTER)
    body = {"trigger": "propose_route", "expected_version": 2}
    answer = office.visit("W02").post(f"/api/v1/findings/{id}/steps", body)
    assert (answer.status_code, answer.json()["code"]) == (403, "not_yours")
    assert faults("problem", answer.json()) == []
    assert answer.json()["reasons"][0]["code"] == "role_not_allowed"
    assert answer.json()["roles"] == ["case_officer"]


def test_what_others_hide_is_answered_like_what_never_was(office: Office) -> None:
    inspected, id = recorded(office.visit("W01"))
    body = {"trigger": "register", "expected_version": 1}
    stranger = office.visit("F01")
    never = "01920ee4-2652-7850-83d5-833786ac7101"
    for hidden, absent in (
        (f"/api/v1/findings/{id}", f"/api/v1/findings/{never}"),
        (f"/api/v1/findings/{id}/timeline", f"/api/v1/findings/{never}/timeline"),
        (f"/api/v1/inspections/{inspected}", f"/api/v1/inspections/{never}"),
        (f"/api/v1/audit/{id}", f"/api/v1/audit/{never}"),
        (f"/api/v1/findings/{id}", "/api/v1/findings/%00%ff"),
    ):
        one, other = stranger.get(hidden), stranger.get(absent)
        assert one.status_code == other.status_code == 404, hidden
        assert one.content == other.content
        assert {*one.headers} == {*other.headers}
    one = stranger.post(f"/api/v1/findings/{id}/steps", body)
    other = stranger.post(f"/api/v1/findings/{never}/steps", body)
    assert (one.status_code, one.content) == (404, other.content)


@pytest.mark.parametrize("id", ["%00%00%00%00%00%00%00%00", "x", "a" * 65, "%E5%8E%9F%E5%B9%B3"])
def test_a_step_on_what_cannot_be_an_id_is_answered_like_one_on_none(each_office: Office, id: str) -> None:
    never = "01920ee4-2652-7850-83d5-833786ac7101"
    browser = each_office.visit("C01")
    one, other = (browser.post(f"/api/v1/findings/{named}/steps", REGISTER) for named in (id, never))
    assert (one.status_code, one.content) == (404, other.content)


def test_a_command_takes_no_parameters(office: Office, entries: Recorded) -> None:
    answer = office.visit("W01").post("/api/v1/inspections?force=1", inspection())
    assert (answer.status_code, answer.json()["code"]) == (400, "parameter_invalid")
    assert entries() == 0


STEP = {"trigger": "register", "expected_version": 1}
MISSHAPEN: dict[str, tuple[Any, str, str]] = {
    "no trigger": ({"expected_version": 1}, "/trigger", "missing"),
    "no version": ({"trigger": "register"}, "/expected_version", "missing"),
    "no version for several": ({"steps": [{"trigger": "register"}]}, "/expected_version", "missing"),
    "a version in words": ({**STEP, "expected_version": "1"}, "/expected_version", "type"),
    "a version that is true": ({**STEP, "expected_version": True}, "/expected_version", "type"),
    "a version below nought": ({**STEP, "expected_version": -1}, "/expected_version", "range"),
    "no steps": ({"steps": [], "expected_version": 1}, "/steps", "too_few"),
    "too many steps": (
        {"steps": [{"trigger": "register"}] * 21, "expected_version": 1},
        "/steps",
        "too_many",
    ),
    "one and several": ({**STEP, "steps": [{"trigger": "register"}]}, "/trigger", "unknown_field"),
    "a version inside": (
        {"steps": [STEP], "expected_version": 1},
        "/steps/0/expected_version",
        "unknown_field",
    ),
    "facts as a list": ({**STEP, "facts": []}, "/facts", "type"),
    "another place": ({**STEP, "proceeding": "@100"}, "/proceeding", "format"),
    "a time without offset": ({**STEP, "occurred_at": "2024-04-26T10:00:00"}, "/occurred_at", "format"),
    "no such day": ({**STEP, "occurred_at": "2024-02-30T10:00:00+08:00"}, "/occurred_at", "format"),
}


@pytest.mark.parametrize(("body", "pointer", "code"), MISSHAPEN.values(), ids=MISSHAPEN.keys())
def test_a_misshapen_step_names_the_place(office: Office, body: Any, pointer: str, code: str) -> None:
    _, id = recorded(office.visit("W01"))
    answer = office.visit("C01").post(f"/api/v1/findings/{id}/steps", body)
    assert (answer.status_code, answer.json()["code"]) == (422, "facts_invalid"), answer.text
    assert (pointer, code) in [(error["pointer"], error["code"]) for error in answer.json()["errors"]]
    assert office.town.row(id).version == 1


def test_the_faults_of_several_steps_are_told_at_their_place(office: Office) -> None:
    _, id = recorded(office.visit("W01"))
    first = {name: value for name, value in REGISTER.items() if name != "expected_version"}
    steps = [first, {"trigger": "propose_route", "facts": {"colour": "red"}}]
    answer = office.visit("C01").post(f"/api/v1/findings/{id}/steps", {"steps": steps, "expected_version": 1})
    assert answer.status_code == 422
    assert "/steps/1/facts/colour" in [error["pointer"] for error in answer.json()["errors"]]
    assert office.town.row(id).version == 1
