"""Dates that were entered wrongly and steps that did not happen: put right by a head, with all that follows from them."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from engine.auditing import verify
from engine.core.commands import CorrectionCommand, InspectionCommand, Outcome, Step
from engine.core.refusals import Refusal
from tests.builders import OFFICERS, Town, item, refused
from tests.engine.test_coming_in import body
from tests.engine.test_papers import papers_of
from tests.engine.test_penalty_papers import printed, verifying
from tests.engine.test_times import SERVED, ordered
from tests.referral_walk import FILED, led, opened

WHY = "送达回证载明的日期为准。"
CORRECTED = {"officers": OFFICERS, "conclusion": "corrected", "facts_summary": "已更换。"}


def put_right(
    town: Town, finding: str, trigger: str, to: str | None, by: str = "H01", reason: str = WHY, **more: Any
) -> Outcome:
    """The last step of that trigger has that date, or is withdrawn (None)."""
    entry = [one for one in told(town, finding) if one["trigger"] == trigger][-1]
    point = None if to is None else datetime.fromisoformat(to) if "T" in to else date.fromisoformat(to)
    version = town.row(finding).version
    asked = CorrectionCommand("finding", finding, entry["sequence"], point, reason, version, **more)
    return town.handle(by, asked)


def told(town: Town, finding: str) -> list[dict[str, Any]]:
    """The timeline of the finding."""
    return list(town.house.reader.timeline(town.who("H01"), finding, {"limit": ["200"]})["items"])


def clock(town: Town, finding: str, term: str) -> Any:
    """The last deadline of that term."""
    return [one for one in town.deadlines(finding) if one.term == term][-1]


def served(town: Town, on: str, at: str) -> tuple[str, str]:
    """A finding with an order of ten working days, served on that day as W01 entered at that time."""
    finding, order = ordered(town)
    town.at(at)
    town.step("W01", finding, "serve_directly", order, served_on=on, **SERVED)
    return finding, order


def reasons(refusal: Refusal) -> set[str]:
    return {one.code for one in refusal.reasons}


def test_a_corrected_service_moves_its_deadline_with_both_dates_and_the_reason(town: Town) -> None:
    finding, _ = served(town, "2024-04-28", "2024-04-29T10:00")
    before, version = clock(town, finding, "DL10"), town.row(finding).version

    outcome = put_right(town, finding, "serve_directly", "2024-04-29")

    after = clock(town, finding, "DL10")
    assert (before.due_effective, after.due_effective) == ("2024-05-14", "2024-05-15")
    assert after.id == before.id and after.spec["start"] == "2024-04-29"
    last = after.history[-1]
    assert (last["what"], last["from"], last["to"]) == ("recomputed", "2024-05-14", "2024-05-15")
    assert "2024-04-28 → 2024-04-29" in last["reason"] and WHY in last["reason"]
    assert (outcome.status, outcome.decision["version"]) == ("corrected", version + 1)
    entry = told(town, finding)[-1]
    assert (entry["trigger"], entry["title"], entry["facts"]["reason"]) == (
        "correct_date",
        "更正办理日期",
        WHY,
    )
    assert entry["facts"]["moved_entries"][0]["from"] == "2024-04-28"
    original = next(one for one in told(town, finding) if one["trigger"] == "serve_directly")
    assert original["facts"]["served_on"] == "2024-04-28", "nothing is overwritten"
    assert town.proceedings(finding)[0].record["facts"]["served_on"] == "2024-04-29"
    note = [one for one in papers_of(town, finding) if one.kind == "correction_note"][-1]
    assert "2024-04-28→2024-04-29" in printed(town, note) and WHY in printed(town, note)
    assert verify(town.house.database).faults == []


def test_what_was_really_late_stays_late_and_what_was_not_does_not(town: Town) -> None:
    finding, order = served(town, "2024-04-28", "2024-04-29T10:00")
    town.step("C02", finding, "report_done", order, reported_on="2024-04-28")
    due = date.fromisoformat(clock(town, finding, "DL12").due_effective)
    town.at(f"{due + timedelta(days=5)}T09:00")
    days = [f"{due + timedelta(days=n)}" for n in range(4)]
    town.step("C02", finding, "reinspect_corrected", order, reinspected_on=days[1], **CORRECTED)
    assert clock(town, finding, "DL12").state == "met_late"

    put_right(town, finding, "reinspect_corrected", days[2])
    assert clock(town, finding, "DL12").state == "met_late"
    put_right(town, finding, "reinspect_corrected", days[0])
    assert clock(town, finding, "DL12").state == "met"
    put_right(town, finding, "reinspect_corrected", days[1])
    assert clock(town, finding, "DL12").state == "met_late"
    put_right(town, finding, "report_done", "2024-04-29")

    last = clock(town, finding, "DL12")
    assert (last.state, last.due_effective > days[0]) == ("met", True)
    assert [one["what"] for one in last.history].count("recomputed") == 4


def test_a_period_that_the_clock_ended_too_early_runs_again(town: Town) -> None:
    finding, _ = served(town, "2024-04-26", "2024-04-29T10:00")
    town.at("2024-05-14T09:00")
    town.house.sweep.run()
    assert town.proceedings(finding)[0].state == "reinspection_due"

    put_right(town, finding, "serve_directly", "2024-04-29")

    assert town.proceedings(finding)[0].state == "correcting"
    assert (clock(town, finding, "DL10").state, clock(town, finding, "DL12").state) == (
        "running",
        "cancelled",
    )
    assert town.house.sweep.run().lapsed == 0
    town.at("2024-05-16T09:00")
    assert town.house.sweep.run().lapsed == 1
    assert town.proceedings(finding)[0].state == "reinspection_due"


def test_where_more_has_followed_on_the_clock_the_correction_is_refused_and_says_so(town: Town) -> None:
    finding, order = served(town, "2024-04-26", "2024-04-29T10:00")
    town.at("2024-05-14T09:00")
    town.house.sweep.run()
    found = {**CORRECTED, "conclusion": "not_corrected"}
    town.step("C02", finding, "reinspect_not_corrected", order, reinspected_on="2024-05-14", **found)
    before = town.deadlines(finding)

    refusal = refused(put_right, town, finding, "serve_directly", "2024-04-29")

    assert (refusal.code, reasons(refusal)) == ("step_shut", {"clock_went_on"})
    assert "DL10" in refusal.reasons[0].zh and "2024-05-15" in refusal.reasons[0].zh
    assert town.deadlines(finding) == before


def test_what_the_clock_did_at_the_end_of_an_announcement_moves_with_the_announcement(town: Town) -> None:
    finding, order = ordered(town)
    town.at("2024-04-28T10:00")
    announced = {"announced_on": "2024-04-28", "reason": "下落不明。", "announcement_channel": "公告栏"}
    town.step("C02", finding, "announce_service", order, **fitting(town, "announce_service", announced))
    for day in ("2024-05-29", "2024-06-03"):
        town.at(f"{day}T09:00")
        town.house.sweep.run()
    assert clock(town, finding, "DL10").spec["start"] == "2024-05-28"

    put_right(town, finding, "announce_service", "2024-04-27")

    assert clock(town, finding, "DL29.announcement").due_effective == "2024-05-27"
    assert clock(town, finding, "DL10").spec["start"] == "2024-05-27"
    entry = told(town, finding)[-1]
    assert len(entry["facts"]["moved_entries"]) == 2


def fitting(town: Town, trigger: str, facts: dict[str, Any]) -> dict[str, Any]:
    """Of these facts those that the row takes."""
    row = town.house.charts["rectification"].any_row(trigger)
    return {name: value for name, value in facts.items() if name in (*row.requires, *row.optional)}


def test_days_taken_out_of_a_period_follow_the_dates_of_the_test(town: Town) -> None:
    finding, case = verifying(town)
    kind = {"test_kind": "inspection"}
    town.at("2024-05-10T09:00")
    town.step("C02", finding, "start_test", case, **kind, testing_body="中心", started_on="2024-05-08")
    put_right(town, finding, "start_test", "2024-05-07")
    assert clock(town, finding, "DL20").spec["suspended"] == {"start_test": "2024-05-07"}
    town.at("2024-05-20T09:00")
    town.step("C02", finding, "end_test", case, **kind, ended_on="2024-05-17", result_text="不合格。")
    put_right(town, finding, "end_test", "2024-05-20")
    put_right(town, finding, "start_test", "2024-05-08")

    taken_out = clock(town, finding, "DL20").spec["excluded"]

    assert [(one["from"], one["to"]) for one in taken_out] == [("2024-05-08", "2024-05-20")]


def test_an_instant_is_corrected_to_an_instant(town: Town) -> None:
    finding, case = verifying(town)
    seized = {"officers": OFFICERS, "items_list": "底料。", "reason": "紧急。"}
    town.at("2024-04-26T19:00")
    instant = "2024-04-26T18:00:00+08:00"
    town.steps("C02", finding, Step("seize_on_spot", case, {**seized, "implemented_at": instant}))

    wrong = refused(put_right, town, finding, "seize_on_spot", "2024-04-26")
    put_right(town, finding, "seize_on_spot", "2024-04-26T18:30:00+08:00")

    assert [(one.pointer, one.code) for one in wrong.errors] == [("/date", "format")]
    assert clock(town, finding, "DL24").due_effective == "2024-04-27T18:30:00+08:00"


def test_a_step_that_did_not_happen_is_withdrawn_and_its_period_runs_on(town: Town) -> None:
    finding, order = served(town, "2024-04-28", "2024-04-29T10:00")
    town.at("2024-05-10T09:00")
    town.step("C02", finding, "reinspect_corrected", order, reinspected_on="2024-05-10", **CORRECTED)
    assert town.proceedings(finding)[0].state == "corrected"

    put_right(town, finding, "reinspect_corrected", None)

    assert town.proceedings(finding)[0].state == "correcting"
    last = clock(town, finding, "DL10")
    assert (last.state, last.settled_at) == ("running", None)
    assert "reinspected_on" not in town.proceedings(finding)[0].record["facts"]
    assert "撤回" in told(town, finding)[-1]["facts"]["corrections"]
    put_right(town, finding, "serve_directly", "2024-04-27")
    town.at("2024-05-14T09:00")
    assert town.house.sweep.run().lapsed == 1
    assert verify(town.house.database).faults == []


def test_only_the_last_step_is_withdrawn_and_none_that_went_out(town: Town) -> None:
    finding, order = served(town, "2024-04-28", "2024-04-29T10:00")
    town.step("C02", finding, "request_extension", order, applied_on="2024-04-29", reason="部件缺货。")

    assert reasons(refused(put_right, town, finding, "serve_directly", None)) == {"entry_followed"}
    assert reasons(refused(put_right, town, finding, "order", None)) >= {"entry_is_the_act"}
    put_right(town, finding, "request_extension", None)
    put_right(town, finding, "serve_directly", None)

    assert town.proceedings(finding)[0].state == "ordered"
    assert clock(town, finding, "DL10").state == "cancelled"
    assert clock(town, finding, "DL19").state == "running"


def test_the_end_of_an_inspection_that_is_sent_again_moves_its_publication(town: Town) -> None:
    sent = body(town, findings=[item(town)])
    inspection = town.handle("W01", InspectionCommand(sent)).id
    town.at("2024-04-28T09:00")
    earlier = "2024-04-24T17:00:00+08:00"
    found = {**item(town), "discovered_at": earlier}

    outcome = town.handle("W01", InspectionCommand({**sent, "finished_at": earlier, "findings": [found]}))

    assert outcome.status == "corrected"
    shown = town.house.reader.inspection(town.who("W01"), inspection)
    publication = next(one for one in shown["deadlines"] if one["term"] == "DL01")
    assert (publication["start"], publication["due_effective"]) == ("2024-04-24", "2024-05-23")
    assert publication["history"][-1]["what"] == "recomputed"


def test_a_date_of_a_criminal_referral_is_corrected_on_its_own_record(town: Town) -> None:
    finding = town.finding()
    referral = opened(town, finding)
    led(town, referral, *FILED[:-1])
    before, row = town.row(finding), town.referrals(finding)[-1]
    entry = next(
        one
        for one in town.house.reader.referrals.timeline(town.who("P01"), referral, {"limit": ["200"]})[
            "items"
        ]
        if one["trigger"] == "sign_receipt"
    )
    stated = datetime.fromisoformat(entry["facts"]["signed_at"])
    town.at("2024-04-27T09:00")
    wrong = CorrectionCommand("referral", referral, entry["sequence"], stated, WHY, row.version)
    later = stated.replace(hour=stated.hour + 1)
    asked = CorrectionCommand("referral", referral, entry["sequence"], later, WHY, row.version)

    hidden = refused(town.handle, "F02", asked)
    same = refused(town.handle, "P01", wrong)
    outcome = town.handle("P01", asked)

    assert (hidden.code, same.code, outcome.subject) == ("not_found", "facts_invalid", "referral")
    assert town.row(finding) == before, "the finding says nothing of it"
