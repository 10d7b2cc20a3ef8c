"""A rule of the criminal referral's record never shows in the ruling for everybody (law 9)."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from rules.arbiter import Arbiter
from rules.charts import load_charts
from rules.rulebook import Rulebook, load_rulebook
from rules.schema import CRIMINAL_REFERRAL
from tests.schemas import contract

BOOK = load_rulebook()
SECRET = [rule for rule in BOOK.rules if rule.confidential]
FIRING = [
    pytest.param(rule.key, example.facts, example.on, id=f"{rule.key}-{n}")
    for rule in SECRET
    for n, example in enumerate(rule.examples)
    if example.fired
]
WORKED = contract("rulings.json")["rulings"]


def test_the_confidential_rules_are_exactly_those_that_propose_a_referral() -> None:
    keys = {rule.key for rule in SECRET}
    assert keys == {rule.key for rule in BOOK.rules if CRIMINAL_REFERRAL in rule.routes}
    assert {rule.id for rule in SECRET} == {
        "R05a",
        "R06",
        "R07",
        "R12",
        "R16b",
        "R17",
        "R18",
        "R24b",
        "R25",
    }
    assert len(keys) == 11


@pytest.mark.parametrize(("key", "facts", "on"), FIRING)
def test_a_confidential_rule_shows_to_its_list_and_to_nobody_else(
    key: str, facts: dict[str, Any], on: date, arbiter: Arbiter
) -> None:
    (rule,) = (one for one in SECRET if one.key == key)
    listed = arbiter.rule(facts, on)
    assert rule.id in listed["fired"]
    assert {"fine", "close"} <= set(listed["shut"])
    assert not {"penalty_publicity", "serious_list"} & set(listed["flags"])
    shown = arbiter.rule(facts, on, confidential=False)
    told = json.dumps(shown, ensure_ascii=False)
    for secret in SECRET:
        assert f'"{secret.id}"' not in told
        assert secret.title not in told
    assert CRIMINAL_REFERRAL not in told
    assert "criminal_outcome" not in told
    assert "刑法" not in told


@pytest.fixture(scope="module")
def innocent() -> Any:
    """The house's rulebook as if nobody had ever written a confidential rule."""
    book = replace(BOOK, rules=tuple(rule for rule in BOOK.rules if not rule.confidential))
    arbiter = Arbiter(book, book.facts, book.office, timeout_seconds=20)
    yield arbiter
    arbiter.close()


@pytest.mark.parametrize("example", WORKED, ids=[example["id"] for example in WORKED])
def test_the_ruling_for_everybody_is_that_of_a_house_without_criminal_rules(
    example: dict[str, Any], arbiter: Arbiter, innocent: Arbiter
) -> None:
    on = date.fromisoformat(example["on"])
    shown = arbiter.rule(example["facts"], on, confidential=False)
    without = {name: value for name, value in example["facts"].items() if name != "criminal_outcome"}
    assert shown == innocent.rule(without, on)
    assert arbiter.as_answer(arbiter.decide_twice(example["facts"], on)[1]) == shown


def test_what_is_unknown_about_a_crime_is_asked_of_nobody_but_the_list(arbiter: Arbiter) -> None:
    facts, on = {"domain": "food", "violation": "toxic_food_sold"}, date(2024, 6, 1)
    assert {"rule": "R05a", "missing": ["knowing"]} in arbiter.rule(facts, on)["open"]
    shown = arbiter.rule(facts, on, confidential=False)
    assert not {rule.id for rule in SECRET} & {one["rule"] for one in shown["open"]}


def test_a_referral_is_a_route_that_a_person_may_propose_and_no_proceeding_of_the_finding() -> None:
    charts = load_charts()
    routes = {one["code"] for one in charts.dictionary["vocabularies"]["route"]}
    assert CRIMINAL_REFERRAL in routes
    assert CRIMINAL_REFERRAL not in charts.kinds


def test_a_minor_offence_is_forgiven_only_where_no_crime_is_suspected(arbiter: Arbiter) -> None:
    """R29a yields to R06 on the list, and stands for everybody else, who may not see why it would not."""
    facts = {
        "domain": "food",
        "violation": "food_unsafe",
        "unsafe_food_kind": "sick_dead_animal",
        "circumstances": "slight",
        "corrected_in_time": "yes",
        "harm": "none",
    }
    listed, shown = map(arbiter.as_answer, arbiter.decide_twice(facts, date(2024, 6, 1)))
    assert (listed["suppressed"], "impose" in listed["shut"]) == (["R29a"], False)
    assert (shown["suppressed"], shown["shut"]) == ([], ["impose"])


def test_a_referral_that_has_ended_calls_for_the_penalty_on_the_list_alone(arbiter: Arbiter) -> None:
    """国令730号修订 第十条: refused or not filed, the case is handled by the bureau."""
    facts = {"domain": "food", "violation": "food_unsafe", "unsafe_food_kind": "excess_hazard"}
    on = date(2024, 6, 1)
    for outcome in ("refused", "no_filing_final", "cancelled", "non_prosecuted", "acquitted", "exempted"):
        twice = arbiter.decide_twice({**facts, "criminal_outcome": outcome}, on)
        listed, shown = map(arbiter.as_answer, twice)
        assert listed["routes"] == ["penalty"]
        assert not {"fine", "close"} & set(listed["shut"])
        assert shown == arbiter.rule(facts, on, confidential=False)
    for outcome in ("court_fine", "convicted"):
        listed = arbiter.rule({**facts, "criminal_outcome": outcome}, on)
        assert "fine" in listed["shut"] and "close" not in listed["shut"]


def test_a_threshold_that_nobody_has_checked_still_shuts_the_fine(
    arbiter: Arbiter, rulebook: Rulebook
) -> None:
    """Law 11: R17 of 2025, R18 of before and R25 are unverified; they show it, and shut the fine all the same."""
    unchecked = [rule for rule in rulebook.rules if rule.confidential and not rule.verified]
    assert [rule.key for rule in unchecked] == ["R17@2", "R18@1", "R25@1"]
    for rule in unchecked:
        example = next(one for one in rule.examples if one.fired)
        listed = arbiter.rule(example.facts, example.on)
        assert rule.id in listed["pending_check"]
        assert {"fine", "close"} <= set(listed["shut"])
