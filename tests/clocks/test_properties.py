"""What holds for every start, length and exclusion, checked against counting day by day."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.core.deadlines import Exclusion, compute, light, overdue, turns
from rules.calendars import load_calendar
from rules.terms import load_terms

TERMS, CALENDAR = load_terms(), load_calendar()
LIGHTS = ("green", "yellow", "red", "overdue", "severe")
DAY_UNITS = ("working_day", "calendar_day", "month")

starts = st.dates(date(2019, 6, 1), date(2027, 12, 31))
lengths = st.integers(1, 130)
units = st.sampled_from(DAY_UNITS)
computable = st.sampled_from(
    [
        term
        for term in TERMS.values()
        if term.unit in (*DAY_UNITS, "immediate", "month_end", "working_day_before")
    ]
)


@st.composite
def exclusion_lists(draw):
    first = st.dates(date(2023, 5, 1), date(2028, 6, 1))
    days = st.integers(0, 40)
    drawn = draw(st.lists(st.tuples(first, days), max_size=5))
    return [Exclusion(day, day + timedelta(days=more)) for day, more in drawn]


def walked(start, length, counts):
    """The due date as a clerk would find it with a finger on the wall calendar."""
    day = start
    while length:
        day += timedelta(days=1)
        length -= counts(day)
    return day


def outside(exclusions):
    return lambda day: not any(one.first <= day <= one.last for one in exclusions)


def ordered(start, length, unit, **how):
    return compute(TERMS["DL10"], start, CALENDAR, length=length, unit=unit, **how)


@given(starts, lengths, exclusion_lists())
def test_working_days_are_those_a_clerk_would_count(start, length, exclusions):
    free = outside(exclusions)
    due = walked(start, length, lambda day: CALENDAR.is_working(day) and free(day))
    assert ordered(start, length, "working_day", exclusions=exclusions).due_raw == due


@given(starts, lengths, exclusion_lists())
def test_calendar_days_are_those_a_clerk_would_count(start, length, exclusions):
    due = walked(start, length, outside(exclusions))
    assert ordered(start, length, "calendar_day", exclusions=exclusions).due_raw == due


@given(computable, starts)
def test_replaying_gives_the_same_dates(term, start):
    assert compute(term, start, CALENDAR) == compute(term, start, load_calendar())


@given(starts, lengths, units, exclusion_lists())
def test_a_longer_period_never_ends_earlier(start, length, unit, exclusions):
    one = ordered(start, length, unit, exclusions=exclusions)
    other = ordered(start, length + 1, unit, exclusions=exclusions)
    assert one.due_raw <= other.due_raw and one.due_effective <= other.due_effective


@given(starts, lengths, units, st.integers(0, 60), exclusion_lists())
def test_an_extension_is_a_longer_period_from_the_same_start(start, length, unit, more, exclusions):
    extended = ordered(start, length, unit, extended=more, exclusions=exclusions)
    assert extended == ordered(start, length + more, unit, exclusions=exclusions)


@given(starts, lengths, units, exclusion_lists(), st.randoms())
def test_the_order_and_overlap_of_exclusions_does_not_matter(start, length, unit, exclusions, random):
    shuffled = [*exclusions, *exclusions]
    random.shuffle(shuffled)
    assert ordered(start, length, unit, exclusions=shuffled) == ordered(
        start, length, unit, exclusions=exclusions
    )


@given(starts, lengths, units, exclusion_lists())
def test_an_exclusion_never_brings_a_deadline_forward(start, length, unit, exclusions):
    assert ordered(start, length, unit, exclusions=exclusions).due_raw >= ordered(start, length, unit).due_raw


@given(starts, lengths, exclusion_lists())
def test_a_period_in_working_days_ends_on_a_working_day(start, length, exclusions):
    dates = ordered(start, length, "working_day", exclusions=exclusions)
    assert CALENDAR.is_working(dates.due_raw)
    assert dates.due_raw == dates.due_rolled == dates.due_effective == dates.due_conservative


@given(computable, starts)
def test_the_dates_stand_in_their_order(term, start):
    dates = compute(term, start, CALENDAR)
    assert dates.due_conservative <= dates.due_raw <= dates.due_rolled
    assert dates.due_effective == (dates.due_rolled if term.roll else dates.due_raw)
    assert dates.red_on <= dates.due_conservative <= dates.due_effective < dates.severe_on
    for day in (dates.due_rolled, dates.red_on, dates.severe_on):
        assert CALENDAR.is_working(day)


@given(computable, starts, st.lists(st.datetimes(datetime(2023, 1, 1), datetime(2035, 1, 1)), min_size=2))
def test_a_light_never_goes_back(term, start, instants):
    dates = compute(term, start, CALENDAR)
    shown = [LIGHTS.index(light(dates, instant.replace(tzinfo=UTC))) for instant in sorted(instants)]
    assert shown == sorted(shown)
    late = [overdue(dates, instant.replace(tzinfo=UTC)) for instant in sorted(instants)]
    assert late == [light_index >= LIGHTS.index("overdue") for light_index in shown]


@given(computable, starts)
def test_overdue_begins_with_the_first_instant_after_the_effective_day(term, start):
    dates = compute(term, start, CALENDAR)
    first = turns(dates).overdue_at
    assert overdue(dates, first) and not overdue(dates, first - timedelta(microseconds=1))
    assert first.date() == dates.due_effective + timedelta(days=1)


@given(computable, starts)
def test_what_touches_a_year_without_notice_is_provisional(term, start):
    dates = compute(term, start, CALENDAR)
    years = range(min(start, dates.due_raw).year, max(start, dates.due_rolled).year + 1)
    assert dates.provisional == (not set(years) <= set(range(2020, 2027)))


@given(st.datetimes(datetime(2023, 1, 1), datetime(2027, 12, 31)), st.integers(1, 400))
def test_an_hour_is_sixty_minutes_on_every_day(start, hours):
    dates = compute(TERMS["DL61"], start.replace(tzinfo=UTC), CALENDAR, length=hours)
    assert dates.due_effective - dates.start == timedelta(hours=hours)
    assert dates.due_raw == dates.due_rolled == dates.due_effective == dates.due_conservative
    assert dates.start < dates.yellow_on < dates.red_on < dates.due_raw < dates.severe_on


@pytest.mark.parametrize(
    "term", [term for term in TERMS.values() if term.value is not None], ids=lambda term: term.id
)
def test_every_term_with_a_length_can_be_counted(term):
    start = datetime(2024, 7, 15, 9, 0, tzinfo=UTC) if term.unit == "hour" else date(2024, 7, 15)
    days = 34 if term.unit == "percent_per_day" else term.value + term.base_length
    assert compute(term, start, CALENDAR).length == days
