"""What is hidden from whom, and what happened to a record."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from engine.core.audit import broken_at, commitment
from engine.core.commands import Principal
from engine.core.refusals import Refusal
from engine.reader import Reader
from models import records
from tests.reading.one_case import RESIDENT, case
from tests.reading.one_referral import referral as referral_of
from tests.reading.people import OFFICER, SUPERVISOR, person
from tests.reading.world import NOW, OFFICE, World
from tests.schemas import faults

Settle = Callable[[World], None]
TODAY = NOW.date()


def hidden(ask: Callable[..., Any], *more: Any) -> None:
    """The question is answered as if the record had never been."""
    with pytest.raises(Refusal) as refusal:
        ask(*more)
    assert (refusal.value.code, refusal.value.carries) == ("not_found", {})


def test_a_criminal_referral_leaves_no_trace_in_what_is_read(
    reader: Reader, world: World, settle: Settle
) -> None:
    party = world.party()
    inspection = world.inspection(party)
    finding = world.finding(inspection, party)
    settle(world)
    before = (reader.finding(OFFICER, finding), reader.ledger(OFFICER, {}), reader.deadlines(OFFICER, {}))
    referral = referral_of(world, finding, party, "suspected")
    settle(world)
    after = (reader.finding(OFFICER, finding), reader.ledger(OFFICER, {}), reader.deadlines(OFFICER, {}))
    assert after == before
    assert reader.findings(OFFICER, {"route": ["criminal_referral"]})["items"] == []
    hidden(reader.referrals.referral, OFFICER, referral)
    hidden(reader.referrals.referral, OFFICER, "no-such-id")


def test_what_belongs_to_another_department_or_to_no_role_is_not_found(
    reader: Reader, world: World, settle: Settle
) -> None:
    finding, inspection = case(world)
    settle(world)
    party = reader.party_of(OFFICER, finding)
    document = world.put(
        records.DOCUMENT,
        {
            "id": "document-1",
            "office_id": OFFICE,
            "record_id": finding,
            "proceeding_id": None,
            "sequence": 1,
            "kind": "rectification_notice",
            "doc_no": "原市监责改〔2026〕1号",
            "status": "issued",
            "digest": None,
            "issued_on": TODAY,
            "content": {},
        },
    )
    settle(world)
    digest = "sha256:" + "ab" * 32
    strangers = [
        person("F01", "inspector", department="fire_rescue"),
        person("A01", "system_admin"),
        person("B01", "security_admin"),
        person("X01"),
        Principal("yuanping-fire", "消防", frozenset({"linked_system"}), "market_regulation", kind="system"),
    ]
    for who in strangers:
        for ask in (reader.finding, reader.audit, reader.party_of):
            hidden(ask, who, finding)
        hidden(reader.inspection, who, inspection)
        hidden(reader.timeline, who, finding, {})
        hidden(reader.party, who, party)
        hidden(reader.attachment, who, finding, digest)
        hidden(reader.document, who, finding, document)
        for lists in (reader.findings, reader.inspections, reader.deadlines):
            assert lists(who, {})["items"] == []
        assert reader.ledger(who, {})["found"]["count"] == 0
        assert [group["count"] for group in reader.work(who, {})["groups"]] == [0, 0, 0, 0]
    for who in (OFFICER, SUPERVISOR, person("O01", "oversight_reader", department="justice")):
        assert reader.finding(who, finding)["id"] == finding
        assert reader.document(who, finding, document).doc_no == "原市监责改〔2026〕1号"
        assert reader.attachment(who, finding, digest) == (b"\xff\xd8\xff\xe0", "整改照片.jpg", "image/jpeg")
    hidden(reader.finding, OFFICER, "no-such-id")
    hidden(reader.document, OFFICER, finding, "no-such-document")
    hidden(reader.attachment, OFFICER, finding, "sha256:" + "00" * 32)


def test_a_document_without_its_file_is_not_found(reader: Reader, world: World, settle: Settle) -> None:
    finding, _ = case(world)
    row: dict[str, Any] = {
        "office_id": OFFICE,
        "record_id": finding,
        "proceeding_id": None,
        "sequence": 1,
        "kind": "rectification_notice",
        "doc_no": None,
        "digest": None,
        "issued_on": TODAY,
        "content": {},
    }
    for status in ("pending", "attached", "missing"):
        world.put(records.DOCUMENT, row | {"id": f"document-{status}", "status": status})
    settle(world)
    for status in ("pending", "attached", "missing"):
        hidden(reader.document, OFFICER, finding, f"document-{status}")
    shown = reader.timeline(OFFICER, finding, {})["items"][0]["documents"]
    assert {one["status"] for one in shown} == {"pending", "attached", "missing"}


def test_personal_particulars_are_for_the_department_only(
    reader: Reader, world: World, settle: Settle
) -> None:
    finding, _ = case(world)
    settle(world)
    party = reader.party_of(OFFICER, finding)
    inside, outside = reader.finding(OFFICER, finding)["party"], reader.finding(SUPERVISOR, finding)["party"]
    assert (inside["identifiers"], inside["phone"]) == ([RESIDENT], "0350-5550117")
    assert (outside["identifiers"], "phone" in outside) == (
        [{"scheme": "resident_id", "value": "***"}],
        False,
    )
    assert reader.party(OFFICER, party)["identifiers"] == [RESIDENT]
    assert "140981199001010018" not in str(reader.party(SUPERVISOR, party))
    assert faults("finding_answer", reader.finding(SUPERVISOR, finding)) == []


def with_history(world: World, facts: dict[str, Any]) -> str:
    """A finding with three entries, the second of which says these facts."""
    finding, _ = case(world)
    first = world.rows["entry"][-1]["hash"]
    second = world.entry(finding, 2, "finding", "register", "registered", NOW, first, facts, late=True)
    world.entry(finding, 3, "rectification", "order", "ordered", NOW, second)
    return finding


def test_a_timeline_tells_steps_in_order_page_by_page(reader: Reader, world: World, settle: Settle) -> None:
    finding = with_history(world, {"ledger_no": "原台〔2026〕0031", "party": {"identifiers": [RESIDENT]}})
    settle(world)
    page = reader.timeline(OFFICER, finding, {"limit": ["2"]})
    assert [(one["sequence"], one["title"], one["late"]) for one in page["items"]] == [
        (1, "记录发现问题", False),
        (2, "登记台账", True),
    ]
    assert page["items"][1]["facts"]["party"]["identifiers"] == [RESIDENT]
    assert page["next"] == 2
    rest = reader.timeline(OFFICER, finding, {"after": [str(page["next"])]})
    assert [(one["chart"], one["trigger"]) for one in rest["items"]] == [("rectification", "order")]
    assert rest["next"] is None
    shown = reader.timeline(SUPERVISOR, finding, {})["items"][1]["facts"]
    assert shown["party"]["identifiers"] == [{"scheme": "resident_id", "value": "***"}]
    with pytest.raises(Refusal) as refusal:
        reader.timeline(OFFICER, finding, {"after": ["-1"], "cursor": ["x"]})
    assert {error.pointer for error in refusal.value.errors} == {"/?after", "/?cursor"}


def test_the_audit_chain_can_be_checked_by_whoever_may_ask(
    reader: Reader, world: World, settle: Settle
) -> None:
    finding = with_history(world, {"party": {"identifiers": [RESIDENT]}})
    settle(world)
    chain = reader.audit(OFFICER, finding)
    assert [one["sequence"] for one in chain["entries"]] == [1, 2, 3]
    spoken = [one | {"record_id": finding, "proceeding_id": one["proceeding"]} for one in chain["entries"]]
    assert broken_at(spoken) is None
    assert chain["head"] == spoken[-1]["hash"]
    assert all(one["commitment"] == commitment(one["salt"], one["body"]) for one in chain["entries"])
    unread = reader.audit(person("E01", "audit_admin"), finding)
    assert {(one["salt"], one["body"]) for one in unread["entries"]} == {(None, None)}
    assert [one["hash"] for one in unread["entries"]] == [one["hash"] for one in chain["entries"]]
    overseen = reader.audit(SUPERVISOR, finding)
    assert [one["body"] is None for one in overseen["entries"]] == [False, True, False]
    hidden(reader.audit, person("E01", "audit_admin"), "no-such-id")
