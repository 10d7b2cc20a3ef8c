"""A finding whose criminal referral has been opened, built through the desk."""

from __future__ import annotations

from tests.builders import Town, item
from tests.web.town_at_work import SLIGHT

THRESHOLD = {
    "threshold_rule": "R06",
    "threshold_facts": "经检验，凉菜中检出亚硝酸盐，足以造成严重食物中毒事故。",
}
TEAM = ["C02", "W02"]
CRIME = "生产、销售不符合安全标准的食品罪"
ROUTES = ["rectification", "criminal_referral"]


def routed(town: Town, number: int = 7) -> str:
    """The id of a finding whose approved routes are an order to correct and a criminal referral."""
    finding = town.findings_of(town.inspect(item(town, item="食品安全现场检查", facts=SLIGHT)))[0]
    checked = {"jurisdiction_checked": True, "limitation_checked": True}
    town.step(
        "C02",
        finding,
        "register",
        ledger_no=f"原台〔2024〕{number:04d}",
        department="market_regulation",
        handler="C02",
    )
    town.step("C02", finding, "propose_route", routes=ROUTES, legal_ground="行政处罚法第二十七条")
    town.step("C02", finding, "confirm_route", routes=ROUTES, **checked)
    town.step("H01", finding, "approve_route", routes=ROUTES)
    return finding


def refer(town: Town, finding: str) -> str:
    """The id of the criminal referral that C02 opened on the finding."""
    town.step("C02", finding, "open_criminal_referral", **THRESHOLD)
    return str(town.referrals(finding)[-1].id)


def form_team(town: Town, referral: str) -> None:
    """A team of two was formed."""
    town.on_referral(
        "U01",
        referral,
        "form_team",
        team=TEAM,
        referral_type="criminal",
        crime_field="food_drug",
        suspected_crime=CRIME,
    )


def report(town: Town, referral: str) -> None:
    """The written report was submitted."""
    town.on_referral(
        "C02",
        referral,
        "submit_report",
        team=TEAM,
        reported_at=town.house.clock.now().isoformat(),
        facts_summary="凉菜中检出亚硝酸盐。",
        threshold_rule="R06",
        evidence_list="检验报告一份",
    )


def approve(town: Town, referral: str) -> None:
    """The principal head approved the referral in person."""
    town.on_referral("P01", referral, "approve_referral", approved_at=town.house.clock.now().isoformat())
