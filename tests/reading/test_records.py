"""One finding, one inspection, its deadlines, its history: shapes of the contract, and what is hidden."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from engine.core.audit import broken_at, commitment
from engine.core.commands import Principal
from engine.core.refusals import Refusal
from engine.projections.basis import basis_of
from engine.projections.sources import Sources
from engine.reader import Reader
from models import records
from tests.reading.contract import faults
from tests.reading.world import NOW, OFFICE, OFFICER, SUPERVISOR, World, ids, person

Settle = Callable[[World], None]
TODAY = NOW.date()
RESIDENT = {"scheme": "resident_id", "value": "140981199001010018"}
RULING = {
    "on": "2026-11-20",
    "rulebook_version": "yuanping-2026.1",
    "fired": ["R01"],
    "suppressed": [],
    "open": [],
    "routes": ["rectification", "criminal_referral"],
    "flags": ["abnormal_list"],
    "shut": ["fine"],
    "to": [],
    "notes": [],
    "urgent": False,
    "rectify_first": "required",
    "rules": [],
    "agreed": True,
    "pending_check": [],
    "credit": None,
}


def case(world: World, **more: Any) -> tuple[str, str]:
    """A finding with a rectification under way and everything an answer can hold; its inspection."""
    party = world.party(
        "原平市樊志远小吃店", kind="natural_person", identifiers=[RESIDENT], phone="0350-5550117"
    )
    inspection = world.inspection(party)
    record = {
        "facts": {"facts_summary": "补充：操作人员未更换工作服。"},
        "rule_facts": {"domain": "food", "item_class": "general", "criminal_outcome": "none"},
        "registers": {"handler": {"name": "弓晓燕", "certificate_no": "晋H0981-0127", "login": "W01"}},
    }
    finding = world.finding(
        inspection,
        party,
        record=record,
        rulings=[RULING],
        dues=[TODAY - timedelta(days=1)],
        supervised=True,
        **more,
    )
    order = {
        "facts": {
            "length": 10,
            "unit": "working_day",
            "served_on": "2026-11-20",
            "reason": "略",
            "officers": [],
        }
    }
    proceeding = world.proceeding(finding, state="reported", record=order)
    due = TODAY + timedelta(days=9)
    world.deadline(
        inspection, due, finding=finding, proceeding_id=proceeding, term="DL10", nature="statutory"
    )
    world.deadline(inspection, TODAY + timedelta(days=25), term="DL01", nature="statutory")
    world.put(
        records.ATTACHMENT,
        {
            "finding_id": finding,
            "digest": "sha256:" + "ab" * 32,
            "office_id": OFFICE,
            "name": "整改照片.jpg",
            "media_type": "image/jpeg",
            "size": 4,
            "title": "整改照片",
            "doc_no": None,
            "recorded_at": NOW,
            "recorded_by": "W01",
            "content": b"\xff\xd8\xff\xe0",
        },
    )
    return finding, inspection


def hidden(ask: Callable[..., Any], *more: Any) -> None:
    """The question is answered as if the record had never been."""
    with pytest.raises(Refusal) as refusal:
        ask(*more)
    assert (refusal.value.code, refusal.value.carries) == ("not_found", {})


def test_a_finding_answers_as_the_contract_says(reader: Reader, world: World, settle: Settle) -> None:
    finding, inspection = case(world)
    settle(world)
    answer = reader.finding(OFFICER, finding)
    assert faults("finding_answer", answer) == []
    assert answer["marks"] == ["supervised", "overdue"]
    assert (answer["light"], answer["owner_role"], answer["clock"]) == ("overdue", "case_officer", "test")
    assert answer["facts"] == {"domain": "food", "item_class": "general"}
    assert answer["facts_summary"] == "补充：操作人员未更换工作服。"
    assert (answer["routes"], answer["flags"], answer["shut"]) == (
        ["rectification"],
        ["abnormal_list"],
        ["fine"],
    )
    (proceeding,) = answer["proceedings"]
    assert (proceeding["title"], proceeding["class"]) == ("责令改正", "open")
    assert proceeding["summary"] == {"length": 10, "unit": "working_day", "served_on": "2026-11-20"}
    assert {one["term"]: one["owner_role"] for one in answer["deadlines"]} == {
        "DL14": "case_officer",
        "DL10": "inspector",
    }
    assert answer["inspection"] == inspection
    assert answer["attachments"][0]["name"] == "整改照片.jpg"


def test_routes_are_the_approved_ones_once_approved(reader: Reader, world: World, settle: Settle) -> None:
    party = world.party()
    record = {"facts": {}, "registers": {"approved_routes": ["transfer", "criminal_referral"]}}
    approved = world.finding(world.inspection(party), party, record=record, rulings=[RULING])
    dropped = world.finding(
        world.inspection(party), party, record={"registers": {"approved_routes": []}}, rulings=[RULING]
    )
    settle(world)
    assert reader.finding(OFFICER, approved)["routes"] == ["transfer"]
    assert reader.finding(OFFICER, dropped)["routes"] == []


def test_only_deadlines_that_count_mark_a_finding_overdue(
    reader: Reader, world: World, settle: Settle
) -> None:
    party = world.party()
    carried = world.finding(
        world.inspection(party), party, dues=[TODAY - timedelta(days=2)], counted=False, carried=True
    )
    settle(world)
    answer = reader.finding(OFFICER, carried)
    assert (answer["light"], answer["marks"]) == ("overdue", [])
    assert reader.findings(OFFICER, {})["items"][0]["marks"] == []


def test_an_inspection_answers_as_the_contract_says(reader: Reader, world: World, settle: Settle) -> None:
    finding, inspection = case(world)
    settle(world)
    answer = reader.inspection(OFFICER, inspection)
    said = {name: answer.pop(name) for name in ("steps", "version", "sequence", "state")}
    assert faults("inspection_answer", answer) == []
    assert said == {"steps": [], "version": 1, "sequence": 1, "state": "recorded"}
    assert answer["findings"] == [
        {"id": finding, "state": "in_progress", "href": f"/api/v1/findings/{finding}"}
    ]
    assert [(one["term"], one["finding"]) for one in answer["deadlines"]] == [("DL01", finding)]
    assert answer["closed"] is False


def test_an_inspection_is_closed_when_its_result_is_out_and_every_finding_closed(
    reader: Reader, world: World, settle: Settle
) -> None:
    party = world.party()
    done = world.inspection(party, state="published", published_on=TODAY)
    world.finding(done, party, state="closed")
    waiting = world.inspection(party, state="published", published_on=TODAY)
    world.finding(waiting, party, state="verified", department="fire_rescue")
    unpublished = world.inspection(party)
    settle(world)
    assert [reader.inspection(OFFICER, id)["closed"] for id in (done, waiting, unpublished)] == [
        True,
        False,
        False,
    ]


def test_deadlines_come_soonest_first_with_their_law(reader: Reader, world: World, settle: Settle) -> None:
    finding, _ = case(world)
    settle(world)
    answer = reader.deadlines(OFFICER, {})
    assert faults("deadline_answer", answer) == []
    assert [(one["term"], one["light"], one["finding"]) for one in answer["items"]] == [
        ("DL14", "overdue", finding),
        ("DL10", "green", finding),
        ("DL01", "green", finding),
    ]
    assert answer["items"][1]["basis"] == {
        "title": "行政处罚法",
        "article": "第二十八条",
        "mark": "V[S01]",
        "text": "行政处罚法 Art 28 (no fixed length); sector laws",
    }
    first = reader.deadlines(OFFICER, {"limit": ["2"]})
    rest = reader.deadlines(OFFICER, {"limit": ["2"], "cursor": [first["next"]]})
    assert ids(first["items"]) + ids(rest["items"]) == ids(answer["items"])
    assert rest["next"] is None
    for query, terms in (
        ({"light": ["overdue"]}, ["DL14"]),
        ({"light": ["overdue", "green"]}, ["DL14", "DL10", "DL01"]),
        ({"before": [TODAY.isoformat()]}, ["DL14"]),
        ({"term": ["DL10"]}, ["DL10"]),
        ({"nature": ["statutory"]}, ["DL10", "DL01"]),
        ({"department": ["fire_rescue"]}, []),
    ):
        assert [one["term"] for one in reader.deadlines(OFFICER, query)["items"]] == terms, query
    with pytest.raises(Refusal) as refusal:
        reader.deadlines(OFFICER, {"light": ["none"], "term": ["DL999"], "state": ["met"]})
    assert {(error.pointer, error.code) for error in refusal.value.errors} == {
        ("/?light", "vocabulary"),
        ("/?term", "vocabulary"),
        ("/?state", "unknown_field"),
    }


def test_a_deadline_of_an_inspection_without_findings_names_the_inspection(
    reader: Reader, world: World, settle: Settle
) -> None:
    inspection = world.inspection(world.party())
    world.deadline(inspection, TODAY, term="DL01", nature="statutory")
    settle(world)
    (one,) = reader.deadlines(OFFICER, {})["items"]
    assert (one["finding"], one["light"], one["owner_role"]) == (inspection, "red", "inspector")


def test_a_criminal_referral_leaves_no_trace_in_what_is_read(
    reader: Reader, world: World, settle: Settle
) -> None:
    party = world.party()
    inspection = world.inspection(party)
    finding = world.finding(inspection, party)
    settle(world)
    before = (reader.finding(OFFICER, finding), reader.ledger(OFFICER, {}), reader.deadlines(OFFICER, {}))
    referral = world.proceeding(finding, "criminal_referral", "suspected")
    world.deadline(inspection, TODAY, finding=finding, proceeding_id=referral, term="DL60")
    settle(world)
    after = (reader.finding(OFFICER, finding), reader.ledger(OFFICER, {}), reader.deadlines(OFFICER, {}))
    assert after == before
    assert reader.findings(OFFICER, {"route": ["criminal_referral"]})["items"] == []


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


def test_a_party_shows_its_findings_as_far_as_they_are_seen(
    reader: Reader, world: World, settle: Settle
) -> None:
    party, other = world.party("原平市丙店"), world.party()
    inspection = world.inspection(party)
    mine = world.finding(inspection, party)
    world.finding(inspection, party, department="fire_rescue")
    world.finding(inspection, other)
    settle(world)
    answer = reader.party(OFFICER, party)
    assert (answer["name"], ids(answer["findings"]), answer["next"]) == ("原平市丙店", [mine], None)
    assert (answer["penalties"], answer["flags"]) == ([], [])


def test_every_term_of_the_house_states_its_law_or_that_there_is_none(sources: Sources) -> None:
    bases = {id: basis_of(term.basis, term.mark) for id, term in sources.terms.items()}
    assert bases["DL12"] is None
    for id, basis in bases.items():
        if basis is not None:
            assert basis["title"] and basis["article"] and basis["text"] == sources.terms[id].basis
    assert bases["DL14"] == {
        "title": "seed: 及时…后续监管衔接 (no figure)",
        "article": "未列条号",
        "mark": "PRACTICE",
        "text": "seed: 及时…后续监管衔接 (no figure)",
    }
