"""The worked rulings of the contract, decided by both evaluators."""

from __future__ import annotations

from datetime import date
from typing import Any

import jsonschema
import pytest

from rules.arbiter import Arbiter
from rules.rulebook import Rulebook

from .conftest import contract

WORKED: list[dict[str, Any]] = contract("rulings.json")["rulings"]


def _answered(answer: dict[str, Any], example: dict[str, Any]) -> dict[str, Any]:
    """The members that the example expects; `open` as ids."""
    answer = {**answer, "open": [entry["rule"] for entry in answer["open"]]}
    return {name: answer[name] for name in example["expect"] if name != "credit"}


def _expected(example: dict[str, Any], known: set[str]) -> dict[str, Any]:
    expected = {name: value for name, value in example["expect"].items() if name != "credit"}
    if "open" in expected:
        expected["open"] = [rule for rule in expected["open"] if rule in known]
    return expected


@pytest.mark.parametrize("example", WORKED, ids=[example["id"] for example in WORKED])
def test_with_all_rules_of_the_contract_each_worked_ruling_comes_out(
    example: dict[str, Any], whole_arbiter: Arbiter, whole_rulebook: Rulebook
) -> None:
    known = {rule.id for rule in whole_rulebook.rules}
    answer = whole_arbiter.rule(example["facts"], date.fromisoformat(example["on"]))
    assert _answered(answer, example) == _expected(example, known)


def test_the_house_reproduces_every_worked_ruling_that_its_own_rules_decide(
    arbiter: Arbiter, rulebook: Rulebook, schemas: Any
) -> None:
    known = {rule.id for rule in rulebook.rules}
    validator = jsonschema.Draft202012Validator(contract("schemas/ruling_answer.json"), registry=schemas)
    decided = [example for example in WORKED if set(example["expect"]["fired"]) <= known]
    for example in decided:
        answer = arbiter.rule(example["facts"], date.fromisoformat(example["on"]))
        validator.validate(answer)
        assert _answered(answer, example) == _expected(example, known), example["id"]
    print(f"{len(decided)} of {len(WORKED)} worked rulings are decided by the {len(known)} rules present")
    assert len(decided) == 56
    fired = {rule for example in decided for rule in example["expect"]["fired"]}
    assert known - fired == {"R29b"}, "in the contract R29b fires only beside a rule that is not here yet"


def test_a_ruling_lists_the_law_of_every_rule_that_fired(arbiter: Arbiter) -> None:
    answer = arbiter.rule(
        {"domain": "fire", "violation": "fire_exit_blocked", "own_power": False}, date(2024, 4, 28)
    )
    assert answer["rules"] == [
        {
            "rule": "R20",
            "version": 1,
            "title": "消防违法：移送消防救援",
            "basis": [
                {"title": "消防法", "article": "第五十四条、第六十条、第七十条", "mark": "V[S46]"},
                {"title": "安全生产法", "article": "第六十九条", "mark": "V[S45]"},
            ],
        }
    ]


def test_a_rule_rules_from_its_first_day_on(arbiter: Arbiter) -> None:
    facts = {"domain": "fire", "violation": "fire_exit_blocked", "own_power": False}
    assert arbiter.rule(facts, date(2021, 8, 31))["fired"] == []
    assert arbiter.rule(facts, date(2021, 9, 1))["fired"] == ["R20"]


def test_without_own_power_the_case_goes_to_the_competent_department_even_where_no_rule_fires(
    arbiter: Arbiter,
) -> None:
    decision = arbiter.decide(
        {"domain": "housing", "violation": "other", "own_power": False}, date(2024, 6, 1)
    )
    assert decision.ruling.fired == ()
    assert decision.ruling.routes == ("transfer",)
    assert decision.ruling.to == ("housing",)
    assert decision.ruling.grounds == ("no_competence",)
    assert decision.ruling.shut == ("penalty", "rectification")


def test_an_unverified_basis_is_marked_for_checking(arbiter: Arbiter) -> None:
    facts = {"domain": "special_equipment", "violation": "se_refuse_inspection", "violence": True}
    answer = arbiter.rule(facts, date(2024, 6, 1))
    assert answer["fired"] == ["R10a", "R10c"]
    assert answer["pending_check"] == ["R10c"]
    assert answer["urgent"] is True
    assert answer["routes"] == ["transfer", "rectification"]


def test_whoever_is_not_on_the_list_sees_a_ruling_without_the_crime(arbiter: Arbiter) -> None:
    facts = {
        "domain": "hazchem",
        "violation": "hazchem_unlicensed",
        "own_power": False,
        "dangerous_operation": True,
        "criminal_outcome": "pending",
    }
    on = date(2024, 6, 1)
    listed = arbiter.rule(facts, on)
    assert listed["routes"] == ["criminal_referral", "transfer"]
    assert {"fine", "close"} < set(listed["shut"])
    others = arbiter.rule(facts, on, confidential=False)
    innocent = {
        name: value
        for name, value in facts.items()
        if name not in ("dangerous_operation", "criminal_outcome")
    }
    assert others == arbiter.rule(innocent, on)
    assert arbiter.rule_twice(facts, on) == (listed, others)
    assert arbiter.rule_twice(innocent, on) == (others, others)


def test_the_class_of_a_decided_penalty_is_absent_rather_than_guessed(arbiter: Arbiter) -> None:
    facts = {"domain": "food", "violation": "food_item_failed"}
    assert arbiter.rule(facts, date(2024, 6, 1))["credit"] is None
    decided = {**facts, "penalty_procedure": "summary", "penalty_heaviest": "fine", "fine_fen": 10_000}
    assert "credit" not in arbiter.rule(decided, date(2024, 6, 1))


def test_the_python_evaluator_alone_says_the_same(arbiter: Arbiter) -> None:
    for example in WORKED[:40]:
        on = date.fromisoformat(example["on"])
        assert arbiter.decide_alone(example["facts"], on) == arbiter.decide(example["facts"], on)
