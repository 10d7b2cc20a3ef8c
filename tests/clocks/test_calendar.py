"""Working days equal the contract and two independent calendars; years without a notice say so."""

from datetime import UTC, date, datetime, timedelta

import chinese_calendar
import holidays
import pytest

from engine.core.calendar import LAST_YEAR, WorkingCalendar, civil_date
from rules.calendars import load_calendar
from rules.data_file import DataFault
from rules.terms import RULES

NOTICED = (2020, 2021, 2022, 2023, 2024, 2025, 2026)
STATED = (2024, 2025, 2026)
"""The years whose days the contract states."""


def days_of(*years):
    day = date(years[0], 1, 1)
    while day.year <= years[-1]:
        yield day
        day += timedelta(days=1)


def test_the_contract_has_the_same_days(contract, calendar):
    stated = contract("calendar")
    free = {date.fromisoformat(day) for day in stated["holidays_on_weekdays"]}
    worked = {date.fromisoformat(day) for day in stated["working_weekends"]}
    assert stated["years"] == list(STATED)
    for day in days_of(*STATED):
        assert calendar.is_working(day) == (day in worked or (day.weekday() < 5 and day not in free)), day


def test_two_independent_calendars_agree_on_every_noticed_day(calendar):
    other = holidays.country_holidays("CN", years=NOTICED)
    for day in days_of(*NOTICED):
        assert calendar.is_working(day) == chinese_calendar.is_workday(day) == other.is_working_day(day), day


def test_a_provisional_year_has_the_statutory_holidays_and_no_worked_weekend(calendar):
    for year in (2027, 2028, 2029, 2030):
        named = holidays.country_holidays("CN", years=year, observed=False)
        for day in days_of(year):
            assert calendar.is_working(day) == (day.weekday() < 5 and day not in named), day
            assert calendar.provisional(day, day)


def test_only_what_touches_a_year_without_notice_is_provisional(calendar):
    assert not calendar.provisional(date(2020, 1, 1), date(2026, 12, 31))
    assert calendar.provisional(date(2026, 12, 31), date(2027, 1, 1))
    assert calendar.provisional(date(2019, 12, 31), date(2020, 1, 1))


def test_a_notice_replaces_what_was_provisional():
    day = date(2027, 2, 5)
    before = WorkingCalendar([], [], [2026], [day])
    assert not before.is_working(day)
    after = WorkingCalendar([date(2027, 2, 8)], [date(2027, 2, 20)], [2026, 2027], [day])
    assert (
        after.is_working(day)
        and after.is_working(date(2027, 2, 20))
        and not after.is_working(date(2027, 2, 8))
    )


def test_the_order_of_questions_does_not_change_the_answers():
    far, near = date(2063, 5, 2), date(2019, 12, 31)
    one, other = load_calendar(), load_calendar()
    first = (one.add(far, 700), one.add(near, -900), one.roll_forward(near), one.count(near, far))
    assert first == tuple(
        reversed(
            (other.count(near, far), other.roll_forward(near), other.add(near, -900), other.add(far, 700))
        )
    )


def test_adding_and_counting_undo_each_other_over_many_years(calendar):
    start = date(2024, 2, 9)
    for n in (1, 5, 20, 250, 3000):
        assert calendar.count(start, calendar.add(start, n)) == n
        assert calendar.count(calendar.add(start, -n) - timedelta(days=1), start - timedelta(days=1)) == n
    assert calendar.count(date(2024, 5, 10), date(2024, 4, 30)) == -calendar.count(
        date(2024, 4, 30), date(2024, 5, 10)
    )


def test_new_years_eve_of_2024_was_an_ordinary_working_day(calendar):
    assert calendar.is_working(date(2024, 2, 9))
    assert calendar.add(date(2024, 2, 9), 1) == date(2024, 2, 18)


def test_the_end_of_the_calendar_is_an_error_and_never_a_wrong_day(calendar):
    with pytest.raises(OverflowError):
        calendar.add(date(LAST_YEAR, 12, 31), 1)
    with pytest.raises(OverflowError):
        calendar.is_working(date(LAST_YEAR + 1, 1, 1))


def test_a_civil_date_is_shanghais():
    assert civil_date(datetime(2024, 7, 8, 16, 0, tzinfo=UTC)) == date(2024, 7, 9)
    with pytest.raises(ValueError):
        civil_date(datetime(2024, 7, 8))


@pytest.fixture
def rules_with_a_notice(tmp_path):
    folder = tmp_path / "calendars"
    folder.mkdir()
    kept = (RULES / "calendars" / "china.yaml").read_text(encoding="utf-8")
    (folder / "china.yaml").write_text(kept, encoding="utf-8")

    def write(name, text):
        (folder / name).write_text("source: s\ndocument_no: null\nmark: V\n" + text, encoding="utf-8")
        return tmp_path

    return write


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("year: 2027\nholidays: [{zh: 元旦, en: x, from: 2027-01-03, to: 2027-01-01}]\n", "/holidays/0/to"),
        ("year: 2027\nholidays: [{zh: 元旦, en: x, from: 2026-01-01, to: 2026-01-01}]\n", "/holidays"),
        ("year: 2027\nholidays: [{zh: 元旦, en: x, from: 2027-02-30, to: 2027-03-01}]\n", "/holidays/0/from"),
        ("year: 2027\nworking_weekends: [2027-02-10]\n", "/working_weekends/0"),
        ("year: 2027\nworking_weekends: [someday]\n", "/working_weekends/0"),
        ("year: 2027\nspare: 1\n", "/spare"),
        ("year: 2028\n", "/year"),
    ],
)
def test_a_wrong_notice_is_refused_with_file_and_field(rules_with_a_notice, text, field):
    with pytest.raises(DataFault) as caught:
        load_calendar(rules_with_a_notice("china-2027.yaml", text))
    assert caught.value.field == field and "china-2027.yaml" in caught.value.file


def test_a_new_notice_is_one_file(rules_with_a_notice):
    text = (
        "year: 2027\nholidays: [{zh: 元旦, en: x, from: 2026-12-31, to: 2027-01-02}]\n"
        "working_weekends: [2027-01-03]\n"
    )
    calendar = load_calendar(rules_with_a_notice("china-2027.yaml", text))
    assert calendar.is_working(date(2027, 1, 3)) and not calendar.is_working(date(2027, 1, 1))
    assert not calendar.provisional(date(2027, 1, 1), date(2027, 12, 31))
