"""What an office's file may say of lights and reminders, and how what is wrong is told."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from engine.core.calendar import SHANGHAI, WorkingCalendar
from engine.core.deadlines import compute
from engine.core.term import Term
from rules.data_file import DataFault
from rules.offices import load_office
from rules.terms import RULES, with_lights

OFFICE = (RULES / "offices" / "yuanping.yaml").read_text(encoding="utf-8")
FIRST = "  - {when: yellow, roles: [case_officer], zh: 预警提醒, en: early reminder, mark: PRACTICE}\n"


def office_with(tmp_path: Path, rung: str = FIRST, lights: str = "{}") -> Any:
    """The office whose first rung and lights are these."""
    assert FIRST in OFFICE
    file = tmp_path / "office.yaml"
    file.write_text(OFFICE.replace(FIRST, rung).replace("lights: {}", f"lights: {lights}"), encoding="utf-8")
    return load_office(file)


@pytest.mark.parametrize(
    ("rung", "code", "field"),
    [
        ("{when: yelow, roles: [case_officer], zh: 甲, en: a, mark: PRACTICE}", "no_rung", "when"),
        ("{when: overdue+0, roles: [case_officer], zh: 甲, en: a, mark: PRACTICE}", "no_rung", "when"),
        ("{when: red+2, roles: [case_officer], zh: 甲, en: a, mark: PRACTICE}", "no_rung", "when"),
        ("{when: green, roles: [case_officer], zh: 甲, en: a, mark: PRACTICE}", "no_rung", "when"),
        ("{when: yellow, roles: [], zh: 甲, en: a, mark: PRACTICE}", "rung_reminds_nobody", "roles"),
        ("{when: yellow, roles: [principal_head], zh: 甲, en: a, mark: PRACTICE}", "not_listed", "roles/0"),
        ("{when: yellow, roles: [case_officer], zh: 甲, en: a, mark: V}", "rung_is_practice", "mark"),
        ("{when: yellow, roles: [case_officer], zh: 甲, mark: PRACTICE}", "missing", "en"),
        (
            "{when: yellow, roles: [case_officer], zh: 甲, en: a, mark: PRACTICE, to: x}",
            "unknown_field",
            "to",
        ),
        (
            "{when: yellow, roles: [case_officer], zh: 甲, en: a, mark: PRACTICE, message: maybe}",
            "not_boolean",
            "message",
        ),
        (
            "{when: yellow, roles: [case_officer], zh: 甲, en: a, mark: PRACTICE, message: 1}",
            "not_boolean",
            "message",
        ),
        (
            "{when: yellow, roles: [case_officer], zh: 甲, en: a, mark: PRACTICE, message: null}",
            "not_boolean",
            "message",
        ),
        (
            "{when: yellow, roles: [case_officer], zh: 甲, en: a, mark: PRACTICE, message: []}",
            "not_boolean",
            "message",
        ),
    ],
)
def test_a_wrong_rung_is_told_in_both_languages_with_its_place(
    tmp_path: Path, rung: str, code: str, field: str
) -> None:
    with pytest.raises(DataFault) as caught:
        office_with(tmp_path, f"  - {rung}\n")
    fault = caught.value
    line = OFFICE[: OFFICE.index(FIRST)].count("\n") + 1
    assert (fault.code, fault.field, fault.line) == (code, f"/escalation/0/{field}", line)
    assert fault.said.zh != fault.said.en and "{" not in str(fault.said)


def test_a_rung_goes_out_unless_the_office_keeps_it_in_the_house(tmp_path: Path) -> None:
    kept = FIRST.replace("mark: PRACTICE", "mark: PRACTICE, message: false")
    assert [rung.message for rung in office_with(tmp_path, kept).escalation] == [
        False,
        True,
        True,
        True,
        True,
    ]
    assert all(rung.message for rung in office_with(tmp_path).escalation)


def test_a_rung_stands_there_once(tmp_path: Path) -> None:
    with pytest.raises(DataFault) as caught:
        office_with(tmp_path, FIRST + FIRST)
    assert (caught.value.code, caught.value.field) == ("twice", "/escalation/1/when")


def test_an_office_without_a_ladder_reminds_nobody(tmp_path: Path) -> None:
    file = tmp_path / "office.yaml"
    start, end = OFFICE.index("escalation:"), OFFICE.index("document_series:")
    file.write_text(OFFICE[:start] + OFFICE[end:], encoding="utf-8")
    office = load_office(file)
    assert (office.escalation, office.lights) == ((), {})


def test_an_offices_own_lights_change_yellow_and_no_date_of_the_law(
    tmp_path: Path, terms: dict[str, Term], calendar: WorkingCalendar
) -> None:
    ours = with_lights(terms, office_with(tmp_path, lights='{DL28: 10, DL24: "1/4"}').lights)
    start = date(2024, 3, 4)
    before, after = compute(terms["DL28"], start, calendar), compute(ours["DL28"], start, calendar)
    assert (
        calendar.count(after.yellow_on, after.red_on) == 10 != calendar.count(before.yellow_on, before.red_on)
    )
    assert _but_yellow(before) == _but_yellow(after)

    begun = datetime(2024, 3, 4, 8, tzinfo=SHANGHAI)
    before, after = compute(terms["DL24"], begun, calendar), compute(ours["DL24"], begun, calendar)
    assert after.yellow_on == begun + timedelta(hours=6) and before.yellow_on == begun + timedelta(hours=12)
    assert _but_yellow(before) == _but_yellow(after)


def _but_yellow(dates: Any) -> dict[str, Any]:
    return {name: getattr(dates, name) for name in dates.__slots__ if name != "yellow_on"}


@pytest.mark.parametrize(
    ("lights", "code"),
    [
        ({"DL99": 3}, "no_such_term"),
        ({"DL24": 3}, "no_light_of_hours"),
        ({"DL24": Fraction(3, 4)}, "no_light_of_hours"),
        ({"DL28": Fraction(1, 2)}, "no_light_of_days"),
    ],
)
def test_a_light_that_does_not_fit_its_term_is_refused(
    terms: dict[str, Term], lights: dict[str, Any], code: str
) -> None:
    with pytest.raises(DataFault) as caught:
        with_lights(terms, lights)
    assert (caught.value.code, caught.value.field) == (code, f"/lights/{next(iter(lights))}")


@pytest.mark.parametrize("light", ["-1", "1.5", "soon", '"0/2"', "true", "[1]"])
def test_a_light_is_days_or_a_share(tmp_path: Path, light: str) -> None:
    with pytest.raises(DataFault, match="DL12"):
        office_with(tmp_path, lights=f"{{DL12: {light}}}")
