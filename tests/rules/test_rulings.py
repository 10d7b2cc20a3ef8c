"""The worked rulings of the contract, decided by both evaluators."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from rules.arbiter import Arbiter
from rules.rulebook import Rulebook
from tests.schemas import contract, faults

WORKED: list[dict[str, Any]] = contract("rulings.json")["rulings"]


def _answered(answer: dict[str, Any], example: dict[str, Any]) -> dict[str, Any]:
    """The members that the example expects; `open` as ids."""
    answer = {**answer, "open": [entry["rule"] for entry in answer["open"]]}
    return {name: answer[name] for name in example["expect"]}


def test_the_contract_has_167_worked_rulings() -> None:
    assert len(WORKED) == len({example["id"] for example in WORKED}) == 167


@pytest.mark.parametrize("example", WORKED, ids=[example["id"] for example in WORKED])
def test_each_worked_ruling_of_the_contract_comes_out(example: dict[str, Any], arbiter: Arbiter) -> None:
    """The arbiter answers only where both evaluators name the same rules."""
    answer = arbiter.rule(example["facts"], date.fromisoformat(example["on"]))
    assert faults("ruling_answer", answer) == []
    assert answer["agreed"] is True
    assert _answered(answer, example) == example["expect"]


def test_every_version_of_every_rule_fires_in_a_worked_ruling(arbiter: Arbiter, rulebook: Rulebook) -> None:
    fired = {
        f"{one['rule']}@{one['version']}"
        for example in WORKED
        for one in arbiter.rule(example["facts"], date.fromisoformat(example["on"]))["rules"]
    }
    assert fired == {rule.key for rule in rulebook.rules}


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
    assert tuple(map(arbiter.as_answer, arbiter.decide_twice(facts, on))) == (listed, others)
    assert tuple(map(arbiter.as_answer, arbiter.decide_twice(innocent, on))) == (others, others)


def test_the_python_evaluator_alone_says_the_same(arbiter: Arbiter) -> None:
    for example in WORKED:
        on = date.fromisoformat(example["on"])
        assert arbiter.decide_alone(example["facts"], on) == arbiter.decide(example["facts"], on)
