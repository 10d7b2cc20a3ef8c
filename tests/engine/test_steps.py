"""Steps stand or fall together; refusals come in the order of the contract and change nothing."""

from __future__ import annotations

from typing import Any

import pytest

from engine.core.commands import Step, StepCommand
from tests.builders import OFFICERS, Town, refused
from tests.engine.test_times import ORDER, SERVED, ordered


def routed(town: Town, *routes: str) -> str:
    """A finding whose routes are approved."""
    finding = town.finding()
    town.step("W01", finding, "register", ledger_no="原台1", department="market_regulation", handler="W01")
    town.step("C02", finding, "propose_route", routes=list(routes), legal_ground="行政处罚法第二十八条")
    checked = {"jurisdiction_checked": True, "limitation_checked": True}
    town.step("C02", finding, "confirm_route", routes=list(routes), **checked)
    town.step("H01", finding, "approve_route", routes=list(routes))
    return finding


def test_three_steps_raise_the_version_by_one_and_leave_three_entries(town: Town) -> None:
    finding = town.finding()
    before = town.row(finding)

    outcome = town.steps(
        "W01",
        finding,
        Step("open_rectification", None, {"legal_ground": "依据。", "urgent_ground": "on_the_spot"}),
        Step("order", "@0", ORDER),
        Step("serve_directly", "@0", {"served_on": "2024-04-26", **SERVED}),
    )

    after = town.row(finding)
    assert (after.version, after.sequence) == (before.version + 1, before.sequence + 3)
    assert outcome.decision["triggers"] == ["open_rectification", "order", "serve_directly"]


def test_of_several_steps_one_refused_keeps_none(town: Town) -> None:
    finding = town.finding()
    before = town.row(finding)

    refusal = refused(
        town.steps,
        "W01",
        finding,
        Step("open_rectification", None, {"legal_ground": "依据。", "urgent_ground": "on_the_spot"}),
        Step("order", "@0", {**ORDER, "period_length": "ten"}),
    )

    assert [(error.pointer, error.code) for error in refusal.errors] == [
        ("/steps/1/facts/period_length", "type")
    ]
    assert tuple(town.row(finding)) == tuple(before)
    assert town.proceedings(finding) == []


def test_a_stale_version_is_told_before_the_facts_are_looked_at(town: Town) -> None:
    finding = town.finding()
    town.step("W01", finding, "register", ledger_no="原台1", department="market_regulation", handler="W01")

    stale = StepCommand(
        "finding", finding, (Step("propose_route", None, {"nonsense": 1}),), expected_version=1
    )
    refusal = refused(town.handle, "C01", stale)

    assert refusal.code == "stale_version"
    assert [one["trigger"] for one in refusal.carries["happened"]] == ["register"]
    assert refusal.carries["happened"][0]["by"] == "姓名W01"


def test_who_has_no_such_role_is_told_who_has(town: Town) -> None:
    finding = town.finding()

    refusal = refused(
        town.step, "H01", finding, "register", ledger_no="1", department="market_regulation", handler="W01"
    )

    assert (refusal.code, refusal.reasons[0].code) == ("not_yours", "role_not_allowed")
    assert refusal.carries["roles"] == ["inspector", "case_officer"]


@pytest.mark.parametrize("login", ["F01", "A01", "E01"])
def test_what_is_not_theirs_does_not_exist_for_them(town: Town, login: str) -> None:
    finding = town.finding()

    refusal = refused(
        town.step, login, finding, "register", ledger_no="1", department="fire_rescue", handler="F01"
    )

    assert refusal.code == "not_found"


def test_the_lead_office_supervises_and_decides_nothing(town: Town) -> None:
    finding = town.finding()
    ordered_so = {"requirement": "限期办结。", "due_on": "2024-05-10", "reason": "逾期。"}

    town.step("S01", finding, "order_supervision", **ordered_so)

    assert town.row(finding).supervised
    refusal = refused(
        town.step, "S01", finding, "register", ledger_no="1", department="market_regulation", handler="W01"
    )
    assert refusal.reasons[0].code == "role_not_allowed"


def test_an_unknown_trigger_is_told_apart_from_a_shut_one(town: Town) -> None:
    finding = town.finding()

    assert refused(town.step, "C01", finding, "no_such_trigger").code == "unknown_trigger"
    assert refused(town.step, "C01", finding, "form_team").code == "unknown_trigger", "another record's row"
    shut = refused(town.step, "C01", finding, "approve_route", routes=["rectification"])
    assert (shut.code, shut.reasons[0].code) == ("step_shut", "no_such_step")


def test_an_approved_route_that_nobody_opened_keeps_the_finding_from_closing(town: Town) -> None:
    finding = routed(town, "penalty", "rectification")

    town.step("C01", finding, "open_rectification", legal_ground="依据。")
    order = town.proceedings(finding)[0].id
    town.steps("C01", finding, Step("order", order, ORDER))
    town.steps("W01", finding, Step("serve_directly", order, {"served_on": "2024-04-26", **SERVED}))
    done = {
        "officers": OFFICERS,
        "reinspected_on": "2024-04-26",
        "conclusion": "corrected",
        "facts_summary": "已改。",
    }
    town.step("W01", finding, "reinspect_corrected", order, **done)

    refusal = refused(town.step, "C01", finding, "proceedings_done")
    assert refusal.reasons[0].code == "all_proceedings_done"


def test_the_kind_must_be_among_the_approved_routes(town: Town) -> None:
    finding = routed(town, "rectification")

    refusal = refused(town.step, "C01", finding, "open_transfer", legal_ground="依据。")

    assert refusal.reasons[0].code == "kind_in_approved_routes"


@pytest.mark.parametrize(
    ("facts", "pointer", "code"),
    [
        ({}, "/facts/ledger_no", "missing"),
        ({"ledger_no": 5}, "/facts/ledger_no", "type"),
        ({"ledger_no": "   "}, "/facts/ledger_no", "missing"),
        ({"ledger_no": "x" * 2001}, "/facts/ledger_no", "range"),
        ({"ledger_no": "a\x00b"}, "/facts/ledger_no", "format"),
        ({"department": "no_such"}, "/facts/department", "vocabulary"),
        ({"handler": "nobody"}, "/facts/handler", "vocabulary"),
        ({"handler": {"name": "甲"}}, "/facts/handler/certificate_no", "missing"),
        ({"handler": 7}, "/facts/handler", "type"),
        ({"surprise": 1}, "/facts/surprise", "unknown_field"),
        ({"a/b~c": 1}, "/facts/a~1b~0c", "unknown_field"),
    ],
)
def test_wrong_facts_are_pointed_at(
    sqlite_town: Town, facts: dict[str, Any], pointer: str, code: str
) -> None:
    finding = sqlite_town.finding()
    right = {"ledger_no": "1", "department": "market_regulation", "handler": "W01"}
    given = facts if facts == {} else {**right, **facts}

    refusal = refused(sqlite_town.step, "W01", finding, "register", **given)

    assert refusal.code == "facts_invalid"
    assert (pointer, code) in [(error.pointer, error.code) for error in refusal.errors]


def test_a_paper_that_was_not_handed_in_cannot_be_named(sqlite_town: Town) -> None:
    finding, order = ordered(sqlite_town)
    paper = {"digest": "sha256:" + "0" * 64}

    refusal = refused(
        sqlite_town.step,
        "W01",
        finding,
        "serve_directly",
        order,
        served_on="2024-04-26",
        service_receipt=paper,
        **SERVED,
    )

    assert refusal.code == "document_unknown"


def test_one_officer_is_not_two(sqlite_town: Town) -> None:
    finding, order = ordered(sqlite_town)
    twice = {**SERVED, "officers": ["W01", "w01"]}
    sqlite_town.step("W01", finding, "serve_directly", order, served_on="2024-04-26", **SERVED)
    sqlite_town.step("C01", finding, "report_done", order, reported_on="2024-04-26")

    again = {"reinspected_on": "2024-04-26", "conclusion": "corrected", "facts_summary": "已改。"}
    refusal = refused(
        sqlite_town.step, "W01", finding, "reinspect_corrected", order, officers=twice["officers"], **again
    )

    assert (refusal.code, refusal.reasons[0].code) == ("step_shut", "two_officers")


def test_an_extension_lies_after_the_term_and_is_approved_by_another(town: Town) -> None:
    finding, order = ordered(town)
    town.step("W01", finding, "serve_directly", order, served_on="2024-04-26", **SERVED)

    early = refused(
        town.step, "C01", finding, "propose_extension", order, new_due_on="2024-05-13", reason="设备未到。"
    )
    assert [(error.pointer, error.code) for error in early.errors] == [("/facts/new_due_on", "range")]
    town.step("C01", finding, "propose_extension", order, new_due_on="2024-05-20", reason="设备未到。")
    own = refused(
        town.step, "C01", finding, "approve_extension", order, new_due_on="2024-05-20", reason="同意。"
    )
    assert own.code == "proposer_cannot_approve"
    town.step("H01", finding, "approve_extension", order, new_due_on="2024-05-20", reason="同意。")

    due = [row for row in town.deadlines(finding) if row.term == "DL10"]
    assert [(row.due_effective, [one["what"] for one in row.history]) for row in due] == [
        ("2024-05-20", ["opened", "extended"])
    ]
