"""What the house derives by itself."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from rules import derive as derived
from rules.arbiter import Arbiter
from rules.derive import derive
from rules.rulebook import Rulebook
from tests.schemas import contract

EXAMPLES = contract("facts.json")["derivation_examples"]


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


DERIVATIONS: dict[str, Callable[[dict[str, Any]], Any]] = {
    "limitation": lambda given: derived.limitation(
        _day(given["act_ended_on"]), _day(given["discovered_on"]), continuing=given["continuing"]
    ),
    "letters_interval_days": lambda given: derived.letters_interval_days(
        [date.fromisoformat(letter) for letter in given["letters"]]
    ),
    "tax_evaded_ten_percent": lambda given: derived.tax_evaded_ten_percent(**_sums(given)),
    "heavier_penalty": lambda given: derived.heavier_penalty(**given),
}


def _sums(given: dict[str, int]) -> dict[str, int]:
    return {"evaded_fen": given["tax_evaded_fen"], "due_fen": given["tax_due_fen"]}


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: f"{example['fact']} is {example['value']}")
def test_each_worked_derivation_of_the_contract_comes_out(example: dict[str, Any]) -> None:
    assert DERIVATIONS[example["fact"]](example["input"]) == example["value"]


def test_a_leap_day_ends_on_the_last_day_of_february() -> None:
    act = date(2020, 2, 29)
    assert derived.limitation(act, date(2022, 2, 28), continuing=False) == "within"
    assert derived.limitation(act, date(2022, 3, 1), continuing=False) == "past_two_years"


def test_an_act_that_ends_after_it_was_found_is_within_the_period() -> None:
    assert derived.limitation(date(2098, 1, 1), date(2024, 1, 1), continuing=False) == "within"


@pytest.mark.parametrize(
    ("states", "fact"),
    [
        ([], "none"),
        (["cancelled"], "none"),
        (["to_order"], "none"),
        (["corrected", "cancelled"], "corrected"),
        (["corrected", "correcting"], "ordered"),
        (["corrected", "correcting", "not_corrected"], "not_corrected"),
        (["not_corrected", "refused", "corrected"], "refused"),
    ],
)
def test_several_orders_to_correct_make_one_state(states: list[str], fact: str) -> None:
    assert derived.rectification_state(states) == fact


def test_every_state_of_the_rectification_chart_has_a_meaning() -> None:
    states = set(contract("charts.json")["charts"]["rectification"]["states"])
    assert states | {"refused"} == set(derived.RECTIFICATION_FACT)


@pytest.mark.parametrize(
    ("fen", "party", "level"),
    [
        (-1, "enterprise", "none"),
        (0, "enterprise", "none"),
        (100_000, "natural_person", "low"),
        (100_001, "natural_person", "ordinary"),
        (1_000_000, "enterprise", "low"),
        (1_000_001, "enterprise", "ordinary"),
        (99_999_999, "enterprise", "ordinary"),
        (100_000_000, "natural_person", "very_large"),
    ],
)
def test_the_level_of_a_fine_follows_the_figures_of_the_office(
    fen: int, party: str, level: str, rulebook: Rulebook
) -> None:
    assert derived.fine_level(fen, party, rulebook.office) == level


def _derived(rulebook: Rulebook, **other: Any) -> dict[str, Any]:
    given: dict[str, Any] = {
        "domain": "tax",
        "violation": "tax_evasion",
        "party_kind": "enterprise",
        "result_codes": ["UNDISCLOSED", "PENDING_FOLLOWUP"],
        "department": "market_regulation",
        "office": rulebook.office,
        "act_ended_on": date(2023, 1, 1),
        "discovered_on": date(2024, 6, 1),
        "continuing": False,
        "letters": [
            {"posted_on": "2024-04-12", "signed": False},
            {"posted_on": "2024-03-27"},
            {"posted_on": "2024-01-01", "signed": True},
        ],
        "tax_due_fen": 100_000_000,
        "rectifications": ["correcting"],
    } | other
    return derive({"tax_evaded_fen": 10_000_000}, **given)


def test_all_derived_facts_of_a_finding_are_worked_out_together(rulebook: Rulebook) -> None:
    facts = _derived(rulebook)
    assert facts == {
        "domain": "tax",
        "violation": "tax_evasion",
        "party_kind": "enterprise",
        "tax_evaded_fen": 10_000_000,
        "result_undisclosed": True,
        "result_uncooperative": False,
        "own_power": False,
        "rectification_state": "ordered",
        "serious_listed": False,
        "letters_interval_days": 16,
        "limitation": "within",
        "tax_evaded_ten_percent": True,
        "fine_level": "none",
        "heavier_penalty": False,
    }
    assert rulebook.facts.check(facts, entered_only=False) == []


def test_a_decided_penalty_is_part_of_the_facts(rulebook: Rulebook) -> None:
    penalty = {"penalty_procedure": "ordinary", "penalty_heaviest": "stop_business", "fine_fen": 25_000_000}
    facts = _derived(rulebook, penalty=penalty)
    assert facts["heavier_penalty"] is True
    assert facts["fine_level"] == "ordinary"
    assert rulebook.facts.check(facts, entered_only=False) == []


def test_derived_facts_lead_to_the_transfer_with_its_criminal_figure(
    rulebook: Rulebook, arbiter: Arbiter
) -> None:
    answer = arbiter.rule(_derived(rulebook), date(2024, 6, 1))
    assert answer["fired"] == ["R22a", "R22c", "R27a"]
    assert answer["routes"] == ["transfer"]
    assert answer["to"] == ["taxation"]
    assert answer["notes"] == ["crime_threshold_noted", "ordered_publication_DL03"]


def test_an_office_knows_who_is_competent(rulebook: Rulebook) -> None:
    office = rulebook.office
    assert office.competent("market_order", "illegal_pig_slaughter") == ("agriculture", "market_regulation")
    assert office.competent("market_order", "pyramid_selling") == ("market_regulation",)
    assert office.competent("fishery", "other") == ()
    assert office.has_power("fire_rescue", "fire", "fire_exit_blocked")
    assert not office.has_power("market_regulation", "fire", "other")
    assert office.department_by_name("消防救援大队") == "fire_rescue"
    assert office.department_by_name("原平市消防救援大队") == "fire_rescue"
    assert office.department_by_name("fire_rescue") == "fire_rescue"
    assert office.department_by_name("消防") is None
    assert office.series("transfer") == "原市监移〔{year}〕{n}号"
    assert office.series("love_letter") is None
    assert office.threshold("late_entry_days") == 5
