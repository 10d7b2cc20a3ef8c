"""The police and the procuratorate answer a referral through the inbox: rows move, early receipts wait, nothing leaks."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from models import exchange_reading, linked_reading, records
from tests.builders import Town, refused
from tests.exchange.linked import Linked, Post
from tests.partner import Partner
from tests.referral_walk import led, opened
from tests.schemas import example

ON = "2024-04-26"
SIGNED = {"received_at": "2024-04-26T17:00:00+08:00", "signer": "值班民警"}
FILED = {**example("receipt_filed")["data"], "filed_on": ON, "received_on": ON}
DECLINED = {**example("receipt_not_filed")["data"], "decided_on": ON, "received_on": ON}
COURT = {
    "case_no": "刑初1号",
    "result": "judged",
    "concluded_on": ON,
    "text": "判处罚金。",
    "criminal_fine_fen": 100_000,
}


def plain(data: dict[str, Any]) -> dict[str, Any]:
    """The data without what names another message or paper."""
    return {name: value for name, value in data.items() if name not in ("in_reply_to", "document")}


def state(town: Town, referral: str) -> str:
    """The state of the referral."""
    return str(
        next(one for one in town.referrals(town.referrals_finding(referral)) if one.id == referral).state
    )


@pytest.fixture
def answering(linked: Linked) -> tuple[Town, str, Post]:
    """A referral handed over, and how the police answer it."""
    town, police = linked.town, linked.link("yuanping-psb", "public_security")
    referral = opened(town, town.finding())
    led(town, referral, "form_team", "submit_report", "approve_referral", "hand_over")
    return town, referral, Post(linked, police, _last(town, police, "criminal_referral"))


def _last(town: Town, partner: Partner, kind: str) -> dict[str, Any]:
    with town.house.database.read() as connection:
        feed = exchange_reading.feed(connection, partner.system, "criminal", 0, 50)
    return next(town.house.desk.vault.said(row) for row in reversed(feed) if row.kind == kind)


def test_an_early_filing_waits_for_the_signing_and_then_moves_the_referral(
    answering: tuple[Town, str, Post],
) -> None:
    town, referral, post = answering

    early = post("filed", **plain(FILED))

    assert (early.code, early.waiting_for) == ("parked", "criminal_referral.sign_receipt")
    assert post("signed_for", **SIGNED).code == "recorded"
    assert state(town, referral) == "psb_filed"
    finding = town.referrals_finding(referral)
    with town.house.database.read() as connection:
        assert linked_reading.receipts_of(connection, finding) == []
        assert linked_reading.notices_of(connection, finding) == []


def test_a_receipt_a_person_did_not_wait_for_is_tried_after_the_step(
    answering: tuple[Town, str, Post],
) -> None:
    town, referral, post = answering
    post("filed", **plain(FILED))

    led(town, referral, "sign_receipt")

    assert state(town, referral) in ("psb_reviewing", "psb_filed")
    post("signed_for", **SIGNED)
    assert state(town, referral) == "psb_filed"


def test_the_police_decline_and_a_court_fines(answering: tuple[Town, str, Post]) -> None:
    town, referral, post = answering
    post("signed_for", **SIGNED)
    assert post("not_filed", **plain(DECLINED)).code == "recorded"
    assert state(town, referral) == "psb_declined"
    led(town, referral, "psb_file", "confirm_no_items")

    assert post("concluded", **COURT).code == "recorded"

    assert state(town, referral) == "result_court_fine"
    row = town.referrals(town.referrals_finding(referral))[-1]
    assert row.record["facts"]["court_fine_fen"] == 100_000


def test_a_receipt_that_contradicts_the_referral_is_told_there_and_nowhere_else(
    answering: tuple[Town, str, Post],
) -> None:
    town, referral, post = answering
    post("signed_for", **SIGNED)
    post("filed", **plain(FILED))

    led(town, referral, "confirm_no_items")
    post("concluded", **COURT)

    assert post("not_filed", **plain(DECLINED)).code == "parked"

    assert state(town, referral) == "result_court_fine"
    told = town.house.reader.referrals.timeline(town.people["P01"], referral, {})["items"]
    [entry] = [one for one in told if one["trigger"] == "receipt_contradictory"]
    assert entry["facts"]["receipt_kind"] == "not_filed" and "矛盾" in entry["facts"]["requirement"]
    with town.house.database.read() as connection:
        kinds = set(connection.execute(select(records.NOTICE.c.kind)).scalars())
    assert "receipt_contradictory" not in kinds, "a notice of no finding is shown to nobody"


def test_another_system_cannot_answer_it(answering: tuple[Town, str, Post], linked: Linked) -> None:
    town, referral, post = answering
    stranger = Post(linked, linked.link("yuanping-tax", "taxation"), post.message)

    assert refused(stranger, "signed_for", **SIGNED).code == "message_unknown"
    assert state(town, referral) == "handed_over"
