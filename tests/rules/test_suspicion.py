"""A threshold fact from the intake makes a suspected crime of the finding, and leaves no trace of it (laws 2, 9)."""

from __future__ import annotations

import json
import sys
from datetime import date
from typing import Any

import pytest

from engine.judging import Judging
from models import records
from rules.arbiter import Arbiter
from rules.rulebook import Rulebook
from tests.builders import PARTY, Town, item

THRESHOLDS: list[tuple[str, str, dict[str, Any], dict[str, Any]]] = [
    # domain, violation, facts that reach the threshold, facts that do not
    ("food", "toxic_substance_added", {}, {}),
    ("food", "toxic_food_sold", {"knowing": "yes"}, {"knowing": "unknown"}),
    ("food", "food_unsafe", {"unsafe_food_kind": "excess_hazard"}, {"unsafe_food_kind": "other"}),
    ("food", "food_fake_inferior", {"unsold_value_fen": 15_000_000}, {"unsold_value_fen": 14_999_999}),
    ("product_quality", "product_fake_inferior", {"sales_fen": 5_000_000}, {"sales_fen": 4_999_999}),
    ("advertising", "ad_false", {"harm": "serious"}, {"harm": "slight"}),
    ("metrology", "meter_cheat", {"circumstances": "serious"}, {"circumstances": "ordinary"}),
    ("trademark", "tm_counterfeit_use", {"reasonable_suspicion": True}, {"reasonable_suspicion": False}),
    (
        "trademark",
        "tm_sell_counterfeit",
        {"knowing": "yes", "sales_fen": 5_000_000},
        {"knowing": "no", "sales_fen": 5_000_000},
    ),
    ("hazchem", "hazchem_unlicensed", {"dangerous_operation": True}, {"dangerous_operation": False}),
    ("market_order", "contract_fraud", {"fraud_amount_fen": 2_000_000}, {"fraud_amount_fen": 1_999_999}),
]


def _intake(domain: str, violation: str, facts: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    inspection = {
        "party": PARTY,
        "result_codes": ["PENDING_FOLLOWUP"],
        "department": "market_regulation",
    }
    finding = {
        "domain": domain,
        "violation": violation,
        "facts": facts,
        "discovered_at": "2024-06-03T10:00:00+08:00",
    }
    return inspection, finding


@pytest.mark.parametrize(
    ("domain", "violation", "reached", "missed"), THRESHOLDS, ids=[one[1] for one in THRESHOLDS]
)
def test_a_threshold_fact_of_the_intake_is_a_suspected_crime(
    domain: str,
    violation: str,
    reached: dict[str, Any],
    missed: dict[str, Any],
    rulebook: Rulebook,
    arbiter: Arbiter,
) -> None:
    judging = Judging(rulebook.office, arbiter)
    judgment = judging.intake(*_intake(domain, violation, reached))
    assert judgment.criminal is True
    assert "criminal" not in json.dumps({**judgment.shown, "facts": dict(judgment.facts)})
    if missed:
        assert judging.intake(*_intake(domain, violation, missed)).criminal is False


def test_a_rule_that_only_hears_of_an_outcome_is_no_suspicion(rulebook: Rulebook, arbiter: Arbiter) -> None:
    """R05b fires after a refused referral, and is open to everybody: no criminal rule stands behind it here."""
    facts = {"domain": "food", "violation": "food_unsafe", "circumstances": "serious"}
    judgment = Judging(rulebook.office, arbiter).judge(
        {**facts, "criminal_outcome": "refused"}, date(2024, 6, 1)
    )
    assert judgment.criminal is False
    assert judgment.shown["fired"] == []


@pytest.mark.parametrize("program", ["raise SystemExit(3)", "import time; time.sleep(60)"])
def test_without_the_second_evaluator_a_suspicion_stands_and_nothing_is_decided(
    program: str, rulebook: Rulebook
) -> None:
    arbiter = Arbiter(
        rulebook,
        rulebook.facts,
        rulebook.office,
        timeout_seconds=0.5,
        worker_command=(sys.executable, "-I", "-c", program),
    )
    judging = Judging(rulebook.office, arbiter)
    try:
        fake = {"domain": "product_quality", "violation": "product_fake_inferior"}
        over = judging.judge({**fake, "sales_fen": 5_000_000}, date(2024, 6, 1))
        under = judging.judge({**fake, "sales_fen": 4_999_999}, date(2024, 6, 1))
    finally:
        arbiter.close()
    assert (over.criminal, under.criminal) == (True, None), "what was known before stands"
    for judgment in (over, under):
        assert judgment.shown["agreed"] is False
        assert "R07" not in json.dumps(judgment.shown)


def _suspected(town: Town, finding: str) -> bool:
    return bool(town.row(finding).record["criminal_threshold"])


def test_the_finding_keeps_the_suspicion_and_shows_nothing_of_it(town: Town) -> None:
    fake = {"domain": "food", "violation": "food_fake_inferior"}
    over = town.finding(**fake, facts={"sales_fen": 5_000_000})
    under = town.finding(**fake, facts={"sales_fen": 4_999_999})
    assert (_suspected(town, over), _suspected(town, under)) == (True, False)
    told = [town.house.reader.finding(town.who("C01"), one) for one in (over, under)]
    shown = [json.dumps(one["rulings"], ensure_ascii=False, default=str) for one in told]
    assert shown[0] == shown[1]
    assert "R07" not in shown[0] and "criminal" not in shown[0]


def test_facts_that_are_corrected_raise_and_lift_the_suspicion(town: Town) -> None:
    finding = {"domain": "food", "violation": "food_fake_inferior", "reference": "PT-7-1"}
    inspection = town.inspect(item(town, **finding), reference="PT-7")
    (id,) = town.findings_of(inspection)
    assert _suspected(town, id) is False
    for sum_, suspected in ((5_000_000, True), (4_999_999, False)):
        town.add_finding(inspection, **finding, facts={"sales_fen": sum_})
        assert town.findings_of(inspection) == [id]
        assert _suspected(town, id) is suspected
    with town.house.database.read() as connection:
        assert records.finding_row(connection, id, False).record["criminal_threshold"] is False
