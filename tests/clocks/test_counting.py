"""How periods are counted: months, hours, backward, by order, excluded, extended, rolled; and what is refused."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from engine.core.deadlines import DeadlineError, Exclusion, compute, light

D = date


@pytest.mark.parametrize(
    ("start", "months", "due"),
    [
        (D(2024, 1, 31), 1, D(2024, 2, 29)),
        (D(2023, 1, 31), 1, D(2023, 2, 28)),
        (D(2024, 8, 31), 6, D(2025, 2, 28)),
        (D(2024, 2, 29), 12, D(2025, 2, 28)),
        (D(2024, 2, 29), 48, D(2028, 2, 29)),
        (D(2024, 10, 31), 1, D(2024, 11, 30)),
        (D(2024, 11, 30), 3, D(2025, 2, 28)),
        (D(2024, 12, 1), 1, D(2025, 1, 1)),
    ],
)
def test_months_end_on_the_same_number_or_the_last_day(terms, calendar, start, months, due):
    assert compute(terms["DL33"], start, calendar, length=months).due_raw == due


def test_days_excluded_from_months_move_the_last_day_on(terms, calendar):
    ten_days = [Exclusion(D(2024, 9, 1), D(2024, 9, 10))]
    dates = compute(terms["DL33"], D(2024, 8, 14), calendar, exclusions=ten_days)
    assert dates.due_raw == D(2025, 2, 14) + timedelta(days=10)


def test_hours_run_through_nights_weekends_and_holidays(terms, calendar):
    dates = compute(terms["DL61"], datetime.fromisoformat("2024-09-30T17:45:10+08:00"), calendar)
    due = datetime.fromisoformat("2024-10-01T17:45:10+08:00")
    assert {dates.due_raw, dates.due_rolled, dates.due_effective, dates.due_conservative} == {due}
    assert not dates.provisional


def test_hours_are_the_same_from_any_offset(terms, calendar):
    here = datetime.fromisoformat("2024-09-13T15:30:00+08:00")
    elsewhere = here.astimezone(timezone(timedelta(hours=-7)))
    assert compute(terms["DL61"], elsewhere, calendar) == compute(terms["DL61"], here, calendar)
    assert compute(terms["DL61"], elsewhere, calendar).due_raw.isoformat() == "2024-09-14T15:30:00+08:00"


def test_a_day_term_takes_the_civil_date_in_shanghai(terms, calendar):
    late_evening_utc = datetime(2024, 7, 14, 16, 0, tzinfo=UTC)
    assert compute(terms["DL28"], late_evening_utc, calendar).start == D(2024, 7, 15)
    assert compute(terms["DL28"], late_evening_utc, calendar) == compute(
        terms["DL28"], D(2024, 7, 15), calendar
    )


def test_a_notice_before_a_hearing_leaves_seven_clear_working_days(terms, calendar):
    dates = compute(terms["DL27"], D(2024, 10, 28), calendar)
    assert dates.due_effective == D(2024, 10, 16)
    assert calendar.count(dates.due_effective, D(2024, 10, 28) - timedelta(days=1)) == 7
    assert dates.yellow_on == D(2024, 10, 12)  # not held back by the hearing, which lies after it


def test_assigning_officers_is_due_at_once(terms, calendar):
    dates = compute(terms["DL21"], D(2024, 5, 1), calendar)
    assert dates.due_raw == dates.due_effective == D(2024, 5, 1)
    assert dates.due_rolled == D(2024, 5, 6)


def test_a_seizure_ends_on_its_day_and_is_not_rolled(terms, calendar):
    dates = compute(terms["DL23"], D(2024, 9, 2), calendar)
    assert dates.due_raw == dates.due_effective == D(2024, 10, 2)
    assert dates.due_rolled == D(2024, 10, 8)
    assert compute(terms["DL23.extended"], D(2024, 9, 2), calendar).due_effective == D(2024, 11, 1)


def test_an_extension_counts_from_the_original_start(terms, calendar):
    start = D(2024, 6, 25)
    as_term = compute(terms["DL28.extended"], start, calendar)
    assert as_term.due_raw == compute(terms["DL28"], start, calendar, extended=30).due_raw == D(2024, 10, 23)
    assert as_term.length == 120
    twice = compute(terms["DL28.collective"], start, calendar, length=45)
    assert twice.due_raw == start + timedelta(days=90 + 30 + 45)


def test_the_special_extension_of_the_police_follows_the_complex_one(terms, calendar):
    assert compute(terms["DL65.special"], D(2024, 9, 14), calendar).length == 60


def test_both_ends_of_an_exclusion_are_not_counted(terms, calendar):
    one_day = [Exclusion(D(2024, 7, 20), D(2024, 7, 20))]
    without = compute(terms["DL28"], D(2024, 7, 15), calendar).due_raw
    assert compute(
        terms["DL28"], D(2024, 7, 15), calendar, exclusions=one_day
    ).due_raw == without + timedelta(days=1)


def test_the_start_and_what_lies_before_it_was_never_counted(terms, calendar):
    before = [Exclusion(D(2024, 7, 1), D(2024, 7, 15))]
    assert compute(terms["DL28"], D(2024, 7, 15), calendar, exclusions=before) == compute(
        terms["DL28"], D(2024, 7, 15), calendar
    )


def test_an_exclusion_that_begins_on_the_last_day_moves_it(terms, calendar):
    start, last = D(2024, 9, 9), D(2024, 9, 24)
    assert compute(terms["DL25"], start, calendar).due_raw == last
    moved = compute(terms["DL25"], start, calendar, exclusions=[Exclusion(last, last)])
    assert moved.due_raw == calendar.add(last, 1)
    after = [Exclusion(last + timedelta(days=1), D(2025, 1, 1))]
    assert compute(terms["DL25"], start, calendar, exclusions=after).due_raw == last


def test_holidays_inside_an_exclusion_take_no_working_day(terms, calendar):
    week = [Exclusion(D(2024, 10, 1), D(2024, 10, 7))]
    assert compute(terms["DL25"], D(2024, 9, 27), calendar, exclusions=week) == compute(
        terms["DL25"], D(2024, 9, 27), calendar
    )


def test_a_date_stated_by_an_order_stands_and_is_rolled(terms, calendar):
    dates = compute(terms["DL10"], D(2024, 4, 20), calendar, fixed_due=D(2024, 5, 1))
    assert (dates.due_raw, dates.due_rolled, dates.due_effective) == (
        D(2024, 5, 1),
        D(2024, 5, 6),
        D(2024, 5, 6),
    )
    assert dates.due_conservative == D(2024, 5, 1) and dates.red_on == D(2024, 4, 30)
    assert (dates.length, dates.unit) == (None, "calendar_day")


def test_an_old_ledger_may_state_a_date_before_the_start(terms, calendar):
    dates = compute(terms["DL10"], D(2024, 4, 20), calendar, fixed_due=D(2024, 4, 1))
    assert light(dates, datetime(2024, 4, 2, 12, tzinfo=UTC)) == "overdue"


@pytest.mark.parametrize(
    ("term", "start", "due"),
    [
        ("DL80", D(2024, 5, 2), D(2024, 5, 31)),
        ("DL80", D(2024, 6, 30), D(2024, 6, 30)),
        ("DL81", D(2024, 6, 15), D(2024, 6, 15)),
        ("DL81", D(2024, 6, 16), D(2025, 6, 15)),
        ("DL82", D(2024, 1, 1), D(2024, 11, 15)),
    ],
)
def test_reports_are_due_on_their_day_and_warn_on_the_working_day_before(terms, calendar, term, start, due):
    dates = compute(terms[term], start, calendar)
    assert dates.due_effective == due
    assert dates.red_on == calendar.roll_back(due)


@pytest.mark.parametrize(
    ("length", "unit", "before"),
    [
        (5, "working_day", 1),
        (6, "working_day", 3),
        (7, "calendar_day", 1),
        (8, "calendar_day", 3),
        (1, "month", 3),
    ],
)
def test_yellow_comes_three_working_days_before_red_and_one_in_short_periods(
    terms, calendar, length, unit, before
):
    dates = compute(terms["DL10"], D(2024, 7, 1), calendar, length=length, unit=unit)
    assert dates.yellow_on == calendar.add(dates.red_on, -before)


def test_a_term_file_may_say_when_yellow_comes(terms, calendar):
    early = replace(terms["DL28"], yellow_before=15)
    dates = compute(early, D(2024, 7, 15), calendar)
    assert dates.yellow_on == calendar.add(dates.red_on, -15)


def test_yellow_never_comes_before_the_day_after_the_start(terms, calendar):
    dates = compute(terms["DL51"], D(2024, 4, 28), calendar)
    assert dates.yellow_on == D(2024, 4, 29)
    assert compute(terms["DL77"], D(2024, 7, 1), calendar).yellow_on == D(2024, 7, 2)


def test_severe_follows_the_figure_of_the_office(terms, calendar):
    dates = compute(terms["DL30"], D(2024, 8, 14), calendar, severe_after=3)
    assert dates.severe_on == D(2024, 9, 3)


REFUSED = [
    ("DL10", {}, "length_missing"),
    ("DL10", {"unit": "working_day"}, "length_missing"),
    ("DL10", {"length": 10}, "length_missing"),
    ("DL28.collective", {}, "length_missing"),
    ("DL28", {"length": -1}, "length_invalid"),
    ("DL28", {"extended": -1}, "length_invalid"),
    ("DL28", {"length": 10**9}, "length_invalid"),
    ("DL25", {"length": 36525}, "length_invalid"),
    ("DL33", {"length": 36525}, "length_invalid"),
    ("DL27", {"extended": 3}, "length_invalid"),
    ("DL80", {"length": 3}, "length_invalid"),
    ("DL31", {"length": 0}, "length_invalid"),
    ("DL31", {"extended": 1}, "length_invalid"),
    ("DL31", {"unit": "working_day"}, "length_missing"),
    ("DL28", {"unit": "percent_per_day"}, "unit_unsupported"),
    ("DL28", {"unit": "fortnight"}, "unit_unsupported"),
    ("DL28", {"unit": "set_by_order"}, "unit_unsupported"),
    ("DL28.extended", {"unit": "working_day"}, "unit_unsupported"),
    ("DL61", {"fixed_due": D(2024, 5, 1)}, "unit_unsupported"),
    ("DL61", {}, "start_invalid"),
    ("DL28", {"exclusions": [Exclusion(D(2024, 5, 3), D(2024, 5, 1))]}, "exclusion_invalid"),
    ("DL27", {"exclusions": [Exclusion(D(2024, 5, 1), D(2024, 5, 1))]}, "exclusion_invalid"),
    ("DL10", {"fixed_due": D(2024, 5, 1), "extended": 1}, "exclusion_invalid"),
    ("DL28", {"exclusions": [Exclusion(date.min, date.max)]}, "length_invalid"),
    ("DL25", {"exclusions": [Exclusion(date.min, date.max)]}, "length_invalid"),
]


@pytest.mark.parametrize(("term", "how", "code"), REFUSED)
def test_what_gives_no_date_is_refused_in_plain_words(terms, calendar, term, how, code):
    with pytest.raises(DeadlineError) as caught:
        compute(terms[term], D(2024, 4, 1), calendar, **how)
    assert caught.value.code == code
    assert caught.value.zh and caught.value.en


@pytest.mark.parametrize(
    ("term", "start"),
    [
        ("DL28", D(1, 1, 1)),
        ("DL28", date.max),
        ("DL28", datetime(2024, 5, 1, 9, 0)),
        ("DL61", datetime(2024, 5, 1, 9, 0)),
        ("DL61", datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=14)))),
    ],
)
def test_a_start_outside_the_calendar_or_without_offset_is_refused(terms, calendar, term, start):
    with pytest.raises(DeadlineError):
        compute(terms[term], start, calendar)


def test_hours_take_no_exclusions(terms, calendar):
    start = datetime(2024, 5, 1, 9, 0, tzinfo=UTC)
    with pytest.raises(DeadlineError) as caught:
        compute(terms["DL61"], start, calendar, exclusions=[Exclusion(D(2024, 5, 1), D(2024, 5, 2))])
    assert caught.value.code == "exclusion_invalid"
