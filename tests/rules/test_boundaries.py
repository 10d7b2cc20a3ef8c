"""Every figure and every date of the rules, on the edge and one beside it, in the words of the law."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from rules.arbiter import Arbiter
from rules.conditions import All, AnyOf, Comparison, Condition, comparisons
from rules.facts import LARGEST_INTEGER
from rules.predicates import predicate
from rules.rulebook import Rulebook
from rules.schema import Rule
from tests.schemas import contract

OLD, NEW = "2025-04-25", "2025-04-26"
"""The last day before 法释〔2025〕5号, and its first."""


def _facts(domain: str, violation: str, **given: Any) -> dict[str, Any]:
    return {"domain": domain, "violation": violation, **given}


FAKE = _facts("product_quality", "product_fake_inferior")
AD = _facts("advertising", "ad_false")
USE = _facts("trademark", "tm_counterfeit_use")
TWO_MARKS = {**USE, "marks_count": 2}
SELL = _facts("trademark", "tm_sell_counterfeit", knowing="yes")
PERSON = _facts("market_order", "illegal_business_other", party_kind="natural_person")
SHOP = {**PERSON, "party_kind": "individual_business"}
FIRM = {**PERSON, "party_kind": "enterprise"}
BODY = {**PERSON, "party_kind": "other_org"}
PIGS = _facts("market_order", "illegal_pig_slaughter")
BANNED = _facts("market_order", "banned_material_supply")
PYRAMID = _facts("market_order", "pyramid_selling", pyramid_persons=30, pyramid_levels=3)
WASTE = _facts("environment", "env_hazardous_waste", own_power=False)
TAX = _facts("tax", "tax_evasion", own_power=False, tax_evaded_ten_percent=True)
WAGES = _facts("labour", "wages_unpaid", own_power=False, payment_order_ignored=True)
ONE = {**WAGES, "wages_single_months": 3, "wages_single_fen": 500_000}
TEN = {**WAGES, "workers_unpaid": 10, "wages_total_fen": 3_000_000}
UNREACHABLE = _facts(
    "market_entity",
    "address_unreachable",
    letters_unsigned=2,
    letters_interval_days=15,
    site_visit_negative=True,
)

EDGES: list[tuple[str, dict[str, Any], str, int, int]] = [
    # rule, other facts, fact, the last value for which it fires, the next for which it does not; money in fen
    ("R03c", _facts("food", "food_unlicensed"), "prior_food_penalties_12m", 2, 1),
    ("R07", FAKE, "sales_fen", 5_000_000, 4_999_999),
    ("R07", FAKE, "unsold_value_fen", 15_000_000, 14_999_999),
    ("R07", _facts("food", "food_fake_inferior"), "sales_fen", 5_000_000, 4_999_999),
    ("R12", AD, "illegal_gains_fen", 10_000_000, 9_999_999),
    ("R12", {**AD, "emergency_pretext": True}, "illegal_gains_fen", 3_000_000, 2_999_999),
    ("R12", {**AD, "ad_food_drug": True}, "illegal_gains_fen", 3_000_000, 2_999_999),
    ("R12", AD, "prior_ad_penalties_24m", 2, 1),
    *(
        ("R17", {**facts, "on": on}, fact, figure, figure - 1)
        for on in (OLD, NEW)
        for facts, fact, figure in (
            (USE, "illegal_gains_fen", 3_000_000),
            (USE, "illegal_turnover_fen", 5_000_000),
            (TWO_MARKS, "illegal_gains_fen", 2_000_000),
            (TWO_MARKS, "illegal_turnover_fen", 3_000_000),
            ({**USE, "illegal_gains_fen": 2_000_000}, "marks_count", 2),
        )
    ),
    *(
        ("R18", {**SELL, "on": on}, fact, figure, figure - 1)
        for on in (OLD, NEW)
        for fact, figure in (("sales_fen", 5_000_000), ("unsold_value_fen", 15_000_000))
    ),
    ("R18", {**SELL, "on": NEW}, "illegal_gains_fen", 3_000_000, 2_999_999),
    *(
        ("R19", {**facts, "on": on}, fact, figure - 1, figure)
        for on in (OLD, NEW)
        for facts, fact, figure in (
            (USE, "illegal_gains_fen", 3_000_000),
            (USE, "illegal_turnover_fen", 5_000_000),
            (TWO_MARKS, "illegal_gains_fen", 2_000_000),
            (TWO_MARKS, "illegal_turnover_fen", 3_000_000),
            ({**USE, "illegal_turnover_fen": 4_999_999}, "marks_count", 2),
            (SELL, "sales_fen", 5_000_000),
            (SELL, "unsold_value_fen", 15_000_000),
        )
    ),
    ("R19", {**SELL, "on": NEW}, "illegal_gains_fen", 2_999_999, 3_000_000),
    ("R21b", WASTE, "hazardous_waste_kg", 3_000, 2_999),
    ("R22c", TAX, "tax_evaded_fen", 10_000_000, 9_999_999),
    ("R23b", ONE, "wages_single_months", 3, 2),
    ("R23b", ONE, "wages_single_fen", 500_000, 499_999),
    ("R23b", TEN, "workers_unpaid", 10, 9),
    ("R23b", TEN, "wages_total_fen", 3_000_000, 2_999_999),
    *(
        ("R25", facts, fact, figure, figure - 1)
        for facts, turnover, gains in (
            (PIGS, 10_000_000, 5_000_000),
            (BANNED, 10_000_000, 5_000_000),
            (PERSON, 5_000_000, 1_000_000),
            (SHOP, 5_000_000, 1_000_000),
            (FIRM, 50_000_000, 10_000_000),
            (BODY, 50_000_000, 10_000_000),
        )
        for fact, figure in (("illegal_turnover_fen", turnover), ("illegal_gains_fen", gains))
    ),
    ("R25", _facts("market_order", "contract_fraud"), "fraud_amount_fen", 2_000_000, 1_999_999),
    ("R25", PYRAMID, "pyramid_persons", 30, 29),
    ("R25", PYRAMID, "pyramid_levels", 3, 2),
    ("R26", UNREACHABLE, "letters_unsigned", 2, 1),
    ("R26", UNREACHABLE, "letters_interval_days", 15, 14),
]


def _on(facts: dict[str, Any]) -> tuple[dict[str, Any], date]:
    rest = {name: value for name, value in facts.items() if name != "on"}
    return rest, date.fromisoformat(facts.get("on", "2024-06-01"))


@pytest.mark.parametrize(
    ("rule", "facts", "fact", "fires", "misses"),
    EDGES,
    ids=[f"{n}-{rule}-{fact}-{fires}" for n, (rule, _, fact, fires, _misses) in enumerate(EDGES)],
)
def test_a_rule_fires_on_its_figure_and_not_one_beside_it(
    rule: str, facts: dict[str, Any], fact: str, fires: int, misses: int, arbiter: Arbiter
) -> None:
    given, on = _on(facts)
    assert abs(fires - misses) == 1
    assert rule in arbiter.rule({**given, fact: fires}, on)["fired"]
    assert rule not in arbiter.rule({**given, fact: misses}, on)["fired"]


def test_one_fen_of_fine_is_published_for_an_uncalibrated_meter_and_none_is_not(arbiter: Arbiter) -> None:
    """R15 proposes its flag only with a fine (DOMAIN: publicity if fined)."""
    facts, on = _facts("metrology", "meter_failed_in_use"), date(2024, 6, 1)
    assert arbiter.rule({**facts, "fine_fen": 1}, on)["flags"] == ["penalty_publicity"]
    assert arbiter.rule({**facts, "fine_fen": 0}, on)["flags"] == []
    assert arbiter.rule(facts, on)["flags"] == []


def test_every_version_rules_from_its_first_day_to_its_last(rulebook: Rulebook, arbiter: Arbiter) -> None:
    for rule in rulebook.rules:
        facts = next(one.facts for one in rule.examples if one.fired)
        day = timedelta(days=1)
        expected = {rule.in_force_from - day: False, rule.in_force_from: True}
        if rule.in_force_until is not None:
            expected |= {rule.in_force_until: True, rule.in_force_until + day: False}
        for on, fires in expected.items():
            assert (rule in arbiter.decide(facts, on).rules) is fires, (rule.key, on)


def test_gains_from_selling_fakes_count_from_the_day_of_the_new_interpretation(arbiter: Arbiter) -> None:
    """法释〔2025〕5号 第五条 added the gains; before, R19 has the case and not R18."""
    facts = {**SELL, "illegal_gains_fen": 3_000_000}
    assert arbiter.rule(facts, date(2025, 4, 25))["fired"] == ["R19"]
    assert arbiter.rule(facts, date(2025, 4, 26))["fired"] == ["R18"]


SAME_MEANING = {("R19@1", "marks_count", ">=", 1), ("R19@2", "marks_count", ">=", 1)}
"""With one mark the higher figures of the alternative beside it already hold."""


def _one_off(rule: Rule) -> Iterator[tuple[Comparison, Condition]]:
    """The rule's condition with one figure moved by one, once for each figure and side."""
    for comparison in dict.fromkeys(comparisons(rule.when)):
        if type(comparison.value) is int:
            for value in (comparison.value - 1, comparison.value + 1):
                moved = replace(comparison, value=value)
                yield moved, _with(rule.when, comparison, moved)


def _with(condition: Condition, old: Comparison, new: Comparison) -> Condition:
    if isinstance(condition, Comparison):
        return new if condition == old else condition
    parts = tuple(_with(part, old, new) for part in condition.parts)
    return All(parts) if isinstance(condition, All) else AnyOf(parts)


def test_a_figure_that_is_off_by_one_anywhere_is_noticed_by_these_tests(rulebook: Rulebook) -> None:
    """Each figure of each rule is moved by one; some edge above must then come out otherwise."""
    cases = [
        rulebook.facts.complete({**_on(facts)[0], fact: value})
        for _, facts, fact, fires, misses in EDGES
        for value in (fires, misses)
    ]
    unnoticed, moved = set(), 0
    for rule in rulebook.rules:
        original = predicate(rule.when)
        for comparison, condition in _one_off(rule):
            moved += 1
            other = predicate(condition)
            if all(original(facts) == other(facts) for facts in cases):
                unnoticed.add((rule.key, comparison.fact, comparison.operator, comparison.value))
    assert unnoticed == SAME_MEANING
    assert moved > 100


def test_what_is_unknown_reaches_no_figure(rulebook: Rulebook, arbiter: Arbiter) -> None:
    """-1 is unknown, not a sum: no criminal rule fires on it, and 0 is no sum either."""
    money = [name for name, fact in rulebook.facts.by_name.items() if fact.unknown == -1]
    assert len(money) == 10
    for facts in (FAKE, AD, USE, SELL, PERSON, FIRM, PIGS, WASTE, TAX, WAGES):
        for value in (-1, 0):
            known = {**facts, **dict.fromkeys(money, value)}
            fired = arbiter.decide(known, date(2024, 6, 1)).rules
            assert not any(rule.confidential for rule in fired)


def test_the_largest_sum_is_still_a_sum(arbiter: Arbiter) -> None:
    assert "R07" in arbiter.rule({**FAKE, "sales_fen": LARGEST_INTEGER}, date(2024, 6, 1))["fired"]


def test_the_figures_a_province_may_set_lie_at_the_lower_end(rulebook: Rulebook) -> None:
    """拒不支付劳动报酬解释（2013）第三条: the province fixes the figure; until it is known the lower end stands."""
    (rule,) = (one for one in rulebook.rules if one.parameters)
    assert rule.id == "R23b"
    assert [(p.name, p.value, p.range) for p in rule.parameters] == [
        ("wages_single_fen", 500_000, (500_000, 2_000_000)),
        ("wages_total_fen", 3_000_000, (3_000_000, 10_000_000)),
    ]
    assert rule.as_data()["parameters"] == next(
        one["parameters"] for one in contract("facts.json")["rules"] if one["id"] == "R23b"
    )
