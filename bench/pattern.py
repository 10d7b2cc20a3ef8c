"""The findings that a bench multiplies: open ones, and closed ones with what belongs to them, of an invented county."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from typing import Any

from models.exchange_reading import AT_ONCE, MESSAGE
from models.incoming_reading import INCOMING, NEVER
from tests.reading.world import NOW, OFFICE, World

PER_INSPECTION = 4
DEPARTMENTS = (
    *("market_regulation",) * 12,
    *("fire_rescue", "emergency", "ecology", "health", "housing", "culture_tourism", "transport"),
)
OPEN_STATES = ("in_progress",) * 6 + ("registered", "found", "awaiting_verification", "close_proposed")
ROUTES = (*("rectification",) * 8, *("penalty",) * 3, "transfer", "copy_notice", "credit_flag")
OPEN_IN = {
    "rectification": "correcting",
    "penalty": "investigating",
    "transfer": "sent",
    "copy_notice": "sent",
    "credit_flag": "proposed",
}
ENDED_IN = {
    "rectification": "corrected",
    "penalty": "closed",
    "transfer": "closed",
    "copy_notice": "closed",
    "credit_flag": "removed",
}
DOMAINS = (
    *(("food", "food_item_failed"),) * 5,
    ("fire", "fire_exit_blocked"),
    ("product_quality", "product_fake_inferior"),
    ("special_equipment", "se_unregistered"),
)
STREETS = [
    "前进西街",
    "府前街",
    "永康北街",
    "京原北路",
    "轩岗镇",
    "崞阳镇",
    "和平街",
    "育才街",
    "平安大街",
    "站前路",
]
FIRST, SECOND = (
    "中源安泰晋阳宏盛鑫旺永昌瑞丰恒信德润嘉禾明远",
    "食品餐饮机械建材商贸超市药房酒店物流印务电器汽修",
)
FACTS = (
    "凉菜间紫外线灯损坏，操作人员未更换专用工作服",
    "三具灭火器压力不足，应急照明灯损坏",
    "压力容器安全阀校验到期未申报",
    "散装食品标签缺少生产日期",
    "疏散通道堆放货物，宽度不足",
    "计量器具未经检定仍在使用",
)
STEPS = ("registered", "routed", "in_progress")


def findings(world: World, chance: random.Random, still: int, pattern: int) -> str:
    """The open findings and, after them, those that are multiplied; what the ids of the latter come after."""
    first = ""
    for number in range(still + pattern):
        if number == still:
            first = world.new_id("")
        if number % PER_INSPECTION == 0 or number == still:
            code, name = f"91140981MA{chance.randrange(36**6):08d}", name_of(chance)
            department = chance.choice(DEPARTMENTS)
            party = world.party(name=name, identifiers=[{"scheme": "uscc", "value": code}])
            done = NOW - timedelta(days=chance.randint(3, 60))
            public = {"state": "published", "published_on": done.date()}
            inspection = world.inspection(
                party, department, finished_at=done, task_no=f"YP2026-{number:06d}", **public
            )
        _finding(world, chance, number, number >= still, (inspection, party, department, name, code))
    return first


def name_of(chance: random.Random) -> str:
    """The name of a business that does not exist."""
    first = "".join(chance.sample(FIRST, 2))
    at = chance.randrange(0, len(SECOND), 2)
    return f"原平市{chance.choice(STREETS)}{first}{SECOND[at : at + 2]}有限公司"


def _finding(
    world: World, chance: random.Random, number: int, closed: bool, of: tuple[str, str, str, str, str]
) -> None:
    inspection, party, department, name, code = of
    domain, violation = chance.choice(DOMAINS)
    at = NOW - timedelta(days=chance.randint(1, 90), minutes=chance.randint(0, 600))
    said = f"{chance.choice(FACTS)}，共{chance.randint(2, 90)}处，位于{chance.choice(STREETS)}{number}号。"
    dues = [] if closed else [NOW.date() + timedelta(days=chance.randint(-20, 45))]
    ledger_no = f"原台〔2026〕{number:06d}"
    state = "closed" if closed else chance.choice(OPEN_STATES)
    finding = world.finding(
        inspection,
        party,
        state=state,
        department=department,
        dues=dues,
        ledger_no=ledger_no,
        domain=domain,
        violation=violation,
        handler=f"W{chance.randint(1, 40):02d}",
        owner_role=chance.choice(("inspector", "case_officer", "unit_head", "department_head")),
        discovered_at=at,
        search_text=f"{ledger_no}\n{name}\n{code}\n原市监移〔2026〕{number}号\n{said}".casefold(),
        intake={"facts_summary": said, "clause": "食品安全法第五十五条第二款"},
        record={"facts": {"facts_summary": said}, "registers": {}},
    )
    if state not in ("found", "registered") and chance.random() < 0.95:
        kind = chance.choice(ROUTES)
        where = (ENDED_IN if closed else OPEN_IN)[kind]
        world.proceeding(finding, kind, where, open=not closed)
    for sequence, reached in enumerate(STEPS, 2):
        at += timedelta(hours=chance.randint(1, 100))
        world.entry(finding, sequence, "finding", "step", reached, at)
    if closed:
        ended = at + timedelta(days=chance.randint(1, 40))
        world.entry(finding, len(STEPS) + 2, "finding", "approve_close", "closed", ended)
        met = {"state": "met", "settled_at": ended}
        world.deadline(inspection, ended.date(), finding=finding, department=department, **met)
        if number % 3 == 0:
            world.put(MESSAGE, _message(world.new_id("message"), finding, ended))
        if number % 10 == 0:
            world.put(INCOMING, _matter(world.new_id("incoming"), finding, department, ended))


def _message(id: str, finding: str, at: datetime) -> dict[str, Any]:
    """A message that was handed over on paper long ago."""
    said: dict[str, Any] = {"recipient": "fire_rescue", "queue": "ordinary", "kind": "department_transfer"}
    told: dict[str, Any] = {"chart_name": "transfer_letter", "finding_id": finding, "thread": finding}
    done: dict[str, Any] = {"state": "paper", "tries": 0, "delivered_at": at, "recorded_at": at}
    rest: dict[str, Any] = {"step_sequence": 3, "answerable": False, "body": b"{}", "next_try_at": AT_ONCE}
    return {"id": id, "office_id": OFFICE, "system_id": None, **said, **told, **done, **rest}


def _matter(id: str, finding: str, department: str, at: datetime) -> dict[str, Any]:
    """A complaint that became the finding and was answered."""
    said: dict[str, Any] = {"number": id, "kind": "complaint", "state": "fed_back", "ended": True}
    told: dict[str, Any] = {"channel": "paper", "informant": "named", "title": "反映门店油烟扰民"}
    known: dict[str, Any] = {"content": {}, "events": {}, "said": {}, "finding_id": finding}
    when: dict[str, Any] = {"received_at": at, "recorded_at": at, "sorts_at": NEVER}
    rest: dict[str, Any] = {"confidential": False, "sequence": 1, "head": ""}
    return {"id": id, "office_id": OFFICE, "department": department, **said, **told, **known, **when, **rest}
