"""The additional fine: a rate a day with its limit, against a walk over the wall calendar."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.core.calendar import LAST_YEAR
from engine.core.counting import DeadlineError, Exclusion
from engine.core.late_fine import LateFine, accrued
from engine.core.stretch import each_day
from rules.late_fine_answer import late_fine_answer
from rules.late_fine_teller import LateFineTeller

DUE = date(2024, 8, 29)
DAY = timedelta(days=1)
FINE = 1_500_000


def after(days: int, exclusions: Sequence[Exclusion] = (), fine: int = FINE) -> LateFine:
    return accrued(fine, 3, DUE, DUE + days * DAY, exclusions)


def walked(
    fine: int, percent: int, until: date, out: Sequence[tuple[date, date]], *, last_counts: bool
) -> int:
    """The sum as a clerk with a wall calendar has it: day by day, a tick for each that counts."""
    day, ticks = DUE, 0
    while day < until:
        day += DAY
        free = any(first <= day and (day < last if last_counts else day <= last) for first, last in out)
        ticks += not free
        if ticks * percent >= 100:
            return fine
    return fine * percent * ticks // 100


def test_scenario_s03_owes_what_it_paid() -> None:
    assert after(5).sum_fen == 225_000


def test_nothing_comes_on_top_on_the_last_day_nor_before() -> None:
    assert after(0).sum_fen == after(-1).sum_fen == after(-4000).sum_fen == 0
    assert [one.kind for one in after(0).stretches] == ["day_zero"] and after(-1).stretches == ()


def test_the_fine_itself_is_the_limit_from_the_34th_day_on() -> None:
    assert (after(33).sum_fen, after(33).reached) == (1_485_000, False)
    assert (after(34).sum_fen, after(34).reached) == (FINE, True)
    assert after(900).sum_fen == FINE and after(900).stretches == after(34).stretches
    assert {after(days).cap_on for days in (0, 33, 34, 900)} == {date(2024, 10, 2)}


def test_days_of_reconsideration_do_not_count_and_move_the_limit_on() -> None:
    contested = [Exclusion(date(2024, 8, 31), date(2024, 9, 2), "复议、诉讼期间")]
    fine = after(5, contested)
    assert (fine.sum_fen, fine.otherwise_fen, fine.cap_on) == (90_000, 135_000, date(2024, 10, 5))
    assert [(one.kind, one.units) for one in fine.stretches] == [
        ("day_zero", 0),
        ("counted", 1),
        ("excluded", 0),
        ("counted", 1),
    ]


def test_one_that_is_pending_takes_out_its_last_day_whichever_way_it_is_counted() -> None:
    pending = Exclusion(date(2024, 9, 1), date(2024, 9, 30), "复议、诉讼期间")
    for half_open in (False, True):
        fine = accrued(FINE, 3, DUE, pending.last, half_open=half_open, pending=pending)
        assert (fine.days, fine.otherwise_fen, fine.stretches[-1].last) == (2, None, pending.last)


SPANS = st.lists(st.tuples(st.integers(-10, 80), st.integers(0, 30)), max_size=4)


@given(st.integers(0, 2**53), st.integers(1, 100), st.integers(-5, 200), SPANS, st.booleans())
def test_it_is_what_a_clerk_counts_day_by_day(
    fine: int, percent: int, days: int, spans: list[tuple[int, int]], half_open: bool
) -> None:
    until, out = DUE + days * DAY, [(DUE + a * DAY, DUE + (a + n) * DAY) for a, n in spans]
    exclusions = [Exclusion(first, last, "复议、诉讼期间") for first, last in out]
    got = accrued(fine, percent, DUE, until, exclusions, half_open=half_open)
    assert got.sum_fen == walked(fine, percent, until, out, last_counts=half_open)
    if exclusions:
        assert got.otherwise_fen == walked(fine, percent, until, out, last_counts=not half_open)
    assert 0 <= got.sum_fen <= fine
    later = accrued(fine, percent, DUE, until + DAY, exclusions, half_open=half_open)
    assert got.sum_fen <= later.sum_fen
    assert walked(1, percent, got.cap_on, out, last_counts=half_open) == 1
    assert walked(1, percent, got.cap_on - DAY, out, last_counts=half_open) == 0


@settings(max_examples=30)  # each says all its lines in two languages, day by day
@given(st.integers(0, 2**53), st.integers(0, 60), SPANS)
def test_its_stretches_follow_one_another_and_add_up(
    fine: int, days: int, spans: list[tuple[int, int]]
) -> None:
    exclusions = [Exclusion(DUE + a * DAY, DUE + (a + n) * DAY) for a, n in spans]
    got = after(days, exclusions, fine)
    edges = [(one.first, one.last) for one in got.stretches]
    assert edges[0][0] == DUE and edges[-1][1] == min(got.until, got.cap_on)
    assert all(first == last + DAY for (_, last), (first, _) in pairwise(edges))  # type: ignore[operator]  # points that are days
    for by_day in (False, True):
        answer = late_fine_answer(got, by_day=by_day)
        assert sum(one["fen"] for one in answer["stretches"]) == answer["sum_fen"] == got.sum_fen
        assert sum(one["days"] for one in answer["stretches"]) == got.days
    singly = [day for one in got.stretches for day in each_day(one)]
    assert len(singly) == (min(got.until, got.cap_on) - DUE).days + 1


def test_everything_that_is_said_of_it_is_said_in_both_languages() -> None:
    contested = [Exclusion(date(2024, 9, 5), date(2024, 9, 14), "复议、诉讼期间", {"doc_no": "1号"})]
    for fine in (after(20, contested), after(60, contested), after(0, fine=0), after(3, fine=2**53)):
        answer = late_fine_answer(fine, by_day=True)
        for one in (*answer["stretches"], *answer["notes"], *answer["rules"]):
            assert one["zh"] and one["en"] and "{" not in one["zh"] + one["en"]
    zh, en = LateFineTeller("zh"), LateFineTeller("en")
    capped = after(60, contested)
    assert [line.said for line in zh.lines(capped)] == [
        "缴款期限的最后一日，不计",
        "6 日 × 3% × 15,000.00 元 = 2,700.00 元",
        "10 日不计：复议、诉讼期间（1号）",
        "28 日 × 3% × 15,000.00 元 = 12,600.00 元，以罚款数额为限，计 12,300.00 元",
    ]
    assert "On 2024-10-12 Sat it equals the fine of 15,000.00 yuan" in " ".join(en.notes(capped))
    assert en.lines(after(1))[1].said == "1 day × 3 % × 15,000.00 yuan = 450.00 yuan"
    assert zh.yuan(2**53) == "90,071,992,547,409.92 元"
    assert "不足一分" not in "".join(zh.notes(after(1))) and "不足一分" in "".join(
        zh.notes(after(1, fine=199))
    )


def test_dates_at_the_edge_of_the_calendar_are_counted_or_refused() -> None:
    last = date(LAST_YEAR, 12, 31)
    assert accrued(100, 3, last, last + 40 * DAY).sum_fen == 100
    with pytest.raises(OverflowError):
        accrued(100, 3, date.max - 10 * DAY, date.max)
    with pytest.raises(OverflowError):
        after(5, [Exclusion(DUE, date.max)])
    with pytest.raises(DeadlineError):
        after(5, [Exclusion(DUE, DUE - DAY)])
