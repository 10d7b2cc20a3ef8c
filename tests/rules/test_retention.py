"""How long closed records are kept: nothing is settled as shipped, and what an office sets is told as its own limit."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from engine.core.retention import CATEGORIES, category_of, kept_until
from engine.lawbook_of_the_house import RULES
from rules.data_file import Fields
from rules.faults import DataFault
from rules.offices import load_office
from rules.retention import schedule_of

ONE = {"zh": "案件", "en": "case", "years": None, "basis": None, "mark": "待定"}


def read(**change: Any) -> Any:
    """The schedule of a file with that change in its first category."""
    said = {code: dict(ONE) for code in CATEGORIES}
    said["penalty"] |= change
    return schedule_of(Fields({"retention": said}))


def test_no_period_is_shipped() -> None:
    schedule = load_office(RULES / "offices" / "yuanping.yaml").retention
    assert set(schedule) == set(CATEGORIES)
    assert {(one.years, one.basis, one.mark) for one in schedule.values()} == {(None, None, "待定")}
    assert schedule_of(Fields({})) == {}


def test_what_an_office_sets_is_internal() -> None:
    told = read(years=10, basis="本机关规定")["penalty"].answer()
    assert (told["years"], told["nature"], told["basis"]) == (10, "internal", "本机关规定")
    assert read()["penalty"].answer()["nature"] is None


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"years": 10}, "basis"),
        ({"years": 0, "basis": "规定"}, "years"),
        ({"years": True, "basis": "规定"}, "years"),
        ({"years": "十年", "basis": "规定"}, "years"),
        ({"months": 3}, "months"),
    ],
)
def test_a_period_without_its_basis_or_that_is_none_is_refused(change: dict[str, Any], field: str) -> None:
    with pytest.raises(DataFault) as fault:
        read(**change)
    assert fault.value.field == f"/retention/penalty/{field}"


def test_categories_and_days() -> None:
    assert [category_of(kinds) for kinds in (("rectification", "penalty"), ("transfer",), ())] == [
        *CATEGORIES
    ]
    assert kept_until(date(2024, 4, 26), 5) == date(2029, 4, 26)
    assert kept_until(date(2024, 2, 29), 1) == date(2025, 2, 28)
