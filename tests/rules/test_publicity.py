"""Classes of publicity and terms of repair: the same as the contract's, and the right one by the day."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from rules.conditions import condition_as_data
from rules.publicity import Publicity, load_publicity
from rules.rulebook import load_rulebook

CREDIT = json.loads(
    (Path(__file__).parent.parent.parent / "docs/contract/facts.json").read_text(encoding="utf-8")
)["credit"]
BEFORE, AFTER = date(2025, 12, 24), date(2025, 12, 25)


@pytest.fixture(scope="module")
def publicity() -> Publicity:
    return load_publicity(load_rulebook().facts)


def test_the_classes_are_the_contracts(publicity: Publicity) -> None:
    told = {one["id"]: one for one in CREDIT["classes"]}
    assert {one.id for one in publicity.classes} == set(told)
    for one in publicity.classes:
        wanted = told[one.id]
        assert one.publicity_class == wanted["publicity_class"]
        assert condition_as_data(one.when) == wanted["when"]
        assert (one.months_min, one.months_max) == (wanted["months_min"], wanted["months_max"])
        until = one.in_force_until and one.in_force_until.isoformat()
        assert {"from": one.in_force_from.isoformat(), "until": until} == wanted["in_force"]


@pytest.mark.parametrize(
    ("heaviest", "level", "listed", "before", "after"),
    [
        ("warning", "none", False, "K01", "K11"),
        ("criticism", "none", False, "K02", "K11"),
        ("fine", "low", False, "K02", "K12"),
        ("fine", "ordinary", False, "K04", "K12"),
        ("fine", "ordinary", True, "K04", "K13"),
        ("fine", "very_large", False, "K04", "K13"),
        ("stop_business", "ordinary", False, "K03", "K12"),
        ("trade_ban", "none", False, "K03", "K13"),
    ],
)
def test_the_day_of_publication_chooses_the_class(
    publicity: Publicity, heaviest: str, level: str, listed: bool, before: str, after: str
) -> None:
    facts = {"penalty_procedure": "ordinary", "penalty_heaviest": heaviest}
    facts |= {"fine_level": level, "serious_listed": listed}
    chosen = [publicity.class_of(facts, on) for on in (BEFORE, AFTER)]
    assert [one and one.id for one in chosen] == [before, after]


def test_months_depend_on_domain_and_ban(publicity: Publicity) -> None:
    by_id = {one.id: one for one in publicity.classes}
    assert by_id["K04"].lasting("food", 0) == (12, 36)
    assert by_id["K04"].lasting("price", 0) == (6, 36)
    assert by_id["K03"].lasting("price", 60) == (60, 60)
    assert by_id["K03"].lasting("price", 12) == (36, 36)


def test_the_day_of_application_chooses_the_term_of_repair(publicity: Publicity) -> None:
    assert [publicity.repair_term(on) for on in (BEFORE, AFTER)] == ["DL46", "DL47"]
    assert [one.term for one in publicity.repair] == [one["term"] for one in CREDIT["repair"]]
