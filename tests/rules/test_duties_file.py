"""What is wrong with the duties of an office's file is told by field, and with a remedy."""

from __future__ import annotations

from pathlib import Path

import pytest

from rules.data_file import DataFault
from rules.duties import check_duty_terms
from rules.offices import load_office
from rules.terms import RULES, load_terms

FILE = RULES / "offices" / "yuanping.yaml"
ROLES = "[duty_clerk, department_head, unit_head]"


def changed(tmp_path: Path, old: str, new: str) -> Path:
    text = FILE.read_text(encoding="utf-8")
    assert text.count(old) == 1, old
    path = tmp_path / "yuanping.yaml"
    path.write_text(text.replace(old, new), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("old", "new", "field", "code"),
    [
        ("since: 2024-05-01", "since: 2024年5月", "/duties/since", "no_date"),
        ("receiver: lead_office", "receiver: lead_ofice", "/duties/receiver", "not_listed"),
        (f"hands_in: {ROLES}", "hands_in: []", "/duties/hands_in", "duty_of_nobody"),
        (f"hands_in: {ROLES}", "hands_in: [supervisor]", "/duties/hands_in/0", "not_listed"),
        ("reminds: [duty_clerk", "remind: [duty_clerk", "/duties/remind", "unknown_field"),
        ("id: monthly_report", "id: 月报", "/duties/reports/0/id", "no_duty_id"),
        ("id: half_year_summary", "id: monthly_report", "/duties/reports/1/id", "twice"),
        ("first_month: 5", "first_month: 13", "/duties/reports/0/first_month", "no_month"),
        ("first_month: 5,", "", "/duties/reports/0/first_month", "missing"),
        ("reports_on: year", "reports_on: decade", "/duties/reports/2/reports_on", "not_listed"),
        ("reports_on: year", "reports_on: year, first_month: 5", "/duties/reports/2/first_month", "unknown_field"),
    ],
)  # fmt: skip
def test_a_wrong_duty_is_refused_with_its_field(
    tmp_path: Path, old: str, new: str, field: str, code: str
) -> None:
    with pytest.raises(DataFault) as caught:
        load_office(changed(tmp_path, old, new))
    assert (caught.value.field, caught.value.code) == (field, code)
    assert caught.value.line > 100 and caught.value.remedy


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("term: DL80", "term: DL8O", "no_such_term"),
        ("term: DL80", "term: DL81", "no_day_of_report"),
        ("term: DL81", "term: DL80", "no_day_of_report"),
        ("term: DL82", "term: DL28", "no_day_of_report"),
    ],
)
def test_a_duty_needs_a_term_that_gives_it_a_day(tmp_path: Path, old: str, new: str, code: str) -> None:
    office = load_office(changed(tmp_path, old, new))
    with pytest.raises(DataFault) as caught:
        check_duty_terms(office.duties, load_terms())
    assert caught.value.code == code and caught.value.field.endswith("/term")
