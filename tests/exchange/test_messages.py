"""Messages say what the contract's schemas ask, however little is known."""

from datetime import datetime
from typing import Any

import pytest

from engine.core.envelope import message_event
from engine.core.messages import REMINDER, ROUTES, compose
from tests.schemas import contract, example, faults

PERSON = {"name": "弓晓燕", "department": "market_regulation", "title": "科长"}
LETTER = {"digest": "sha256:" + "4" * 64, "title": "案件移送函", "doc_no": "原市监移〔2024〕12号"}
PAPER = {**LETTER, "name": "案件移送函.pdf", "media_type": "application/pdf", "size": 183204}
FULL: dict[str, Any] = {
    "office_id": "yuanping",
    "ledger_no": "原台〔2024〕0032",
    "finding_id": "01928413-3249-74fd-8a92-c56d23b0f7ce",
    "inspection_id": "01928ed7-16eb-7155-8734-e64eb15a2a4d",
    "proceeding_id": "0192fc65-93cf-7498-8388-040f0e4ef622",
    "inspection": example("inspection_intake"),
    "party": example("inspection_intake")["party"],
    "domain": "fire",
    "violation": "fire_exit_blocked",
    "item": "安全出口",
    "facts_summary": "安全出口堆放啤酒箱。",
    "facts": {
        "legal_ground": "《消防法》第五十四条、第六十条；《安全生产法》第六十九条",
        "reply_by": "2024-05-10",
        "reply_needed": True,
        "reason": "信用修复",
        "notified_on": "2024-04-26",
    },
    "doc_no": LETTER["doc_no"],
    "letter": PAPER,
    "approved_by": PERSON,
    "approved_at": "2024-04-28T02:05:00+00:00",
    "contact": PERSON,
    "discovered_on": "2024-04-26",
    "ruling": example("ruling_answer"),
    "attachments": [PAPER],
    "requirement": "请于限期前报送办理结果。",
    "reply": "已督促整改。",
    "due_on": "2024-05-23",
    "term": {
        "id": "DL56b",
        "title": "结果反馈",
        "due_effective": "2024-05-23",
        "light": "red",
        "nature": "internal",
    },
    "sender": "market_regulation",
    "recipient": "fire_rescue",
    "now": "2024-05-20T10:20:00+08:00",
    "check_org": "原平市市场监督管理局",
    "result_zh": ["发现问题已责令改正", "发现问题待后续处理"],
    "resend_of": "01921dbe-2475-7c6c-8fa0-64652fff9bed",
    "flag": "serious_list",
    "paper": {**LETTER, "title": "行政处罚决定书", "doc_no": "原市监罚〔2024〕21号"},
    "penalty": {
        "doc_no": "原市监罚〔2024〕21号",
        "kinds": ("fine", "stop_business"),
        "fine_fen": 20000000,
        "decided_on": "2024-07-08",
        "text": "罚款200000元；责令停产停业。",
    },
    "violation_zh": "使用已经报废的特种设备",
    "organ": "原平市市场监督管理局",
    "publicity": {"publicity_class": "three_years_fixed", "months_min": 36, "months_max": 36},
    "masked": ["住址", "身份号码", "银行账号"],
    "publication": "0192033b-750d-78cf-8977-d800ecb3afa6",
    "also_withdraw": ["01924fdd-0e4a-705f-87a3-e2803ae70019"],
    "decided_on": "2024-05-20",
    "prior_notice_served_on": "2024-05-13",
    "repair_term": "DL46",
    "consent_doc_no": "忻市监复〔2024〕2号",
    "row_zh": "申请法院强制执行",
    "informed": {"decision": "立案", "on": "2024-05-20"},
}
NEEDED = (
    "finding_id",
    "inspection_id",
    "proceeding_id",
    "inspection",
    "party",
    "domain",
    "violation",
    "approved_by",
    "contact",
    "now",
    "check_org",
    "flag",
    "organ",
    "publicity",
    "publication",
    "repair_term",
)
BARE = {name: FULL[name] for name in NEEDED} | {"penalty": {"kinds": ("warning",), "fine_fen": 0}}
GROUNDS = {
    "publicity_withdrawal": {"ground": "reconsideration_annulled"},
    "inspection_takedown": {"ground": "linked_flag_removed"},
    "flag_removal": {"ground": "address_verified"},
}


def sent(chart_name: str, content: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """The schema's name and the whole event, as it would leave."""
    kind, queue, data = compose(chart_name, content)
    event = message_event(
        office_id="yuanping",
        message_id="01921dbe-2475-7c6c-8fa0-64652fff9bed",
        kind=kind,
        queue=queue,
        sequence=1,
        sender="market_regulation",
        recipient="fire_rescue",
        subject="原台〔2024〕0032",
        now=datetime.fromisoformat(content["now"]),
        data=data,
    )
    return f"message_{kind}", event


@pytest.mark.parametrize("chart_name", ROUTES)
@pytest.mark.parametrize("content", [FULL, BARE], ids=["full", "bare"])
def test_every_message_of_the_charts_obeys_its_schema(chart_name, content):
    assert faults(*sent(chart_name, {**content, **GROUNDS.get(chart_name, {})})) == []


def test_kinds_and_queues_are_the_contracts():
    told = {
        one["chart_name"]: (one["kind"], one["queue"].split(" ")[0])
        for one in contract("codes.json")["messages"]
    }
    told[REMINDER] = told["(effect remind:<role>, and the sweep)"]
    assert {name: (route.kind, route.queue) for name, route in ROUTES.items()} == {
        name: told[name] for name in ROUTES
    }


def test_every_message_that_a_chart_dispatches_can_be_composed():
    charts = contract("charts.json")["charts"]
    effects = {
        effect for chart in charts.values() for row in chart["rows"] for effect in row.get("effects", ())
    }
    dispatched = {effect.partition(":")[2] for effect in effects if effect.startswith("dispatch:")}
    assert dispatched == set(ROUTES) - {REMINDER}


def test_a_transfer_names_the_articles_that_the_officer_wrote_and_those_of_the_ruling():
    basis = compose("transfer_letter", FULL)[2]["basis"]
    assert {"title": "消防法", "article": "第五十四条、第六十条"} in basis
    assert {"title": "安全生产法", "article": "第六十九条"} in basis
    assert FULL["ruling"]["rules"][0]["basis"][0] in basis


def test_a_notice_by_phone_is_urgent_and_says_that_the_phone_came_first():
    data = compose("urgent_danger_notice", BARE)[2]
    assert data["urgent"] and data["phone_first"]
    assert data["letter"]["digest"] == compose("urgent_danger_notice", BARE)[2]["letter"]["digest"]
    other = compose("urgent_danger_notice", {**BARE, "facts": {"facts_summary": "煤气泄漏"}})[2]
    assert other["letter"]["digest"] != data["letter"]["digest"]


def test_a_transfer_to_the_police_is_for_administrative_detention():
    assert compose("transfer_letter", FULL)[2]["ground"] == "not_own_jurisdiction"
    to_police = {**FULL, "recipient": "public_security"}
    assert compose("transfer_letter", to_police)[2]["ground"] == "administrative_detention"


def test_a_publication_names_the_code_of_the_party_or_says_that_there_is_none():
    assert compose("inspection_publicity", FULL)[2]["uscc"] == "92140981MA0L3Q8T17"
    nameless = {**FULL, "party": {**FULL["party"], "identifiers": [{"scheme": "unidentified", "value": ""}]}}
    kind, event = sent("inspection_publicity", nameless)
    assert event["data"]["uscc"] is None
    assert faults(kind, event) == []


def test_instants_go_out_with_the_offset_of_shanghai():
    assert compose("transfer_letter", FULL)[2]["approved_at"] == "2024-04-28T10:05:00+08:00"


def test_texts_are_cut_to_what_the_wire_takes():
    long = {**FULL, "facts": {**FULL["facts"], "facts_summary": "长" * 3000}, "ledger_no": "号" * 2000}
    assert faults(*sent("transfer_letter", long)) == []
