"""A criminal referral is taken along its chart, so that tests begin where they want to look."""

from __future__ import annotations

from typing import Any

from tests.builders import OFFICERS, Town

THRESHOLD = {"threshold_rule": "R05a", "threshold_facts": "检出罂粟碱、吗啡。"}
TEAM = {"team": OFFICERS}


def stated(town: Town) -> dict[str, dict[str, Any]]:
    """What each step states, by trigger; days and instants are those of the town's clock."""
    now = town.house.clock.now()
    at, on = now.isoformat(timespec="seconds"), now.date().isoformat()
    notice = {"notice_no": "公立〔2024〕1号", "notice_received_on": on}
    return {
        "form_team": {
            **TEAM,
            "referral_type": "criminal",
            "crime_field": "food_drug",
            "suspected_crime": "罪名。",
        },
        "submit_report": {
            **TEAM,
            "reported_at": at,
            "facts_summary": "事实。",
            "threshold_rule": "R05a",
            "evidence_list": "检验报告。",
        },
        "approve_referral": {"approved_at": at},
        "refuse_referral": {"refusal_ground": "below_threshold", "reason": "未达标准。"},
        "hand_over": {"psb": "原平市公安局", "handed_over_at": at, **TEAM, "materials_complete": True},
        "sign_receipt": {"psb": "原平市公安局", "signed_at": at},
        "psb_file": notice,
        "psb_decline": {**notice, "reason": "没有犯罪事实。", "file_returned": True},
        "waive_remedies": {"reason": "不再提请复议。"},
        "handover_items": {"items_list": "底料26千克。", "handed_on": on, "psb": "原平市公安局"},
        "confirm_no_items": {"handed_on": on, "reason": "无涉案物品。"},
        "record_court_fine": {
            "judgment_no": "刑初1号",
            "judgment_effective_on": on,
            "court_fine_fen": 100_000,
        },
        "record_acquittal": {"judgment_no": "刑初2号", "judgment_effective_on": on},
        "not_prosecute": {**notice, "reason": "情节轻微。"},
    }


BY = {
    "form_team": "U01",
    "approve_referral": "P01",
    "refuse_referral": "P01",
    "waive_remedies": "P01",
}
FILED = ("form_team", "submit_report", "approve_referral", "hand_over", "sign_receipt", "psb_file")
"""The way to a case that the police filed."""


def opened(town: Town, finding: str, by: str = "C02") -> str:
    """The id of a referral just opened on the spot."""
    town.step(by, finding, "open_criminal_referral", urgent_ground="crime_suspicion", **THRESHOLD)
    return str(town.referrals(finding)[-1].id)


def led(town: Town, referral: str, *triggers: str) -> None:
    """The referral has taken these steps."""
    for trigger in triggers:
        town.on_referral(BY.get(trigger, "C02"), referral, trigger, **stated(town)[trigger])
