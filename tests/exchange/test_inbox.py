"""Receipts move the chart once, and only those that are signed, whole and the sender's own."""

from __future__ import annotations

import hashlib
import json
from concurrent.futures import ThreadPoolExecutor

import pytest

from models import linked_reading, records
from tests.builders import refused
from tests.exchange.linked import ACCEPTED, CONCLUDED, FEEDBACK, HANDLER, RETURNED, SIGNED, Post, sent


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


def test_of_receipts_that_arrive_together_one_is_carried_out(linked, fire):
    finding, _, post = sent(linked, fire)
    event = fire.event("signed_for", post.message, **SIGNED)
    with ThreadPoolExecutor(8) as pool:
        told = sorted(answer.code for answer in pool.map(post.send, [event] * 8))
    assert told == ["duplicate"] * 7 + ["recorded"]
    assert len(linked.receipts(finding)) == 1
    with linked.town.house.database.read() as connection:
        taken = [one.trigger for one in records.entries_after_version(connection, finding, 0)]
    assert taken.count("receive") == 1


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
