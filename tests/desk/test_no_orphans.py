"""Nobody's case is forgotten: where nothing else runs, a clock does, or the sweep moves the case on."""

from __future__ import annotations

from typing import Any

import pytest

from engine.core.commands import IMPORTER, CarryCommand, Step
from engine.intake import CarriedFinding, CarriedInspection
from tests.builders import OFFICERS, PARTY, Town, item, refused
from tests.engine.test_steps import routed

CORRECTED_AT_ONCE = {
    "facts_summary": "已当场更换灯管。",
    "clause": "第三十三条",
    "correction_requirements": "更换灯管。",
    "officers": OFFICERS,
    "reinspected_on": "2024-04-26",
}
PUBLISHED = {"published_on": "2024-04-26", "publication_url": "https://www.gsxt.gov.cn/"}
WITHHELD = {"withhold_ground": "personal_privacy", "review_date": "2024-06-03"}


def an_old_record(finding: str, rectification: str) -> CarriedInspection:
    """An inspection of an old ledger with one finding and its rectification in these states."""
    said = {"stated_dates": None, "unknown_items": None, "source_line": 1}
    fields = {
        "domain": "food",
        "violation": "other",
        "item": "旧事项",
        "discovered_at": "2023-04-26T09:00:00+08:00",
    }
    under = ({"kind": "rectification", "present_state": rectification, "facts": {}},)
    one = CarriedFinding(1, "a/1/1", "f", fields, finding, None, None, 1, under)
    inspected = {
        "department": "market_regulation",
        "party": PARTY,
        "check_type": "internal",
        "result_codes": ["PENDING_FOLLOWUP"],
        "finished_at": "2023-04-26T09:00:00+08:00",
    }
    return CarriedInspection("a/1", "i", inspected, "published", findings=(one,), **said)


def running(town: Town, finding: str) -> list[str]:
    """The terms that run on the finding itself."""
    return [
        row.term for row in town.deadlines(finding) if row.state == "running" and row.proceeding_id is None
    ]


def closed_without_action(town: Town, inspection: str) -> str:
    """The id of the inspection's only finding, closed as not worth pursuing."""
    finding = town.findings_of(inspection)[0]
    register = {"ledger_no": "原台1", "department": "market_regulation", "handler": "W01"}
    town.step("W01", finding, "register", **register)
    town.step("C02", finding, "propose_no_action", no_action_ground="duplicate", reason="重复登记。")
    town.step("H01", finding, "approve_no_action", reason="同意。")
    town.step("U01", finding, "verify", verification_text="属实。", officer="U01")
    town.step("C02", finding, "propose_close", credit_result="不适用。")
    town.step("H01", finding, "approve_close")
    return finding


def test_an_approved_route_that_was_never_opened_runs_its_clock_when_all_others_are_done(town: Town) -> None:
    finding = routed(town, "rectification", "transfer")
    assert running(town, finding) == ["DL15"]
    town.step("C01", finding, "open_rectification", legal_ground="依据。")
    assert running(town, finding) == []

    town.step("W01", finding, "correct_on_spot", town.proceedings(finding)[0].id, **CORRECTED_AT_ONCE)

    assert (town.state(finding), running(town, finding)) == ("in_progress", ["DL15"])
    town.step("C01", finding, "open_transfer", legal_ground="依据。")
    assert running(town, finding) == []


def test_a_route_added_when_all_is_done_runs_the_clock_to_open_it(town: Town) -> None:
    finding = routed(town, "rectification")
    town.step("C01", finding, "open_rectification", legal_ground="依据。")
    town.step("W01", finding, "correct_on_spot", town.proceedings(finding)[0].id, **CORRECTED_AT_ONCE)

    town.step("H01", finding, "add_route", routes=["copy_notice"], legal_ground="依据。")

    assert running(town, finding) == ["DL15"]


def test_a_finding_reopened_without_any_proceeding_goes_on_to_verification(town: Town) -> None:
    inspection = town.inspect(item(town))
    town.on_inspection("W01", inspection, "propose_withholding", reason="涉及隐私。", **WITHHELD)
    town.on_inspection("H01", inspection, "approve_withholding", legal_ground="依据。", **WITHHELD)
    finding = closed_without_action(town, inspection)
    town.on_inspection("H01", inspection, "lift_withholding", reason="理由消失。")
    assert (town.state(finding), running(town, finding)) == ("in_progress", [])

    town.house.sweep.run()

    assert (town.state(finding), running(town, finding)) == ("awaiting_verification", ["DL16"])


def test_a_finding_that_waits_for_its_routes_costs_the_sweep_no_command(town: Town) -> None:
    finding = routed(town, "rectification", "transfer")
    town.step("C01", finding, "open_rectification", legal_ground="依据。")
    town.step("W01", finding, "correct_on_spot", town.proceedings(finding)[0].id, **CORRECTED_AT_ONCE)
    acts = town.house.desk.writer.acts

    swept = town.house.sweep.run()

    assert (swept.due, swept.lapsed, town.house.desk.writer.acts - acts) == (0, 0, 0)
    assert (town.state(finding), running(town, finding)) == ("in_progress", ["DL15"])


def test_the_sweep_looks_through_every_page_and_does_no_more_than_it_may(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.sweep.PAGE", 2)
    findings = []
    for number in range(5):
        finding = routed(town, "rectification")
        town.step("C01", finding, "open_rectification", legal_ground="依据。")
        town.step("W01", finding, "correct_on_spot", town.proceedings(finding)[0].id, **CORRECTED_AT_ONCE)
        if number == 1:
            town.step("H01", finding, "add_route", routes=["copy_notice"], legal_ground="依据。")
        findings.append(finding)

    first, second = town.house.sweep.run(3), town.house.sweep.run(3)

    assert ((first.lapsed, first.left), (second.lapsed, second.left)) == ((3, 1), (1, 0))
    assert [town.state(one) == "in_progress" for one in findings] == [False, True, False, False, False]


def test_a_request_to_reopen_does_not_run_on_the_date_of_an_earlier_order(town: Town) -> None:
    inspection = town.inspect(item(town))
    finding = town.findings_of(inspection)[0]
    ordered = {"requirement": "限期办结。", "due_on": "2024-04-30", "reason": "逾期。"}
    town.step("S01", finding, "order_supervision", **ordered)
    town.on_inspection("W01", inspection, "publish_result", **PUBLISHED)
    closed_without_action(town, inspection)
    assert running(town, finding) == []

    town.step("S01", finding, "request_reopening", reopen_ground="supervisor_request", reason="请复核。")

    assert running(town, finding) == []


def test_an_import_corrects_no_record_that_it_did_not_enter(town: Town) -> None:
    finding = town.finding()
    town.people["importer"] = IMPORTER
    said: dict[str, Any] = {
        "present_state": "closed",
        "source_name": "a.csv",
        "source_line": 1,
        "reason": "更正。",
    }

    refusal = refused(town.steps, "importer", finding, Step("correct_carry_over", None, said))

    assert [reason.code for reason in refusal.reasons] == ["not_counted_in_statistics"]
    assert town.state(finding) == "found"


def test_a_route_added_beside_an_urgent_proceeding_runs_its_clock(town: Town) -> None:
    finding = town.finding()
    urgent = {"legal_ground": "依据。", "urgent_ground": "on_the_spot"}
    town.step("W01", finding, "open_rectification", **urgent)
    town.step("W01", finding, "register", ledger_no="原台1", department="market_regulation", handler="W01")
    town.step("C02", finding, "propose_route", routes=["rectification"], legal_ground="依据。")
    checked = {"jurisdiction_checked": True, "limitation_checked": True}
    town.step("C02", finding, "confirm_route", routes=["rectification"], **checked)
    town.step("H01", finding, "approve_route", routes=["rectification"])
    assert (town.state(finding), running(town, finding)) == ("routed", [])

    town.step("H01", finding, "add_route", routes=["transfer"], legal_ground="依据。")

    assert running(town, finding) == ["DL15"]


def test_an_old_record_cannot_be_closed_with_something_open_under_it(town: Town) -> None:
    town.people["importer"] = IMPORTER
    old = an_old_record(finding="closed", rectification="correcting")

    refusal = refused(town.handle, "importer", CarryCommand(old, "a.csv"))

    assert [(error.pointer, error.code) for error in refusal.errors] == [
        ("/facts/present_state", "inconsistent")
    ]


def test_who_proposed_first_does_not_approve_after_another_proposed_again(town: Town) -> None:
    finding = town.finding()
    urgent = {"legal_ground": "依据。", "urgent_ground": "on_the_spot"}
    town.step("W01", finding, "open_rectification", **urgent)
    order = town.proceedings(finding)[0].id
    wanted = {"cancel_ground": "merged", "reason": "并入其他程序。"}
    town.step("C01", finding, "propose_cancel", order, **wanted)  # C01 is a case officer and a head
    town.step("C02", finding, "propose_cancel", order, **wanted)

    refusal = refused(town.step, "C01", finding, "approve_cancel", order, **wanted)

    assert refusal.code == "proposer_cannot_approve"
    town.step("H01", finding, "approve_cancel", order, **wanted)
