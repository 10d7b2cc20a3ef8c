"""Corrections and withdrawals over HTTP: what is offered, what is answered, and what is wrong with a body."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api.conftest import Office
from tests.schemas import faults
from tests.web.town_at_work import put_to_work

REASON = "送达回证载明的日期为准。"


@pytest.fixture
def case(each_office: Office) -> tuple[Office, str]:
    """An office on 2024-04-29 with an order that was served, as was entered, on the 26th."""
    at_work = put_to_work(each_office.town)
    each_office.town.at("2024-04-29T09:00")
    return each_office, at_work.correcting


def body(office: Office, finding: str, **given: Any) -> dict[str, Any]:
    """A correction of the last step of the finding to 28 April."""
    shown = office.visit("H01").get(f"/api/v1/findings/{finding}").json()
    said = {
        "expected_version": shown["version"],
        "sequence": shown["sequence"],
        "date": "2024-04-28",
        "reason": REASON,
        **given,
    }
    return {name: value for name, value in said.items() if value is not None}


def test_a_head_is_told_what_may_be_put_right_and_puts_it_right_once(case: tuple[Office, str]) -> None:
    office, finding = case
    head, place = office.visit("H01"), f"/api/v1/findings/{finding}/corrections"
    offered = head.get(place).json()["items"]
    sent = body(office, finding)
    assert {
        "sequence": sent["sequence"],
        "fact": "served_on",
        "date": "2024-04-26",
        "withdraw": True,
    } in offered
    assert office.visit("C02").get(place).json() == {"items": []}

    first = head.post(place, sent, key="once")
    again = head.post(place, sent, key="once")

    assert (first.status_code, faults("finding_answer", first.json())) == (200, [])
    due = {
        one["term"]: one["due_effective"] for one in first.json()["deadlines"] if one["state"] == "running"
    }
    assert due["DL10"] == "2024-05-14"
    assert first.json()["decision"]["triggers"] == ["correct_date"]
    assert again.headers["Idempotent-Replay"] == "true"
    assert again.json()["decision"]["sequence_to"] == first.json()["decision"]["sequence_to"]


def test_the_last_step_is_withdrawn(case: tuple[Office, str]) -> None:
    office, finding = case
    sent = body(office, finding, date=None)

    answer = office.visit("U01").post(f"/api/v1/findings/{finding}/withdrawals", sent)

    assert (answer.status_code, faults("finding_answer", answer.json())) == (200, [])
    assert answer.json()["decision"]["triggers"] == ["withdraw_entry"]
    assert [one["state"] for one in answer.json()["proceedings"]] == ["ordered"]


@pytest.mark.parametrize(
    ("login", "changed", "status", "code", "pointers"),
    [
        ("H01", {"date": "2024-02-30"}, 422, "facts_invalid", {"/date"}),
        ("H01", {"date": "tomorrow"}, 422, "facts_invalid", {"/date"}),
        ("H01", {"date": 20240428}, 422, "facts_invalid", {"/date"}),
        ("H01", {"date": None}, 422, "facts_invalid", {"/date"}),
        ("H01", {"date": "2024-04-28T09:00:00+08:00"}, 422, "facts_invalid", {"/date"}),
        ("H01", {"date": "9999-01-01"}, 422, "facts_invalid", {"/date"}),
        ("H01", {"reason": " "}, 422, "facts_invalid", {"/reason"}),
        ("H01", {"reason": "字" * 2001}, 422, "facts_invalid", {"/reason"}),
        ("H01", {"reason": None, "sequence": None}, 422, "facts_invalid", {"/reason", "/sequence"}),
        ("H01", {"sequence": "7"}, 422, "facts_invalid", {"/sequence"}),
        ("H01", {"sequence": 999}, 422, "facts_invalid", {"/sequence"}),
        ("H01", {"sequence": -1}, 422, "facts_invalid", {"/sequence"}),
        ("H01", {"trigger": "serve_directly"}, 422, "facts_invalid", {"/trigger"}),
        ("H01", {"date": "2024-04-30"}, 422, "occurred_in_future", set()),
        ("H01", {"date": "2024-04-25"}, 422, "occurred_too_early", set()),
        ("H01", {"expected_version": 1}, 409, "stale_version", set()),
        ("C02", {}, 403, "not_yours", set()),
        ("S01", {}, 403, "not_yours", set()),
        ("F02", {}, 404, "not_found", set()),
        ("A01", {}, 404, "not_found", set()),
    ],
)
def test_what_is_wrong_is_told_and_changes_nothing(
    office: Office, login: str, changed: dict[str, Any], status: int, code: str, pointers: set[str]
) -> None:
    finding = put_to_work(office.town).correcting
    office.town.at("2024-04-29T09:00")
    sent, before = body(office, finding, **changed), office.town.row(finding)

    answer = office.visit(login).post(f"/api/v1/findings/{finding}/corrections", sent)

    told = answer.json()
    assert (answer.status_code, told["code"], faults("problem", told)) == (status, code, [])
    assert {one["pointer"] for one in told.get("errors", ())} == pointers
    assert office.town.row(finding) == before


def test_a_stranger_learns_nothing_and_a_key_is_needed(office: Office) -> None:
    finding = put_to_work(office.town).correcting
    place = f"/api/v1/findings/{finding}/corrections"

    assert office.stranger().get(place).status_code == 401
    assert office.stranger().post(place, json={}).status_code == 401
    assert office.visit("H01").get(f"{place}?all=1").json()["code"] == "parameter_invalid"
    assert office.visit("H01").get("/api/v1/findings/00000000-none/corrections").status_code == 404
