"""Receipts that come early, late or twice over: they wait, stand on the timeline, or become a task."""

from __future__ import annotations

import json
from types import SimpleNamespace

import pytest
from sqlalchemy import select

from engine.outbox import asked_for
from models import records
from tests.builders import refused
from tests.exchange.linked import ACCEPTED, CONCLUDED, FEEDBACK, RETURNED, SIGNED, Post, sent, tasks


def test_an_early_receipt_waits_and_is_carried_out_after_the_step_before_it(linked, fire):
    finding, _, post = sent(linked, fire)
    told = [post("feedback", **FEEDBACK), post("concluded", **CONCLUDED), post("accepted", **ACCEPTED)]
    assert {(one.code, one.status, one.waiting_for) for one in told} == {("parked", 202, "transfer.receive")}
    assert linked.state(finding) == "sent"
    post("signed_for", **SIGNED)
    assert linked.state(finding) == "fed_back"
    assert {one.state for one in linked.receipts(finding)} == {"recorded"}


def test_what_an_early_receipt_lacks_is_refused_while_its_sender_listens(linked, fire):
    finding, _, post = sent(linked, fire)
    blank = refused(post, "feedback", **{**FEEDBACK, "text": "  "})
    assert [(error.pointer, error.code) for error in blank.errors] == [("/data/text", "missing")]
    assert refused(post, "feedback", **{**FEEDBACK, "feedback_on": "2024-04-27"}).code == "occurred_in_future"
    assert linked.receipts(finding) == []


def test_accepted_without_signed_for_from_the_same_system_waits(linked, fire):
    finding, transfer, post = sent(linked, fire)
    linked.town.step("D01", finding, "receive", transfer, received_on="2024-04-26")
    assert post("accepted", **ACCEPTED).waiting_for == "transfer.receive"
    assert linked.state(finding) == "received"
    told = post("signed_for", **SIGNED)
    assert told.code == "recorded"
    assert linked.state(finding) == "accepted"
    assert sorted(one.state for one in linked.receipts(finding)) == ["noted", "recorded"]


def test_receipts_for_a_superseded_sending_are_noted_and_move_nothing(linked, fire):
    finding, transfer, post = sent(linked, fire)
    linked.town.step("D01", finding, "resend", transfer, sent_on="2024-04-26", reason="未签收")
    assert post("signed_for", **SIGNED).code == "recorded"
    assert linked.state(finding) == "sent"
    assert [one.state for one in linked.receipts(finding)] == ["noted"]
    first, second = linked.messages(finding)
    assert (first.answerable, second.answerable) == (False, True)
    assert json.loads(second.body)["data"]["resend_of"] == first.id


def test_a_parked_receipt_is_noted_when_its_sending_is_superseded(linked, fire):
    finding, transfer, post = sent(linked, fire)
    assert post("accepted", **ACCEPTED).code == "parked"
    linked.town.step("D01", finding, "resend", transfer, sent_on="2024-04-26", reason="未签收")
    assert [one.state for one in linked.receipts(finding)] == ["noted"]


def test_a_receipt_that_contradicts_the_record_becomes_a_task(linked, fire):
    finding, transfer, post = sent(linked, fire)
    post("signed_for", **SIGNED)
    assert post("concluded", **{**CONCLUDED, "concluded_on": "2024-04-26"}).code == "parked"
    post("returned", **RETURNED)
    linked.town.step("C01", finding, "propose_withdrawal", transfer, reason="查无此事")
    linked.town.step("H01", finding, "withdraw", transfer, reason="查无此事")
    states = {one.kind: one.state for one in linked.receipts(finding)}
    assert states == {"signed_for": "recorded", "concluded": "contradicts", "returned": "recorded"}
    assert [task.role for task in tasks(linked, finding, "receipt_contradictory")] == ["duty_clerk"]


def test_what_a_person_recorded_already_is_noted_when_the_receipt_comes(linked, fire):
    finding, transfer, post = sent(linked, fire)
    linked.town.step("D01", finding, "receive", transfer, received_on="2024-04-26")
    before = linked.town.row(finding).version
    assert post("signed_for", **SIGNED).code == "recorded"
    assert linked.state(finding) == "received"
    assert linked.town.row(finding).version == before
    assert [one.state for one in linked.receipts(finding)] == ["noted"]


def test_progress_that_the_conclusion_has_overtaken_contradicts_nothing(linked, fire):
    finding, _, post = sent(linked, fire)
    for kind, data in (("signed_for", SIGNED), ("accepted", ACCEPTED)):
        post(kind, **data)
    assert post("feedback", **{**FEEDBACK, "result": "in_progress"}).waiting_for == "transfer.start_handling"
    post("concluded", **CONCLUDED)
    states = [one.state for one in linked.receipts(finding) if one.kind == "feedback"]
    assert states == ["noted"]
    assert tasks(linked, finding, "receipt_contradictory") == []


def test_a_request_for_more_material_is_noted_and_told_to_the_officer(linked, fire):
    finding, _, post = sent(linked, fire)
    asked = {"asked_at": "2024-04-26T17:00:00+08:00", "missing": ["现场照片"]}
    assert post("supplement_asked", **asked).code == "recorded"
    assert linked.state(finding) == "sent"
    assert [task.role for task in tasks(linked, finding, "receipt_noted")] == ["case_officer"]


def test_a_phone_notice_asks_for_no_receipt_and_gets_its_note(linked, fire):
    town = linked.town
    finding = town.finding(violation="fire_exit_blocked", domain="fire")
    town.step("C01", finding, "open_transfer", urgent_ground="danger", legal_ground="消防法")
    transfer = town.proceedings(finding)[-1].id
    town.step(
        "W01",
        finding,
        "urgent_notice",
        transfer,
        target_department="fire_rescue",
        notified_on="2024-04-26",
        facts_summary="安全出口堵塞",
    )
    [message] = linked.messages(finding)
    assert (message.chart_name, message.answerable) == ("urgent_danger_notice", False)
    post = Post(linked, fire, json.loads(message.body))
    assert post("signed_for", **SIGNED).code == "recorded"
    assert (linked.state(finding), linked.receipts(finding)[0].state) == ("drafted", "noted")


def test_a_waiting_receipt_that_turns_out_impossible_blocks_nobody_and_becomes_a_task(linked, fire):
    finding, _, post = sent(linked, fire)
    assert post("accepted", **{**ACCEPTED, "accepted_on": "2024-04-25"}).code == "parked"
    assert post("signed_for", **SIGNED).code == "recorded"
    assert linked.state(finding) == "received"
    waited = next(one for one in linked.receipts(finding) if one.kind == "accepted")
    assert (waited.state, waited.waiting_for) == ("contradicts", "occurred_too_early")
    [task] = tasks(linked, finding, "receipt_contradictory")
    assert (task.role, task.department, task.detail["receipt"]) == (
        "duty_clerk",
        "market_regulation",
        waited.id,
    )


@pytest.mark.parametrize(("published_on", "confirmed"), [("2024-04-26", True), ("2024-04-25", False)])
def test_a_publication_receipt_confirms_or_contradicts_the_date_on_the_timeline(
    linked, published_on, confirmed
):
    publicity = linked.link("necips-shanxi", "market_regulation", "result_publication")
    inspection = linked.town.inspect(result_codes=["NO_PROBLEM"])
    published = {"published_on": "2024-04-26", "publication_url": "https://example.cn/1"}
    linked.town.on_inspection("W01", inspection, "publish_result", **published)
    page = linked.exchange.outbox.feed(
        SimpleNamespace(id="necips-shanxi", office_id="yuanping"), asked_for({})
    )
    [message] = page["items"]
    assert message["data"]["inspection"] == inspection
    said = {"publication": inspection, "published_on": published_on, "url": "https://example.cn/1"}
    assert Post(linked, publicity, message)("published", **said).code == "recorded"
    with linked.town.house.database.read() as connection:
        entry = records.entries_after_version(connection, inspection, 0)[-1]
        where = records.PAYLOAD.c.record_id == inspection, records.PAYLOAD.c.sequence == entry.sequence
        body = connection.execute(select(records.PAYLOAD.c.body).where(*where)).scalar_one()
    assert entry.trigger == "receipt"
    assert json.loads(body)["facts"]["confirmed"] is confirmed
