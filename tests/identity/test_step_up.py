"""Grave acts ask for a fresh proof, and a proof gives another session."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from engine.core.commands import Step, StepCommand
from engine.identity.step_up import GRAVE
from engine.identity.visit import Visit
from tests.api.conftest import Browser, Office
from tests.identity.conftest import administrative, form_at, later
from tests.identity.test_changing_passwords import HERE, signed_in
from tests.identity.test_second_factor import code_of, enrolled
from tests.web.officer import PASSWORD
from tests.web.visitor import Visitor

LENT = {"delegator": "H01", "delegate": "U01", "from": "2024-05-06", "to": "2024-05-08", "reason": "leave"}


@pytest.fixture
def strict(office: Office) -> Iterator[None]:
    """The office asks for a proof that is not older than a quarter of an hour."""
    step_up = office.town.house.step_up
    before = step_up.office
    proving = replace(before.proving, proof_lasts=timedelta(minutes=15))
    object.__setattr__(step_up, "office", replace(before, proving=proving))
    yield
    object.__setattr__(step_up, "office", before)


def lend(browser: Browser) -> Any:
    """What lending one's roles answers."""
    return browser.post("/api/v1/delegations", LENT)


def step_up(browser: Browser, **proof: str) -> int:
    """The status of proving oneself again."""
    return browser.client.post(f"{HERE}/step-up", json=proof, headers=browser.csrf).status_code


def test_by_default_a_session_does_everything_for_as_long_as_it_lasts(office: Office) -> None:
    visit = Visit(office.town.who("H01"), "write", "x", office.town.house.clock.real_now())
    later(office, hours=11)
    office.town.house.step_up.check(visit, StepCommand("finding", "x", (Step("approve_close"),)))


def test_an_old_proof_does_not_carry_a_grave_act_and_a_fresh_one_does_under_another_id(
    office: Office, strict: None
) -> None:
    browser = signed_in(office, "H01")
    later(office, minutes=16)
    shut = lend(browser)
    assert (shut.status_code, shut.json()["code"]) == (401, "authentication_required")
    assert "step-up" in shut.json()["detail"]
    assert browser.get(HERE).status_code == 200, "reading goes on"
    old = dict(browser.client.cookies)
    assert step_up(browser, password="wrong") == 401
    assert step_up(browser, password=PASSWORD) == 204
    assert {old["bihuan_session"], old["bihuan_csrf"]}.isdisjoint(browser.client.cookies.values())
    assert lend(browser).status_code == 201
    thief = office.stranger()
    thief.cookies.set("bihuan_session", old["bihuan_session"])
    assert thief.get(HERE).status_code == 401
    assert {"login": "H01", "means": "password"} in administrative(office, "session.step_up")


def test_proving_again_takes_one_proof_and_its_own_session(office: Office) -> None:
    browser = signed_in(office, "C01")
    for body in ({}, {"password": "x", "code": "y"}):
        assert step_up(browser, **body) == 422
    assert browser.client.post(f"{HERE}/step-up", json={"password": PASSWORD}).status_code == 403
    assert [step_up(browser, password="x") for _ in range(11)] == [401] * 10 + [429]
    assert signed_in(office, "C01").get(HERE).status_code == 200, "others of the person go on"


def test_who_has_a_second_factor_proves_again_after_a_quarter_of_an_hour_by_code_too(office: Office) -> None:
    codes, _ = enrolled(office, "P01")
    browser = Browser(office.stranger(), office.keys)
    answer = browser.client.post(
        HERE, json={"login": "P01", "password": PASSWORD, "code": code_of(office, codes)}
    )
    assert answer.status_code == 204
    body = {"trigger": "approve_referral", "facts": {}, "expected_version": 0}
    path = "/api/v1/referrals/01921dbe-2475-7c6c-8fa0-64652fff9bed/steps"
    assert browser.post(path, body).status_code == 404
    later(office, minutes=16)
    assert browser.post(path, body).status_code == 401
    code = code_of(office, codes)
    assert step_up(browser, code=code) == 204
    assert browser.post(path, body).status_code == 404
    assert step_up(browser, code=code) == 401, "a code counts once"


def test_a_token_is_never_asked(office: Office, strict: None) -> None:
    visit = Visit(office.town.who("H01"), "write")
    office.town.house.step_up.check(visit, "confirm_proposal")


def test_what_was_filled_in_is_kept_while_the_page_asks_and_is_sent_on(office: Office, strict: None) -> None:
    person = Visitor.sign_in(office.app, "H01")
    person.get("/delegations")
    form = form_at(person, "/delegations")
    later(office, minutes=16)
    sent = {
        "delegator": "H01",
        "delegate": "U01",
        "from": "2024-06-03",
        "to": "2024-06-04",
        "reason": "leave",
    }
    asked = person.send(form, **sent, note="出差 <b>")
    assert asked.status_code == 200 and 'data-page="step_up"' in asked.text
    wrong = person.send(form_at(person, "/step-up"), password="wrong")
    assert wrong.status_code == 422 and 'data-problem="authentication_required"' in wrong.text
    on = person.send(form_at(person, "/step-up"), password=PASSWORD)
    assert on.status_code == 200 and 'data-page="step_up_done"' in on.text
    kept = form_at(person, "/delegations")
    assert kept.values["note"] == ["出差 <b>"] and "<b>" not in on.text
    assert kept.values["csrf"] == [person.client.cookies["bihuan_csrf"]] != form.values["csrf"]
    assert person.send(kept).status_code == 303


@pytest.mark.parametrize("next", ["//evil.example", "https://evil.example", "/\\evil.example"])
def test_proving_again_leads_nowhere_else(office: Office, next: str) -> None:
    person = Visitor.sign_in(office.app, "W01")
    person.get("/step-up")
    form = form_at(person, "/step-up")
    assert person.send(form, password=PASSWORD, next=next).headers["location"] == "/work"
    person.get("/step-up")
    on = person.send(form_at(person, "/step-up"), password=PASSWORD, action=next, kept='[["a", "b"], "x", 1]')
    assert "evil" not in on.text


def test_every_grave_row_is_known_to_some_chart(office: Office) -> None:
    charts = office.town.house.charts
    rows = [row for chart in charts.by_name.values() for row in chart.rows]
    assert [verb for verb in GRAVE.verbs if not any(row.trigger.startswith(verb) for row in rows)] == []
    assert GRAVE.heads <= set(charts.dictionary["roles"])


def test_a_role_that_must_have_a_second_factor_does_nothing_before_it_is_set_up(office: Office) -> None:
    prover = office.town.house.accounts.prover
    before = prover.office
    prover.office = replace(before, proving=replace(before.proving, second_factor_roles=("supervisor",)))
    try:
        browser = signed_in(office, "S01")
        shut = browser.get("/api/v1/findings")
        assert (shut.status_code, shut.json()["code"]) == (403, "not_yours")
        assert (
            Visitor.sign_in(office.app, "S01").get("/ledger").headers["location"].startswith("/account?next=")
        )
        enrolled(office, "S01")
        assert signed_in(office, "W02").get("/api/v1/findings").status_code == 200
    finally:
        prover.office = before
