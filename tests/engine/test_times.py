"""When a step happened: never in the future, never before what it answers, not too late without a head."""

from __future__ import annotations

from datetime import datetime

import pytest

from engine.core.commands import Step, StepCommand
from tests.builders import OFFICERS, Town, refused

ORDER = {
    "facts_summary": "事实。",
    "clause": "食品安全法第五十五条",
    "basis_clause": "食品安全法第一百二十六条",
    "correction_requirements": "更换紫外线灯。",
    "deadline_type": "dated",
    "period_length": 10,
    "period_unit": "working_day",
    "officers": OFFICERS,
}
SERVED = {"officers": OFFICERS, "signer": "樊志远"}


def ordered(town: Town) -> tuple[str, str]:
    """A finding with an order waiting to be served."""
    finding = town.finding()
    town.steps(
        "W01",
        finding,
        Step(
            "open_rectification",
            None,
            {"legal_ground": "行政处罚法第二十八条", "urgent_ground": "on_the_spot"},
        ),
        Step("order", "@0", ORDER),
    )
    return finding, town.proceedings(finding)[0].id


def test_what_has_not_happened_cannot_be_recorded(sqlite_town: Town) -> None:
    finding, order = ordered(sqlite_town)

    refusal = refused(
        sqlite_town.step, "W01", finding, "serve_directly", order, served_on="2024-04-27", **SERVED
    )

    assert refusal.code == "occurred_in_future"


def test_service_does_not_lie_before_the_order(sqlite_town: Town) -> None:
    finding, order = ordered(sqlite_town)

    refusal = refused(
        sqlite_town.step, "W01", finding, "serve_directly", order, served_on="2024-04-25", **SERVED
    )

    assert refusal.code == "occurred_too_early"
    assert str(refusal.carries["not_before"]) == "2024-04-26"


def test_an_officer_enters_within_five_working_days(sqlite_town: Town) -> None:
    finding, order = ordered(sqlite_town)
    sqlite_town.at("2024-05-07T09:00")  # 28, 29, 30 April, 6 and 7 May

    sqlite_town.step("W01", finding, "serve_directly", order, served_on="2024-04-26", **SERVED)

    assert sqlite_town.proceedings(finding)[0].state == "correcting"


def test_later_than_that_a_head_enters_with_reasons(sqlite_town: Town) -> None:
    finding, order = ordered(sqlite_town)
    sqlite_town.at("2024-05-08T09:00")
    late = {"served_on": "2024-04-26", **SERVED}

    assert refused(sqlite_town.step, "W01", finding, "serve_directly", order, **late).code == "too_late_entry"
    without = refused(sqlite_town.step, "U01", finding, "serve_directly", order, **late)
    assert [error.pointer for error in without.errors] == ["/facts/late_reason"]
    sqlite_town.step("U01", finding, "serve_directly", order, **late, late_reason="送达回证晚归。")

    assert sqlite_town.proceedings(finding)[0].state == "correcting"


@pytest.mark.parametrize("trigger", ["register"])
def test_a_click_has_no_other_time(sqlite_town: Town, trigger: str) -> None:
    finding = sqlite_town.finding()
    facts = {"ledger_no": "1", "department": "market_regulation", "handler": "W01"}
    step = Step(trigger, None, facts, occurred_at=datetime.fromisoformat("2024-04-26T10:00:00+08:00"))

    refusal = refused(sqlite_town.handle, "W01", StepCommand("finding", finding, (step,)))

    assert [(error.pointer, error.code) for error in refusal.errors] == [("/occurred_at", "inconsistent")]


def test_the_time_given_lies_on_the_civil_date_of_the_act(sqlite_town: Town) -> None:
    finding, order = ordered(sqlite_town)
    given = datetime.fromisoformat("2024-04-25T23:00:00+08:00")
    step = Step("serve_directly", order, {"served_on": "2024-04-26", **SERVED}, occurred_at=given)

    refusal = refused(sqlite_town.handle, "W01", StepCommand("finding", finding, (step,)))

    assert [(error.pointer, error.code) for error in refusal.errors] == [("/occurred_at", "inconsistent")]
