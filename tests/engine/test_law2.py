"""Law 2: while a criminal threshold is reached, no fine and no closing, in any procedure and any finding of the act."""

from __future__ import annotations

from typing import Any

import pytest

from engine.core.commands import Step
from tests.builders import OFFICERS, Town, refused

CLUE = {"source_type": "inspection", "clue_on": "2024-04-26"}
BELOW, REACHED = {"unsold_value_fen": 14_999_999}, {"unsold_value_fen": 15_000_000}
FINE = {
    "officers": OFFICERS,
    "fine_fen": 100_000,
    "decision_no": "当场〔2024〕1号",
    "decided_on": "2024-04-26",
    "served_on": "2024-04-26",
    "clause": "条款。",
}


def found(town: Town, inspection: str, facts: dict[str, Any], violation: str = "food_fake_inferior") -> str:
    """A finding of that inspection with its penalty opened on the spot."""
    finding = town.add_finding(inspection, violation=violation, facts=facts)
    town.step("C01", finding, "open_penalty", urgent_ground="evidence", **CLUE)
    return finding


def on_spot(town: Town, finding: str) -> Any:
    """The fine of the summary procedure, or why it is refused."""
    penalty = town.proceedings(finding)[-1].id
    return refused(town.steps, "W01", finding, Step("decide_on_spot_fine", penalty, FINE))


@pytest.fixture
def inspection(town: Town) -> str:
    """An inspection of one party."""
    return town.inspect()


def test_the_summary_procedure_is_shut_while_a_threshold_is_reached(town: Town, inspection: str) -> None:
    finding = found(town, inspection, REACHED)

    assert [reason.code for reason in on_spot(town, finding).reasons] == ["law2_fine_open"]


def test_one_act_split_into_two_findings_stays_shut_in_both(town: Town, inspection: str) -> None:
    small, large = found(town, inspection, BELOW), found(town, inspection, REACHED)

    assert [reason.code for reason in on_spot(town, small).reasons] == ["law2_fine_open"]
    assert [reason.code for reason in on_spot(town, large).reasons] == ["law2_fine_open"]


def test_another_act_of_the_same_party_is_not_held_back(town: Town, inspection: str) -> None:
    found(town, inspection, REACHED)
    other = found(town, inspection, {}, violation="food_unlicensed")
    penalty = town.proceedings(other)[-1].id

    town.steps("W01", other, Step("decide_on_spot_fine", penalty, FINE))

    assert town.proceedings(other)[-1].state == "performing"


def test_declining_to_file_ends_nothing_while_a_threshold_is_reached(town: Town, inspection: str) -> None:
    finding = found(town, inspection, REACHED)
    penalty = town.proceedings(finding)[-1].id
    told = {"no_filing_ground": "no_fault", "reason": "理由。"}
    town.steps("C02", finding, Step("start_verification", penalty, {"officers": OFFICERS, **CLUE}))
    town.steps("C02", finding, Step("propose_not_filing", penalty, told))

    refusal = refused(town.steps, "H01", finding, Step("approve_not_filing", penalty, told))

    assert [reason.code for reason in refusal.reasons] == ["law2_close_open"]
