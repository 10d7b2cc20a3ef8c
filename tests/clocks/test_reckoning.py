"""How a date is counted is told day by day, agrees with a walk on the wall calendar, and adds up."""

from datetime import UTC, date, datetime, timedelta
from random import Random

import pytest

from engine.core.calendar import Named, WorkingCalendar
from engine.core.counting import DeadlineError, Exclusion
from engine.core.days_left import left
from engine.core.deadlines import compute
from engine.core.reckoning import reckon
from engine.core.stretch import each_day
from rules.reckoning_answer import left_answer, reckoning_answer
from tests.clocks.oracle import compare, contradictions, differences, draw, known_days

D = date
DAY = timedelta(days=1)


def at(civil):
    return datetime.fromisoformat(civil + ":00+08:00")


def told(reckoned):
    return [(one.first, one.last, one.kind, one.units, one.why) for one in reckoned.stretches]


def test_periods_at_random_are_counted_as_a_clerk_walks_them():
    seen = compare(1_500, seed=20_240_426)
    assert seen["working_day"] > 500 and seen["calendar_day"] > 500 and seen["month"] > 150
    assert min(seen[unit] for unit in ("hour", "working_day_before", "immediate")) > 5


def test_the_walk_finds_a_calendar_that_is_wrong(terms):
    shifted = WorkingCalendar([], [], range(2020, 2027))  # knows no holidays
    chance, found = Random(1), 0
    cases = [draw(chance, [terms["DL01"], terms["DL30"]]) for _ in range(60)]
    for case in cases:
        try:
            found += bool(differences(case, shifted)) and not differences(case, known_days())
        except NotImplementedError:
            continue
    assert found > 20


def test_everything_that_can_be_said_has_words_in_both_languages(terms, calendar):
    chance = Random(5)
    countable = [one for one in terms.values() if not one.by_order]
    fixed = [one for one in countable if one.unit == "month_end" or one.unit.startswith("date ")]
    cases = [draw(chance, [one for one in countable if one not in fixed]) for _ in range(60)]
    reckoned = [reckon(one.term, one.start, calendar, **one.how) for one in cases]
    reckoned += [reckon(one, D(2024, 5, 5), calendar) for one in fixed]
    for one in reckoned:
        answer = reckoning_answer(one, by_day=True)
        assert all(line["zh"] and line["en"] for line in (*answer["stretches"], *answer["notes"]))
        assert not any("{" in line["zh"] + line["en"] for line in (*answer["stretches"], *answer["notes"]))
        now = at("2024-05-20T10:00")
        assert left_answer(one, left(one, now, calendar), now)["zh"]


def test_a_period_across_a_holiday_names_each_sort_of_day(terms, calendar):
    assert told(reckon(terms["DL26"], D(2024, 9, 27), calendar)) == [
        (D(2024, 9, 27), D(2024, 9, 27), "day_zero", 0, "start"),
        (D(2024, 9, 28), D(2024, 9, 28), "not_working", 0, "weekend"),
        (D(2024, 9, 29), D(2024, 9, 29), "counted", 1, "worked_instead"),
        (D(2024, 9, 30), D(2024, 9, 30), "counted", 1, "working_day"),
        (D(2024, 10, 1), D(2024, 10, 7), "not_working", 0, "holiday"),
        (D(2024, 10, 8), D(2024, 10, 10), "counted", 3, "working_day"),
    ]


def test_overlapping_exclusions_are_told_with_every_ground(terms, calendar):
    first = Exclusion(D(2024, 10, 10), D(2024, 10, 20), "听证期间", {"digest": "sha256:0", "doc_no": "1号"})
    second = Exclusion(D(2024, 10, 15), D(2024, 10, 30), "检测期间")
    outside = Exclusion(D(2024, 7, 1), D(2024, 7, 15), "早于起算")
    reckoned = reckon(terms["DL28"], D(2024, 7, 15), calendar, exclusions=[second, first, outside])
    excluded = [one for one in reckoned.stretches if one.kind == "excluded"]
    assert [one.exclusions for one in excluded] == [(first,), (second, first), (second,)]
    assert [one.lost for one in excluded] == [5, 6, 10]
    assert reckoned.idle == (outside,)
    assert reckoned.otherwise is not None and reckoned.otherwise.due_raw == D(2024, 11, 2)


def test_a_weekend_among_excluded_days_does_not_split_them(terms, calendar):
    tested = [Exclusion(D(2024, 5, 20), D(2024, 6, 2), "检测期间")]
    reckoned = reckon(terms["DL20"], D(2024, 5, 13), calendar, exclusions=tested)
    [excluded] = [one for one in reckoned.stretches if one.kind == "excluded"]
    assert (excluded.first, excluded.last, excluded.lost) == (D(2024, 5, 20), D(2024, 6, 2), 10)
    said = [one["zh"] for one in reckoning_answer(reckoned)["stretches"] if one["kind"] == "excluded"]
    assert said == ["扣除，不计：检测期间；其间有 10 个工作日"]
    days = list(each_day(excluded))
    assert len(days) == 14 and {one.lost for one in days} == {None}
    by_day = reckoning_answer(reckoned, by_day=True)["stretches"]
    assert {one["zh"] for one in by_day if one["kind"] == "excluded"} == {"扣除，不计：检测期间"}


def test_an_extension_is_counted_from_the_original_start_and_told_apart(terms, calendar):
    one = reckon(terms["DL28"], D(2024, 6, 25), calendar, extended=30)
    other = reckon(terms["DL28.extended"], D(2024, 6, 25), calendar)
    assert told(one) == told(other) and (one.own, one.counts) == (other.own, other.counts) == (90, 120)
    assert [(one.last, one.added) for one in one.stretches[1:]] == [
        (D(2024, 9, 23), False),
        (D(2024, 10, 23), True),
    ]


def test_months_end_on_the_same_number_or_the_last_of_the_month(terms, calendar):
    one = reckon(terms["DL33"], D(2024, 8, 31), calendar)
    assert (one.same_day, one.counts, one.counted_in) == (D(2025, 2, 28), 181, "calendar_day")
    extended = reckon(terms["DL33"], D(2024, 8, 31), calendar, extended=1)
    assert [(each.last, each.added) for each in extended.stretches[1:]] == [
        (D(2025, 2, 28), False),
        (D(2025, 3, 31), True),
    ]


def test_hours_are_one_stretch_of_instants(terms, calendar):
    reckoned = reckon(terms["DL61"], at("2024-09-30T17:45"), calendar)
    assert told(reckoned) == [(at("2024-09-30T17:45"), at("2024-10-01T17:45"), "counted", 24, "hours")]
    assert [*each_day(reckoned.stretches[0])] == list(reckoned.stretches)


@pytest.mark.parametrize(
    ("fixed", "stretches"),
    [
        (D(2024, 5, 10), [("day_zero", D(2024, 5, 6)), ("stated", D(2024, 5, 10))]),
        (D(2024, 5, 6), [("stated", D(2024, 5, 6))]),
        (D(2024, 5, 1), [("stated", D(2024, 5, 1)), ("rolled", D(2024, 5, 5)), ("rolled", D(2024, 5, 6))]),
    ],
)
def test_a_stated_date_stands_even_before_the_start(terms, calendar, fixed, stretches):
    reckoned = reckon(terms["DL10"], D(2024, 5, 6), calendar, fixed_due=fixed)
    assert [(one.kind, one.last) for one in reckoned.stretches] == stretches
    assert contradictions(reckoned) == [] and reckoned.counted_in is None


def test_what_has_no_date_says_why(terms, calendar):
    with pytest.raises(DeadlineError) as caught:
        reckon(terms["DL10"], D(2024, 5, 6), calendar)
    assert caught.value.code == "length_missing"


def test_days_of_a_year_without_a_notice_are_told_as_provisional(terms, calendar):
    reckoned = reckon(terms["DL01"], D(2026, 12, 25), calendar)
    assert {one.first.year: one.provisional for one in reckoned.stretches} == {2026: False, 2027: True}
    new_year = next(one for one in reckoned.stretches if one.first == D(2027, 1, 1))
    assert new_year.named == Named("元旦", "New Year's Day")


@pytest.mark.parametrize(
    ("now", "count", "over"),
    [
        ("2024-09-27T09:00", 5, False),
        ("2024-09-28T09:00", 5, False),
        ("2024-09-30T23:59", 3, False),
        ("2024-10-05T09:00", 3, False),
        ("2024-10-10T09:00", 0, False),
        ("2024-10-11T00:00", 1, True),
        ("2024-10-14T09:00", 3, True),
    ],
)
def test_what_is_left_is_told_in_the_unit_that_counts(terms, calendar, now, count, over):
    reckoned = reckon(terms["DL26"], D(2024, 9, 27), calendar)
    said = left(reckoned, at(now), calendar)
    assert (said.count, said.over, said.unit) == (count, over, "working_day")


def test_days_that_only_move_the_end_are_not_left_to_be_counted(terms, calendar):
    reckoned = reckon(terms["DL32"], D(2024, 8, 14), calendar)  # ends on Sunday 13 October
    assert [left(reckoned, at(f"2024-10-{day}T09:00"), calendar).count for day in (11, 12, 13, 14)] == [
        2,
        1,
        0,
        0,
    ]
    now = at("2024-10-13T09:00")
    assert "顺延到 2024-10-14 周一" in left_answer(reckoned, left(reckoned, now, calendar), now)["zh"]


def test_excluded_days_ahead_are_not_left(terms, calendar):
    hearing = [Exclusion(D(2024, 10, 10), D(2024, 10, 30))]
    reckoned = reckon(terms["DL28"], D(2024, 7, 15), calendar, exclusions=hearing)
    said = left(reckoned, at("2024-10-15T09:00"), calendar)
    assert (said.count, [one.kind for one in said.stretches]) == (
        4,
        ["excluded", "counted", "rolled"],
    )


def test_hours_and_backward_periods_have_their_own_days_left(terms, calendar):
    hours = reckon(terms["DL61"], at("2024-09-30T17:45"), calendar)
    assert left(hours, at("2024-10-01T16:00"), calendar).count == 1
    assert left(hours, at("2024-10-01T19:50"), calendar) == left(hours, at("2024-10-01T20:40"), calendar)
    hearing = reckon(terms["DL27"], D(2024, 10, 28), calendar)
    assert left(hearing, at("2024-10-10T09:00"), calendar).count == 5  # Saturday 12 October is worked


def test_half_open_the_last_excluded_day_is_counted(terms, calendar):
    hearing = [Exclusion(D(2024, 10, 10), D(2024, 10, 30))]
    closed = compute(terms["DL28"], D(2024, 7, 15), calendar, exclusions=hearing)
    half_open = compute(terms["DL28"], D(2024, 7, 15), calendar, exclusions=hearing, half_open=True)
    assert (closed.due_raw, half_open.due_raw) == (D(2024, 11, 3), D(2024, 11, 2))
    one_day = [Exclusion(D(2024, 8, 1), D(2024, 8, 1))]
    assert compute(terms["DL28"], D(2024, 7, 15), calendar, exclusions=one_day, half_open=True).due_raw == D(
        2024, 10, 13
    )
    with pytest.raises(DeadlineError):
        wrong = [Exclusion(D(2024, 8, 2), D(2024, 8, 1))]
        compute(terms["DL28"], D(2024, 7, 15), calendar, exclusions=wrong, half_open=True)


def test_every_free_weekday_has_a_name_and_no_working_day_has_one(calendar):
    day = D(2024, 1, 1)
    while day.year < 2031:
        named = calendar.name_of(day)
        if calendar.is_working(day):
            assert named is None, day
        elif day.weekday() < 5:
            assert named is not None and named.zh and named.en, day
        assert calendar.worked_instead(day) == (day.weekday() >= 5 and calendar.is_working(day))
        day += DAY
    assert calendar.name_of(D(2035, 10, 2)) == Named("国庆节", "National Day")
    assert calendar.name_of(D(2024, 10, 8)) is None and calendar.name_of(D(2019, 5, 2)) is None


def test_an_instant_in_utc_is_told_as_the_day_in_shanghai(terms, calendar):
    evening = datetime(2024, 9, 26, 17, 0, tzinfo=UTC)
    assert told(reckon(terms["DL26"], evening, calendar)) == told(
        reckon(terms["DL26"], D(2024, 9, 27), calendar)
    )
