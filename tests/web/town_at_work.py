"""A town with findings in many states and lights, built through the desk."""

from __future__ import annotations

from dataclasses import dataclass

from engine.core.commands import Step
from tests.builders import OFFICERS, Town, item

SLIGHT = {"item_class": "general", "circumstances": "slight", "affects_food_safety": "no"}
ORDER = {
    "facts_summary": "凉菜间紫外线灯损坏。",
    "clause": "食品安全法第五十五条第二款",
    "basis_clause": "行政处罚法第二十八条",
    "correction_requirements": "更换紫外线灯。",
    "deadline_type": "dated",
    "period_length": 10,
    "period_unit": "working_day",
    "officers": OFFICERS,
}


@dataclass(frozen=True, slots=True)
class AtWork:
    """Ids of what stands in the town."""

    inspection: str
    found: str
    correcting: str
    proposed: tuple[str, ...]
    """Findings whose route waits for approval."""


def put_to_work(town: Town) -> AtWork:
    """An inspection with a finding just found, one being corrected, and two whose route waits for approval."""
    inspection = town.inspect(
        item(town, item="加工制作过程", facts=SLIGHT),
        item(town, item="食品贮存", facts=SLIGHT),
        item(town, item="进货查验记录", facts=SLIGHT),
        item(
            town,
            item="安全出口、疏散通道",
            domain="fire",
            violation="fire_exit_blocked",
            facts={"imminent_danger": True},
        ),
        result_codes=["CORRECTED", "PENDING_FOLLOWUP"],
    )
    found, correcting, *proposed = town.findings_of(inspection)
    opened = {"urgent_ground": "on_the_spot", "legal_ground": "行政处罚法第二十八条"}
    served = {"served_on": "2024-04-26", "officers": OFFICERS, "signer": "樊志远"}
    town.steps(
        "W01",
        correcting,
        Step("open_rectification", None, opened),
        Step("order", "@0", ORDER),
        Step("serve_directly", "@0", served),
    )
    for number, one in enumerate(proposed, 1):
        propose(town, one, number)
    return AtWork(inspection, found, correcting, tuple(proposed))


def propose(town: Town, finding: str, number: int, route: str = "rectification") -> None:
    """The finding is registered and its route waits for approval."""
    checked = {"jurisdiction_checked": True, "limitation_checked": True}
    registered = {
        "ledger_no": f"原台〔2024〕{number:04d}",
        "department": "market_regulation",
        "handler": "W01",
    }
    town.steps(
        "C01",
        finding,
        Step("register", None, registered),
        Step("propose_route", None, {"routes": [route], "legal_ground": "行政处罚法第二十八条"}),
        Step("confirm_route", None, {"routes": [route], **checked}),
    )


def registered_slight(town: Town, number: int = 1) -> str:
    """A slight finding that stands in the ledger."""
    finding = town.finding(item=f"轻微事项{number}", facts=SLIGHT)
    ledger_no = f"原台〔2024〕{90 + number:04d}号"
    registered = {"ledger_no": ledger_no, "department": "market_regulation", "handler": "C01"}
    town.steps("W01", finding, Step("register", None, registered))
    return finding


def proposed_to_close(town: Town) -> str:
    """A finding of which no further action is proposed; the head's answer closes it for good."""
    finding = registered_slight(town)
    town.step("C01", finding, "propose_no_action", reason="已当场改正。", no_action_ground="education_only")
    return finding
