"""从旧兼从轻: where rules changed between the act and its discovery, both rulings are shown and a person chooses."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from engine.law_of_the_act import Changed
from tests.builders import Town

FOUND = "2025-06-02T09:00"
OF_THE_ACT, OF_DISCOVERY = "R19@1", "R19@2"
"""Selling counterfeit goods: from 2025-04-26 on the gains count too, and from 30,000 yuan on it is no mere infringement."""


def sold(town: Town, acted: str | None, **facts: Any) -> str:
    """A finding of counterfeit goods sold knowingly, with gains between the figures of the two versions."""
    stated = {} if acted is None else {"act_ended_on": acted}
    known = {"knowing": "yes", "sales_fen": 1_000_000, "unsold_value_fen": 0, "illegal_gains_fen": 4_000_000}
    return town.finding(
        domain="trademark", violation="tm_sell_counterfeit", facts={**known, **facts}, **stated
    )


@pytest.fixture
def later(sqlite_town: Town) -> Town:
    """The town after the change of the rules."""
    sqlite_town.at(FOUND)
    return sqlite_town


def test_both_rulings_are_shown_where_they_differ_by_a_rule_that_changed(town: Town) -> None:
    town.at(FOUND)
    both = town.house.law_of_the_act.of_finding(sold(town, "2025-03-01"), confidential=False)
    assert both is not None
    assert (both.acted_on, both.today) == (date(2025, 3, 1), date(2025, 6, 2))
    assert "penalty" in both.then.routes and "penalty" not in both.now.routes
    assert [(one.then.key, one.now.key, one.lighter) for one in both.changed if one.then and one.now] == [
        (OF_THE_ACT, OF_DISCOVERY, None)
    ]


def test_the_readers_of_the_referral_see_what_the_legal_section_has_declared(later: Town) -> None:
    both = later.house.law_of_the_act.of_finding(sold(later, "2025-03-01"), confidential=True)
    assert both is not None
    assert "criminal_referral" in both.now.routes and "criminal_referral" not in both.then.routes
    lighter = {(one.then.key, one.now.key): one.lighter for one in both.changed if one.then and one.now}
    assert lighter[("R18@1", "R18@2")] == "then" and lighter[(OF_THE_ACT, OF_DISCOVERY)] is None


@pytest.mark.parametrize(
    ("acted", "facts"),
    [
        (None, {}),
        ("2025-06-02", {}),
        ("2025-05-01", {}),
        ("2025-03-01", {"illegal_gains_fen": 1_000_000}),
    ],
    ids=["not stated", "the same day", "the same version", "the same outcome"],
)
def test_nothing_is_shown_where_there_is_nothing_to_choose(
    later: Town, acted: str | None, facts: dict[str, Any]
) -> None:
    finding = sold(later, acted, **facts)
    assert later.house.law_of_the_act.of_finding(finding, confidential=False) is None


def test_a_rule_that_did_not_stand_at_the_time_of_the_act_says_so(sqlite_town: Town) -> None:
    finding = sqlite_town.finding(**{"violation": "food_unlicensed"}, act_ended_on="2015-09-30")
    both = sqlite_town.house.law_of_the_act.of_finding(finding, confidential=False)
    assert both is not None and not {"penalty"} & set(both.then.routes)
    assert {(one.then, one.now.id if one.now else None) for one in both.changed} >= {(None, "R04")}


def test_what_is_declared_lighter_names_the_other_version(sqlite_town: Town) -> None:
    rules = {rule.key: rule for rule in sqlite_town.house.rulebook.rules}
    assert rules["R18@1"].lighter_than == ("R18@2",)
    now = replace(rules["R18@2"], lighter_than=("R18@1",))
    then = replace(rules["R18@1"], lighter_than=())
    assert [Changed(then, now).lighter, Changed(rules["R18@1"], rules["R18@2"]).lighter] == ["now", "then"]
    assert Changed(None, now).lighter is None
