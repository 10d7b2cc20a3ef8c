"""Reporting duties: the dates that DOMAIN §5.1 names, and what holds of every year."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.core.calendar import SHANGHAI, WorkingCalendar
from engine.core.deadlines import compute, light
from engine.core.duties import Duty, DutyPeriod, due_year, periods
from engine.core.term import Term
from rules.duties import Duties
from rules.offices import load_office
from rules.terms import RULES

SINCE = date(2024, 5, 1)
SEVERE_AFTER = 10
OFFICE = load_office(RULES / "offices" / "yuanping.yaml")
YEARS = st.integers(min_value=2020, max_value=2040)
NAMED_IN_DOMAIN = {
    "2024-04": ("2024-05-31", "2024-05-30"),
    "2024-05": ("2024-06-30", "2024-06-28"),
    "2024-06": ("2024-07-31", "2024-07-30"),
    "2024-07": ("2024-08-31", "2024-08-30"),
    "2024-08": ("2024-09-30", "2024-09-29"),
    "2024-09": ("2024-10-31", "2024-10-30"),
    "2024-10": ("2024-11-30", "2024-11-29"),
    "2024-H1": ("2024-06-15", "2024-06-14"),
    "2024": ("2024-11-15", "2024-11-14"),
}
"""Period → due day, and the last working day before it; 29 September 2024 is a Sunday that is worked."""


def owed(
    year: int, terms: dict[str, Term], calendar: WorkingCalendar, since: date = SINCE
) -> list[DutyPeriod]:
    return [
        one
        for duty in OFFICE.duties.reports.values()
        for one in periods(duty, terms[duty.term], year, calendar, SEVERE_AFTER, since)
    ]


def test_the_days_of_2024_are_those_of_the_domain(terms, calendar):
    told = {
        one.key: (one.due_on.isoformat(), one.remind_on.isoformat()) for one in owed(2024, terms, calendar)
    }
    assert told == NAMED_IN_DOMAIN | {"2024-11": ("2024-12-31", "2024-12-30")}


def test_members_report_and_the_receiver_does_not():
    assert len(OFFICE.members) == 14
    assert OFFICE.duties.receiver == "lead_office" not in OFFICE.members
    assert all(OFFICE.departments[one].member for one in OFFICE.members)
    assert {duty.mark for duty in OFFICE.duties.reports.values()} == {"SEED"}


@settings(max_examples=21)
@given(year=YEARS)
def test_each_is_due_as_its_term_says_and_asked_for_on_the_working_day_before(terms, calendar, year):
    for one in owed(year, terms, calendar, since=date(2000, 1, 1)):
        counted = compute(terms[one.duty.term], one.begins_on, calendar)
        assert one.due_on == counted.due_effective == counted.due_raw
        assert one.due_on.year == year
        assert calendar.is_working(one.remind_on) and one.remind_on < one.due_on
        between = (one.remind_on + timedelta(days=n) for n in range(1, (one.due_on - one.remind_on).days))
        assert not any(calendar.is_working(day) for day in between)


@settings(max_examples=21)
@given(year=YEARS)
def test_every_period_of_a_year_is_named_once_and_found_by_its_name(terms, calendar, year):
    listed = owed(year, terms, calendar, since=date(2000, 1, 1))
    assert len({one.key for one in listed}) == len(listed) == 10
    assert {due_year(one.duty, one.key) for one in listed} == {year}


@given(key=st.text(max_size=12) | st.from_regex(r"[0-9]{4}(-H1|-[0-9]{2})?", fullmatch=True))
def test_what_names_no_period_has_no_year(key):
    for duty in OFFICE.duties.reports.values():
        year = due_year(duty, key)
        assert year is None or key.startswith(str(year)) or key == f"{year - 1:04d}-12"


def test_a_january_report_tells_of_the_december_before(terms, calendar):
    monthly = OFFICE.duties.reports["monthly_report"]
    from_january = Duty(
        **{name: getattr(monthly, name) for name in Duty.__slots__ if name != "first_month"}, first_month=1
    )
    listed = periods(from_january, terms["DL80"], 2025, calendar, SEVERE_AFTER, SINCE)
    assert [one.key for one in listed[:2]] == ["2024-12", "2025-01"]
    assert due_year(from_january, "2024-12") == 2025
    assert len(listed) == 12


def test_what_was_due_before_the_office_began_is_nobodys(terms, calendar):
    assert owed(2023, terms, calendar) == []
    assert {one.due_on for one in owed(2024, terms, calendar, since=date(2024, 11, 15))} == {
        date(2024, 11, 15),
        date(2024, 11, 30),
        date(2024, 12, 31),
    }


@pytest.mark.parametrize(
    ("at", "shown"),
    [
        ("2024-06-24T23:59:59", "green"),
        ("2024-06-25T00:00:00", "yellow"),
        ("2024-06-28T00:00:00", "red"),
        ("2024-06-30T23:59:59", "red"),
        ("2024-07-01T00:00:00", "overdue"),
        ("2024-07-12T00:00:00", "severe"),
    ],
)
def test_the_lights_are_those_of_other_clocks_and_a_sunday_is_not_moved(terms, calendar, at, shown):
    [one] = [one for one in owed(2024, terms, calendar) if one.key == "2024-05"]
    now = datetime.fromisoformat(at).replace(tzinfo=SHANGHAI)
    assert light(one.dates, now) == shown
    assert one.overdue(now) == (shown in ("overdue", "severe"))


def test_a_year_without_a_notice_is_provisional(terms, calendar):
    assert not any(one.dates.provisional for one in owed(2026, terms, calendar))
    assert all(one.dates.provisional for one in owed(2031, terms, calendar))


def test_the_office_says_whose_reports_they_are():
    duties: Duties = OFFICE.duties
    assert duties.hands_in == {"duty_clerk", "department_head", "unit_head"}
    assert duties.reminds == ("duty_clerk", "department_head")
