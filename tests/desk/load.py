"""A load of lawful commands: single steps, several at once, whole inspections; the same seed gives the same."""

from __future__ import annotations

import random
from typing import Any

from engine.core.commands import InspectionCommand, Step, StepCommand
from tests.builders import OFFICERS, PARTY, Town, item

ORDER = {
    "facts_summary": "凉菜间紫外线灯损坏。",
    "clause": "食品安全法第五十五条",
    "basis_clause": "食品安全法第一百二十六条",
    "correction_requirements": "更换紫外线灯。",
    "deadline_type": "dated",
    "period_length": 10,
    "period_unit": "working_day",
    "officers": OFFICERS,
}
URGENT = {"legal_ground": "行政处罚法第二十八条", "urgent_ground": "on_the_spot"}


def added_facts(finding: str, version: int | None = None, words: str = "补充。") -> StepCommand:
    """One entry more on a finding in whatever state; with a version, only on that."""
    facts = {"facts_summary": words, "corrections": words, "reason": "补充事实。"}
    return StepCommand("finding", finding, (Step("add_facts", None, facts),), version)


def order_served(town: Town, finding: str) -> StepCommand:
    """An order made and served in one visit: three steps that stand or fall together."""
    served = {
        "served_on": town.house.clock.now().date().isoformat(),
        "officers": OFFICERS,
        "signer": "樊志远",
    }
    steps = (
        Step("open_rectification", None, URGENT),
        Step("order", "@0", ORDER),
        Step("serve_directly", "@0", served),
    )
    return StepCommand("finding", finding, steps, several=True)


def inspected(town: Town, count: int, **given: Any) -> InspectionCommand:
    """A new inspection with so many findings."""
    body: dict[str, Any] = {
        "task_no": "YP2024-001",
        "check_type": "internal",
        "department": "market_regulation",
        "party": PARTY,
        "items": "餐饮服务食品安全",
        "result_codes": ["PENDING_FOLLOWUP"],
        "finished_at": town.house.clock.now().isoformat(),
        "officers": OFFICERS,
        "recusal_told": True,
        **given,
    }
    if count:
        body["findings"] = [item(town) for _ in range(count)]
    return InspectionCommand(body)


def some_command(town: Town, findings: list[str], chance: random.Random) -> Any:
    """Mostly one step; now and then three at once, an inspection, or something that is refused."""
    draw, finding = chance.random(), chance.choice(findings)
    if draw < 0.60:
        return added_facts(finding, words=f"补充{chance.random()}")
    if draw < 0.80:
        return order_served(town, finding)
    if draw < 0.90:
        return inspected(town, chance.randint(0, 2))
    return StepCommand("finding", finding, (Step("approve_close", None, {}),))
