"""The loops of the contract clicked through in a browser, each click and typed field counted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from playwright.sync_api import Browser

from engine.core.commands import Principal, Step
from tests.web.conftest import Served
from tests.web.officer import Effort, Officer

CLICKS_S02, TYPED_S02 = 16, 20
CLICKS_S06 = 24
INTAKE = 'form[action="/intake"]'
PARTY = {
    "party.name": "原平市前进西街滏香火锅店",
    "party.identifiers.0.value": "92140981MA0L3Q8T17",
    "task_no": "YPLH2024-007-03",
    "items": "加工制作过程；安全出口、疏散通道",
}
FIRE = Principal("yuanping-fire", "消防救援大队系统", frozenset({"linked_system"}), kind="system")


def form(*triggers: str) -> str:
    return f'form[data-trigger="{" ".join(triggers)}"]'


def take_in(officer: Officer, finding: Mapping[str, str], choices: Mapping[str, Any]) -> None:
    """One inspection with one finding is recorded on the intake page."""
    officer.click('nav a[href="/intake"]')
    officer.type(INTAKE, {**PARTY, **finding})
    officer.choose(
        INTAKE,
        {
            "party.kind": "individual_business",
            "check_type": "joint",
            "officers": ["W02"],
            "recusal_told": "true",
            **choices,
        },
    )
    officer.submit(INTAKE)


def test_a_dated_rectification_is_clicked_from_intake_to_closing(served: Served, browser: Browser) -> None:
    town, effort, item = served.town, Effort(), "加工制作过程"

    def officer(login: str) -> Officer:
        return Officer.sign_in(browser, served.base, login, effort)

    inspector = officer("W01")
    on_site = "findings.0.on_site_facts.order_on_the_spot."
    inspector.click('nav a[href="/intake"]')
    inspector.type(
        INTAKE,
        {
            **PARTY,
            "findings.0.item": item,
            "findings.0.clause": "食品安全法第五十五条第二款",
            "findings.0.facts_summary": "凉菜间紫外线灯损坏，操作人员未更换专用工作服。",
        },
    )
    inspector.choose(
        INTAKE,
        {
            "party.kind": "individual_business",
            "check_type": "joint",
            "officers": ["W02"],
            "result_codes": ["CORRECTED"],
            "recusal_told": "true",
            "findings.0.domain": "food",
            "findings.0.violation": "food_item_failed",
            "findings.0.on_site": "order_on_the_spot",
            "findings.0.register_now": "true",
        },
    )
    inspector.choose(
        INTAKE,
        {
            "findings.0.facts.item_class": "general",
            "findings.0.facts.circumstances": "slight",
            "findings.0.facts.affects_food_safety": "no",
        },
    )
    inspector.type(
        INTAKE,
        {
            on_site + "correction_requirements": "更换紫外线灯，操作人员进入专间更换专用工作服。",
            on_site + "period_length": "10",
            on_site + "served_on": "2024-04-26",
            on_site + "signer": "樊志远",
        },
    )
    inspector.submit(INTAKE)
    finding = inspector.finding
    assert town.state(finding) == "registered"
    assert [one.state for one in town.proceedings(finding)] == ["correcting"]

    town.at("2024-04-28T17:00")
    case_officer = officer("C01")
    case_officer.open_finding(item)
    propose = form("propose_route", "confirm_route")
    case_officer.choose(propose, {"jurisdiction_checked": "true", "limitation_checked": "true"})
    case_officer.submit(propose)

    head = officer("H01")
    head.approve("approve_route")
    assert town.state(finding) == "routed"

    town.at("2024-05-11T17:00")
    case_officer.page.goto(f"{served.base}/work")
    case_officer.open_finding(item)
    case_officer.submit(form("report_done"))

    town.at("2024-05-16T17:00")
    inspector.page.goto(f"{served.base}/work")
    inspector.open_finding(item)
    reinspect = form("reinspect_corrected")
    inspector.choose(reinspect, {"conclusion": "corrected"})
    inspector.type(reinspect, {"facts_summary": "紫外线灯已更换，操作人员着专用工作服。"})
    inspector.submit(reinspect)
    assert "propose_close" in inspector.page.content()

    town.at("2024-05-17T17:00")
    inspector.page.reload()
    publish = form("publish_result")
    inspector.type(publish, {"publication_url": "https://example.gov.cn/2024/007"})
    inspector.submit(publish)
    town.house.sweep.run()
    assert town.state(finding) == "awaiting_verification"

    unit_head = officer("U01")
    unit_head.open_finding(item)
    verify = form("verify")
    unit_head.type(verify, {"verification_text": "现场核对，整改到位，材料齐全。"})
    unit_head.submit(verify)

    town.at("2024-05-20T17:00")
    case_officer.page.goto(f"{served.base}/work")
    case_officer.open_finding(item)
    close = form("propose_close")
    case_officer.type(close, {"credit_result": "未受处罚，不涉及失信惩戒。"})
    case_officer.submit(close)
    head.page.goto(f"{served.base}/work")
    head.approve("approve_close")

    print(f"S02: {effort}")
    assert town.state(finding) == "closed"
    due = {one.term: str(one.spec["due_effective"]) for one in town.deadlines(finding)}
    assert (due["DL10"], due["DL12"]) == ("2024-05-13", "2024-05-24")
    assert len(effort.clicks) <= CLICKS_S02
    assert len(effort.typed) <= TYPED_S02
    assert [one.complaints for one in (inspector, case_officer, head, unit_head)] == [[], [], [], []]


def test_a_blocked_fire_exit_is_clicked_through_transfer_return_and_feedback(
    served: Served, browser: Browser
) -> None:
    town, effort, item = served.town, Effort(), "安全出口、疏散通道"

    def officer(login: str) -> Officer:
        return Officer.sign_in(browser, served.base, login, effort)

    def receipt(trigger: str, **facts: str) -> None:
        town.steps("fire", finding, Step(trigger, town.proceedings(finding)[0].id, facts))

    town.people["fire"] = FIRE
    inspector = officer("W01")
    inspector.click('nav a[href="/intake"]')
    inspector.type(
        INTAKE,
        {
            **PARTY,
            "findings.0.item": item,
            "findings.0.facts_summary": "后厨通往室外的安全出口堆放啤酒箱约四十箱，门扇无法完全开启。",
        },
    )
    inspector.choose(
        INTAKE,
        {
            "party.kind": "individual_business",
            "check_type": "joint",
            "officers": ["W02"],
            "result_codes": ["PENDING_FOLLOWUP"],
            "recusal_told": "true",
            "findings.0.domain": "fire",
            "findings.0.violation": "fire_exit_blocked",
            "findings.0.on_site": "transfer_urgently",
            "findings.0.register_now": "true",
        },
    )
    inspector.submit(INTAKE)
    finding = inspector.finding
    assert [(one.kind, one.state) for one in town.proceedings(finding)] == [("transfer", "drafted")]

    town.at("2024-04-28T17:00")
    case_officer = officer("C01")
    case_officer.open_finding(item)
    propose = form("propose_route", "confirm_route")
    case_officer.choose(propose, {"jurisdiction_checked": "true", "limitation_checked": "true"})
    case_officer.submit(propose)
    head = officer("H01")
    head.approve("approve_route")
    assert town.state(finding) == "routed"
    case_officer.page.reload()
    transfer = form("propose_transfer")
    case_officer.type(transfer, {"evidence_list": "现场检查笔录一份、照片六张。"})
    case_officer.submit(transfer)
    head.page.goto(f"{served.base}/work")
    head.open_finding(item)
    head.submit(form("approve_transfer", "send"))

    town.at("2024-04-30T17:00")
    receipt("receive", received_on="2024-04-30")
    town.at("2024-05-08T17:00")
    receipt(
        "return_transfer", return_ground="incomplete", reason="缺现场照片说明。", received_on="2024-05-08"
    )
    town.at("2024-05-09T17:00")
    case_officer.page.goto(f"{served.base}/work")
    case_officer.open_finding(item)
    resend = form("resend")
    case_officer.type(resend, {"corrections": "补充照片说明一份。"})
    case_officer.submit(resend)
    town.at("2024-05-09T17:30")
    receipt("receive", received_on="2024-05-09")
    town.at("2024-05-10T17:00")
    receipt("accept", received_on="2024-05-10")

    town.at("2024-05-20T17:00")
    inspector.page.goto(f"{served.base}/work")
    inspector.click('a[href^="/inspections/"]')
    publish = form("publish_result")
    inspector.type(publish, {"publication_url": "https://example.gov.cn/2024/008"})
    inspector.submit(publish)

    town.at("2024-05-24T10:00")
    receipt("conclude", ended_on="2024-05-24")
    receipt("feed_back", result_text="已责令当场清除。", received_on="2024-05-24")
    town.at("2024-05-27T17:00")
    case_officer.page.goto(f"{served.base}/work")
    case_officer.open_finding(item)
    case_officer.submit(form("close"))
    town.house.sweep.run()
    unit_head = officer("U01")
    unit_head.open_finding(item)
    verify = form("verify")
    unit_head.type(verify, {"verification_text": "对方已办结并反馈，结果属实。"})
    unit_head.submit(verify)
    case_officer.page.reload()
    close = form("propose_close")
    case_officer.type(close, {"credit_result": "本部门未作处罚，不涉及失信惩戒。"})
    case_officer.submit(close)
    head.page.goto(f"{served.base}/work")
    head.approve("approve_close")

    print(f"S06: {effort}")
    assert town.state(finding) == "closed"
    assert len(effort.clicks) <= CLICKS_S06
    assert [one.complaints for one in (inspector, case_officer, head, unit_head)] == [[], [], [], []]
