"""Receipts move the chart once, wait when they are early, and are never thrown away."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import pytest

from engine.callers import ID_HEADER, SIGNATURE_HEADER, TIMESTAMP_HEADER
from engine.inbox import ReceiptAnswer
from models import linked_reading, records
from tests.builders import refused
from tests.exchange.linked import Linked
from tests.partner import MEDIA_TYPE, Partner

SIGNED = {"received_at": "2024-04-26T17:00:00+08:00", "signer": "值班员"}
HANDLER = {"name": "消防员", "department": "fire_rescue"}
ACCEPTED = {"case_no": "原消立〔2024〕3号", "accepted_on": "2024-04-26", "handler": HANDLER}
CONCLUDED = {
    "case_no": "原消立〔2024〕3号",
    "concluded_on": "2024-04-26",
    "result": "rectified",
    "text": "出口已清理。",
}
FEEDBACK = {"feedback_on": "2024-04-26", "text": "安全出口已清理。", "result": "rectified"}
RETURNED = {"reasons": "未附现场照片。", "returned_on": "2024-04-26", "missing": ["现场照片"]}


@pytest.fixture
def fire(linked: Linked) -> Partner:
    """The fire brigade's system, which pulls."""
    return linked.link("yuanping-fire", "fire_rescue")


class Post:
    """Hands receipts of a partner to the inbox without HTTP."""

    def __init__(self, linked: Linked, partner: Partner, message: Any) -> None:
        self.linked, self.partner, self.message = linked, partner, message

    def __call__(self, kind: str, _message: Any = None, **data: Any) -> ReceiptAnswer:
        return self.send(self.partner.event(kind, self.message, **data))

    def send(self, event: Any, timestamp: int | None = None, body: bytes | None = None) -> ReceiptAnswer:
        """The event, signed now."""
        raw = json.dumps(event, ensure_ascii=False).encode() if body is None else body
        said = str(timestamp if timestamp is not None else int(self.partner.now()))
        headers = {
            ID_HEADER: event["id"],
            TIMESTAMP_HEADER: said,
            SIGNATURE_HEADER: self.partner.key.sign(f"{event['id']}.{said}.".encode() + raw),
            "content-type": MEDIA_TYPE,
        }
        return self.linked.exchange.inbox.receive(self.partner.system, headers, raw)


def sent(linked: Linked, partner: Partner, **given: Any) -> tuple[str, str, Post]:
    """A finding, its transfer, and how the partner answers the letter."""
    finding, transfer = linked.sent(**given)
    return finding, transfer, Post(linked, partner, json.loads(linked.messages(finding)[-1].body))


def test_a_transfer_goes_out_and_comes_back_by_receipts(linked, fire):
    finding, transfer, post = sent(linked, fire)
    for kind, data, state in (
        ("signed_for", SIGNED, "received"),
        ("accepted", ACCEPTED, "accepted"),
        ("concluded", CONCLUDED, "concluded"),
        ("feedback", FEEDBACK, "fed_back"),
    ):
        told = post(kind, **data)
        assert (told.code, told.status) == ("recorded", 200)
        assert linked.state(finding) == state
    linked.town.step("C01", finding, "close", transfer)
    assert linked.state(finding) == "closed"
    assert [one.state for one in linked.receipts(finding)] == ["recorded"] * 4
    facts = linked.town.proceedings(finding)[0].record["facts"]
    assert facts["result_text"] == FEEDBACK["text"] and facts["case_no"] == CONCLUDED["case_no"]


def test_the_entry_names_the_system_that_took_the_step(linked, fire):
    finding, _, post = sent(linked, fire)
    post("signed_for", **SIGNED)
    with linked.town.house.database.read() as connection:
        entry = records.entries_after_version(connection, finding, 0)[-1]
    assert (entry.trigger, entry.by, entry.role) == ("receive", "system:yuanping-fire", "linked_system")


def test_the_same_receipt_again_has_no_second_effect(linked, fire):
    finding, _, post = sent(linked, fire)
    event = fire.event("signed_for", post.message, **SIGNED)
    assert post.send(event).code == "recorded"
    before = linked.town.row(finding).sequence
    assert post.send(event).code == "duplicate"
    assert linked.town.row(finding).sequence == before


def test_another_body_under_the_same_id_is_refused(linked, fire):
    finding, _, post = sent(linked, fire)
    event = fire.event("signed_for", post.message, **SIGNED)
    post.send(event)
    event["data"]["signer"] = "别人"
    assert refused(post.send, event).code == "key_reused"
    assert len(linked.receipts(finding)) == 1


@pytest.mark.parametrize("seconds", [-301, 301])
def test_a_stale_timestamp_is_refused_whatever_the_signature(linked, fire, seconds):
    _, _, post = sent(linked, fire)
    event = fire.event("signed_for", post.message, **SIGNED)
    assert refused(post.send, event, int(fire.now()) + seconds).code == "signature_expired"


def test_a_wrong_signature_and_an_unknown_system_are_refused_alike(linked, fire):
    finding, _, post = sent(linked, fire)
    event = fire.event("signed_for", post.message, **SIGNED)
    other = linked.link("yuanping-tax", "taxation")
    fire.key, right = other.key, fire.key
    assert refused(post.send, event).code == "signature_invalid"
    fire.key, fire.system = right, "yuanping-nobody"
    assert refused(post.send, event).code == "signature_invalid"
    assert linked.receipts(finding) == []


def test_a_message_to_somebody_else_cannot_be_answered(linked, fire):
    _, _, post = sent(linked, fire)
    tax = linked.link("yuanping-tax", "taxation")
    assert refused(Post(linked, tax, post.message), "signed_for", **SIGNED).code == "message_unknown"
    gone = {**post.message, "id": "01921dbe-2475-7c6c-8fa0-64652fff9bed"}
    assert refused(Post(linked, fire, gone), "signed_for", **SIGNED).code == "message_unknown"


@pytest.mark.parametrize(
    ("member", "value"),
    [("source", "/systems/yuanping-tax"), ("sender", "taxation"), ("recipient", "fire_rescue")],
)
def test_source_sender_and_recipient_must_be_the_right_ones(linked, fire, member, value):
    finding, _, post = sent(linked, fire)
    event = fire.event("signed_for", post.message, **SIGNED) | {member: value}
    refusal = refused(post.send, event)
    assert [(error.pointer, error.code) for error in refusal.errors] == [(f"/{member}", "inconsistent")]
    assert linked.receipts(finding) == []


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


def test_the_market_bureau_that_receives_verifies_in_fifteen_days_and_may_not_pass_it_on(linked):
    bureau = linked.link("xinzhou-market", "xinzhou_market_regulation")
    given = {"target_department": "xinzhou_market_regulation", "receiver_kind": "market_bureau"}
    finding, _, post = sent(linked, bureau, **given)
    post("signed_for", **SIGNED)
    handler = {**HANDLER, "department": "xinzhou_market_regulation"}
    post("accepted", **{**ACCEPTED, "handler": handler})
    assert "DL53" in {one.term for one in linked.town.deadlines(finding) if one.state == "running"}
    passed = {"to_organ": "消防救援大队", "forwarded_at": "2024-04-26T17:00:00+08:00", "reason": "消防事项"}
    refusal = refused(post, "forwarded", **passed)
    assert [reason.code for reason in refusal.reasons] == ["receiver_may_not_retransfer"]


def test_passing_on_names_the_department_or_the_receipt_is_refused_at_its_words(linked, fire):
    finding, _, post = sent(linked, fire)
    post("signed_for", **SIGNED)
    passed = {"to_organ": "应急管理局", "forwarded_at": "2024-04-26T17:00:00+08:00", "reason": "应急事项"}
    unknown = refused(post, "forwarded", **{**passed, "to_organ": "某局"})
    assert [error.pointer for error in unknown.errors] == ["/data/to_organ"]
    assert post("forwarded", **passed).code == "recorded"
    assert linked.town.proceedings(finding)[0].record["facts"]["designated"] == "emergency"


@pytest.mark.parametrize(
    ("said", "ground"),
    [
        ({"missing": ["现场照片"]}, "incomplete"),
        ({"missing": [], "suggested": "emergency"}, "no_jurisdiction"),
        ({}, "other"),
    ],
)
def test_the_ground_of_a_return_follows_from_what_the_receiver_says(sqlite_linked, said, ground):
    fire = sqlite_linked.link("yuanping-fire", "fire_rescue")
    finding, _, post = sent(sqlite_linked, fire)
    post("signed_for", **SIGNED)
    plain = {name: value for name, value in RETURNED.items() if name != "missing"}
    post("returned", **plain, **said)
    assert sqlite_linked.state(finding) == "returned"
    assert sqlite_linked.town.proceedings(finding)[0].record["facts"]["return_ground"] == ground


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


def tasks(linked: Linked, finding: str, kind: str) -> list[Any]:
    """The tasks of that kind about a finding."""
    with linked.town.house.database.read() as connection:
        return [one for one in linked_reading.notices_of(connection, finding) if one.kind == kind]


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


def test_a_copy_notice_is_acknowledged_and_answered_by_receipts(linked):
    tax = linked.link("yuanping-tax", "taxation", "copy_notice")
    town = linked.town
    finding = town.finding()
    town.step("C01", finding, "open_copy_notice", urgent_ground="danger", legal_ground="税收征收管理法")
    copy = town.proceedings(finding)[-1].id
    said = {"target_department": "taxation", "copy_purpose": "information", "facts_summary": "未开发票"}
    town.step("C01", finding, "propose_copy", copy, reply_needed=True, reply_by="2024-05-10", **said)
    town.step("H01", finding, "approve_copy", copy)
    town.step("D01", finding, "send", copy, sent_on="2024-04-26")
    post = Post(linked, tax, json.loads(linked.messages(finding)[-1].body))
    post("signed_for", **SIGNED)
    assert linked.state(finding) == "acknowledged"
    post("feedback", feedback_on="2024-04-26", text="已核实开票情况。")
    assert linked.state(finding) == "responded"
    refusal = refused(post, "returned", **RETURNED)
    assert [(error.pointer, error.code) for error in refusal.errors] == [("/type", "inconsistent")]


def test_a_body_that_is_kept_is_the_body_that_came(linked, fire):
    _, _, post = sent(linked, fire)
    event = fire.event("signed_for", post.message, **SIGNED)
    raw = json.dumps(event, ensure_ascii=False, indent=3).encode()
    post.send(event, body=raw)
    with linked.town.house.database.read() as connection:
        kept = linked_reading.receipt_row(connection, "yuanping-fire", event["id"])
    assert bytes(kept.body) == raw
    assert kept.digest == hashlib.sha256(raw).hexdigest()


@pytest.mark.parametrize("raw", [b"", b"{", b"[]", b'{"a":1,"a":2}', b"null", b'"x"', b"{}", b'{"type":7}'])
def test_bytes_that_are_no_receipt_are_refused_and_nothing_is_kept(sqlite_linked, raw):
    fire = sqlite_linked.link("yuanping-fire", "fire_rescue")
    finding, _, post = sent(sqlite_linked, fire)
    event = fire.event("signed_for", post.message, **SIGNED)
    assert refused(post.send, event, body=raw).code in ("body_malformed", "facts_invalid")
    assert sqlite_linked.receipts(finding) == []


def test_a_receipt_whose_clock_is_a_little_ahead_counts_as_now(linked, fire):
    finding, _, post = sent(linked, fire)
    post("signed_for", **{**SIGNED, "received_at": "2024-04-26T17:04:00+08:00"})
    assert linked.state(finding) == "received"


def test_a_decision_without_its_copy_does_not_close_the_transfer(linked, fire):
    finding, transfer, post = sent(linked, fire)
    for kind, data in (("signed_for", SIGNED), ("accepted", ACCEPTED)):
        post(kind, **data)
    post("concluded", **{**CONCLUDED, "result": "penalised"})
    post("feedback", **{**FEEDBACK, "result": "penalised"})
    refusal = refused(linked.town.step, "C01", finding, "close", transfer)
    assert [reason.code for reason in refusal.reasons] == ["reply_complete"]
