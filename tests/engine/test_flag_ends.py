"""A flag ends by itself on the day that its kind and its decision say."""

from __future__ import annotations

from tests.builders import OFFICERS, Town
from tests.engine.test_steps import routed

PENALISED = {
    "officers": OFFICERS,
    "decision_no": "原市监简罚〔2024〕1号",
    "decided_on": "2024-04-26",
    "served_on": "2024-04-26",
    "clause": "食品安全法第一百二十六条",
}
LISTED = {"legal_ground": "总局令45号第十三条", "removal_path": "期满停止公示。"}


def listed(town: Town, **decided: str) -> tuple[str, str]:
    """A finding and the flag by which its penalty is to be made public, as it was decided."""
    finding = routed(town, "penalty", "credit_flag")
    town.step("C02", finding, "open_penalty", source_type="inspection", clue_on="2024-04-26")
    town.step("C02", finding, "open_credit_flag", flag_kind="penalty_publicity", legal_ground="总局令45号")
    penalty, flag = (one.id for one in town.proceedings(finding))
    town.step("C02", finding, "decide_on_spot_warning", penalty, **PENALISED)
    town.step("C02", finding, "propose_listing", flag, underlying_act="处罚决定", **LISTED)
    town.step("H01", finding, "approve_listing", flag, decided_on="2024-04-26", **LISTED, **decided)
    return finding, flag


def state_of(town: Town, finding: str, flag: str) -> str:
    """The state of the flag."""
    return next(str(one.state) for one in town.proceedings(finding) if one.id == flag)


def test_the_publication_of_a_ban_ends_with_the_ban_as_it_was_decided(town: Town) -> None:
    finding, flag = listed(town, end_date="2028-06-30")
    shown = {"published_on": "2024-04-26", "publication_url": "https://example.org/1"}

    town.step("C02", finding, "publish_penalty_ban", flag, **shown)
    due = [one.due_effective for one in town.deadlines(finding) if one.term == "DL48.ban"]
    town.at("2028-07-01T09:00")
    town.house.sweep.run(limit=5_000)

    assert due == ["2028-06-30"]
    assert state_of(town, finding, flag) == "expired"
