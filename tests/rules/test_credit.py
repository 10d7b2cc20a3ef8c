"""How long a penalty is published, and the term of its repair, by the date that each asks for."""

from __future__ import annotations

from datetime import date
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from rules.arbiter import Arbiter
from rules.data_file import DataFault
from rules.predicates import predicate
from rules.rulebook import Rulebook, load_rulebook

from .conftest import copy_of_the_law

LAST_2021, FIRST_2025 = date(2025, 12, 24), date(2025, 12, 25)


def _decided(rulebook: Rulebook, **given: Any) -> dict[str, Any]:
    """Complete facts of a penalty decided in the ordinary procedure."""
    decided = {"domain": "advertising", "violation": "ad_false", "penalty_procedure": "ordinary", **given}
    return rulebook.facts.complete(decided)


def _class(rulebook: Rulebook, on: date, **given: Any) -> tuple[str, int, int, bool] | None:
    answer = rulebook.credit.answer(_decided(rulebook, **given), on, on)
    if answer is None:
        return None
    return answer["publicity_class"], answer["months_min"], answer["months_max"], answer["early_end"]


FINE = {"penalty_heaviest": "fine"}


@pytest.mark.parametrize(
    ("given", "before", "after"),
    [
        ({"penalty_procedure": "summary", **FINE, "fine_level": "low"}, "not_published", "minor"),
        ({"penalty_heaviest": "warning"}, "not_published", "minor"),
        ({"penalty_heaviest": "criticism"}, "three_months", "minor"),
        ({**FINE, "fine_level": "low"}, "three_months", "general"),
        ({**FINE, "fine_level": "ordinary"}, "three_years", "general"),
        ({**FINE, "fine_level": "very_large"}, "three_years", "serious"),
        ({"penalty_heaviest": "confiscate_gains"}, "three_years", "general"),
        ({"penalty_heaviest": "confiscate_property"}, "three_years", "general"),
        ({"penalty_heaviest": "suspend_licence"}, "three_years", "general"),
        ({"penalty_heaviest": "downgrade"}, "three_years_fixed", "general"),
        ({"penalty_heaviest": "restrict_business"}, "three_years_fixed", "general"),
        ({"penalty_heaviest": "stop_business"}, "three_years_fixed", "general"),
        ({"penalty_heaviest": "close_business"}, "three_years_fixed", "serious"),
        ({"penalty_heaviest": "trade_ban"}, "three_years_fixed", "serious"),
        ({"penalty_heaviest": "revoke_licence"}, "three_years_fixed", "serious"),
        ({"penalty_heaviest": "warning", "serious_listed": True}, "not_published", "serious"),
        ({**FINE, "fine_level": "low", "serious_listed": True}, "three_months", "serious"),
    ],
)
def test_the_class_changes_on_the_day_of_the_new_rule(
    given: dict[str, Any], before: str, after: str, rulebook: Rulebook
) -> None:
    found = [_class(rulebook, on, **given) for on in (LAST_2021, FIRST_2025)]
    assert [one and one[0] for one in found] == [before, after]


def test_classes_never_overlap_but_that_the_serious_one_goes_first(rulebook: Rulebook) -> None:
    facts = rulebook.facts.by_name
    names = ("penalty_procedure", "penalty_heaviest", "fine_level")
    for on in (LAST_2021, FIRST_2025):
        for listed, *codes in product((False, True), *(facts[name].vocabulary for name in names)):
            decided = _decided(rulebook, **dict(zip(names, codes, strict=True)), serious_listed=listed)
            holding = [
                one.publicity_class
                for one in rulebook.credit.classes
                if one.in_force.holds(on) and predicate(one.when)(decided)
            ]
            assert len([one for one in holding if one != "serious"]) <= 1, decided
            found = rulebook.credit.class_of(decided, on)
            if "serious" in holding:
                assert found is not None and found.publicity_class == "serious"


def test_an_early_end_takes_a_year_for_food_and_special_equipment(rulebook: Rulebook) -> None:
    for domain, months in (("advertising", 6), ("food", 12), ("special_equipment", 12), ("price", 6)):
        found = _class(rulebook, LAST_2021, domain=domain, violation="other", **FINE, fine_level="ordinary")
        assert found == ("three_years", months, 36, True)


@pytest.mark.parametrize(("ban", "months"), [(0, 36), (36, 36), (37, 37), (120, 120)])
def test_a_long_ban_is_published_as_long_as_it_lasts(ban: int, months: int, rulebook: Rulebook) -> None:
    found = _class(rulebook, LAST_2021, penalty_heaviest="trade_ban", trade_ban_months=ban)
    assert found == ("three_years_fixed", months, months, False)
    assert _class(rulebook, FIRST_2025, penalty_heaviest="trade_ban", trade_ban_months=ban) == (
        "serious",
        12,
        36,
        True,
    )


def test_publication_and_repair_go_by_their_own_dates(rulebook: Rulebook) -> None:
    """Published under the rule of 2021, repair asked for under that of 2025 (DOMAIN scenario S12)."""
    decided = _decided(rulebook, **FINE, fine_level="ordinary")
    answer = rulebook.credit.answer(decided, date(2024, 7, 30), date(2026, 1, 12))
    assert answer == {
        "regime": "rule_2021",
        "publicity_class": "three_years",
        "months_min": 6,
        "months_max": 36,
        "early_end": True,
        "repair_term": "DL47",
    }
    assert rulebook.credit.repair_term(date(2025, 7, 9)) == "DL46"
    assert rulebook.credit.repair_term(LAST_2021) == "DL46"
    assert rulebook.credit.repair_term(FIRST_2025) == "DL47"


def test_where_there_is_nothing_to_publish_no_class_is_told(rulebook: Rulebook, arbiter: Arbiter) -> None:
    assert arbiter.rule({"domain": "food"}, date(2024, 6, 1))["credit"] is None
    assert _class(rulebook, date(2021, 8, 31), **FINE, fine_level="low") is None
    assert rulebook.credit.repair_term(date(2021, 8, 31)) is None
    assert _class(rulebook, LAST_2021, penalty_procedure="none", penalty_heaviest="fine") is None
    assert _class(rulebook, LAST_2021, penalty_heaviest="none") is None


@pytest.mark.parametrize(
    ("file", "old", "new", "field"),
    [
        ("K04", "months_min: 6 ", "months_min: 37 ", "/months_min"),
        ("K04", "{food: 12", "{fod: 12", "/months_min_of/fod"),
        ("K04", "id: K04", "id: K05", "/id"),
        ("K04", "from: 2021-09-01", "from: 2026-09-01", "/in_force"),
        ("K04", "fine_level", "fine_height", "/when/all/1/any/1/all/1/0"),
        ("regimes", "id: rule_2021", "ide: rule_2021", "/regimes/0/id"),
    ],
)
def test_a_mistake_in_a_class_is_named(file: str, old: str, new: str, field: str, tmp_path: Path) -> None:
    path = copy_of_the_law(tmp_path) / f"sets/national/credit/{file}.yaml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(DataFault) as found:
        load_rulebook(tmp_path)
    assert (found.value.field, found.value.file) == (field, str(path))
