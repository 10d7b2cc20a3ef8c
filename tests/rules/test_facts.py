"""Facts that are missing or wrong are refused, each with its place and its reason, all at once."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from rules.arbiter import Arbiter
from rules.facts import _WORDS, LARGEST_INTEGER, FactsInvalid
from rules.facts_table import facts_table
from rules.rulebook import ROOT, Rulebook
from tests.schemas import contract

FOOD = {"domain": "food", "violation": "food_item_failed"}


@pytest.mark.parametrize(
    ("fact", "value", "code"),
    [
        ("sales_fen", True, "type"),
        ("sales_fen", 1.0, "type"),
        ("sales_fen", "5000000", "type"),
        ("sales_fen", None, "type"),
        ("sales_fen", [5], "type"),
        ("sales_fen", -2, "range"),
        ("workers_unpaid", -1, "range"),
        ("sales_fen", 2**53, "range"),
        ("sales_fen", 2**63, "range"),
        ("sales_fen", 10**400, "range"),
        ("own_power", 1, "type"),
        ("own_power", "true", "type"),
        ("own_power", None, "type"),
        ("harm", "grave", "vocabulary"),
        ("harm", "None", "vocabulary"),
        ("harm", "没有", "vocabulary"),
        ("harm", "x" * 100_000, "vocabulary"),
        ("harm", 0, "type"),
        ("harm", {"code": "none"}, "type"),
        ("violation", "fire_exit_blocked", "domain_mismatch"),
        ("violation", "no_such_violation", "vocabulary"),
        ("domain", "fishery", "vocabulary"),
        ("harmm", "none", "unknown_field"),
        ("", "none", "unknown_field"),
    ],
)
def test_a_wrong_fact_is_refused_with_its_place_and_reason(
    fact: str, value: Any, code: str, arbiter: Arbiter
) -> None:
    with pytest.raises(FactsInvalid) as refused:
        arbiter.rule({**FOOD, fact: value}, date(2024, 6, 1))
    (error,) = refused.value.errors
    assert (error["pointer"], error["code"]) == (f"/facts/{fact}", code)
    assert error["zh"] and error["en"]


def test_every_reason_is_one_of_the_contracts(rulebook: Rulebook) -> None:
    assert set(_WORDS) <= {error["code"] for error in contract("codes.json")["field_errors"]}
    assert rulebook.facts.check([], entered_only=False)[0]["code"] == "type"


def test_a_name_is_escaped_in_its_pointer(rulebook: Rulebook) -> None:
    (error,) = rulebook.facts.check({"a/b~c": 1}, entered_only=True, pointer="/findings/0/facts")
    assert error["pointer"] == "/findings/0/facts/a~1b~0c"


def test_all_faults_are_told_at_once(rulebook: Rulebook) -> None:
    errors = rulebook.facts.check({"harm": 1, "sales_fen": -5, "nonsense": 0}, entered_only=False)
    assert [(error["pointer"], error["code"]) for error in errors] == [
        ("/facts/harm", "type"),
        ("/facts/sales_fen", "range"),
        ("/facts/nonsense", "unknown_field"),
        ("/facts/domain", "missing"),
    ]


def test_what_the_house_derives_may_not_be_entered(rulebook: Rulebook) -> None:
    for fact in rulebook.facts.by_name.values():
        value = fact.default if fact.default is not None else "food"
        errors = rulebook.facts.check({fact.name: value}, entered_only=True)
        codes = [error["code"] for error in errors]
        if fact.name in ("domain", "violation", "party_kind"):
            assert codes == ["unknown_field"], "the finding states it, not its facts"
        elif fact.derived_from is not None:
            assert codes == ["derived"]
        else:
            assert codes == []


def test_facts_left_out_take_their_default(rulebook: Rulebook) -> None:
    complete = rulebook.facts.complete({"domain": "health", "sales_fen": LARGEST_INTEGER})
    assert set(complete) == set(rulebook.facts.by_name)
    assert complete["violation"] == "none"
    assert complete["sales_fen"] == LARGEST_INTEGER
    assert complete["marks_count"] == 1
    assert complete["unsold_value_fen"] == -1
    assert complete["own_power"] is True


def test_only_the_outcome_of_a_criminal_case_is_confidential(rulebook: Rulebook) -> None:
    assert rulebook.facts.confidential == {"criminal_outcome"}


def test_the_page_about_facts_says_what_the_dictionary_says(rulebook: Rulebook) -> None:
    page = (ROOT.parent / "docs" / "facts.md").read_text(encoding="utf-8")
    assert page == facts_table(rulebook.facts), "write it anew: ./dev bihuan rules facts > docs/facts.md"
