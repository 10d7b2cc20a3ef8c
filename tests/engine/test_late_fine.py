"""The additional fine: a derived amount with its cap."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from engine.core.commands import Step
from engine.core.late_fine import late_fine
from tests.builders import Town
from tests.scenarios.player import BOILER, Player, scenario

DUE = date(2024, 8, 29)


def test_scenario_s03_owes_what_it_paid() -> None:
    assert late_fine(1_500_000, DUE, date(2024, 9, 3)) == 225_000


def test_nothing_comes_on_top_on_the_last_day() -> None:
    assert late_fine(1_500_000, DUE, DUE) == 0


def test_the_fine_itself_is_the_cap_from_the_34th_day_on() -> None:
    assert late_fine(1_500_000, DUE, DUE + timedelta(days=33)) == 1_485_000
    assert late_fine(1_500_000, DUE, DUE + timedelta(days=34)) == 1_500_000
    assert late_fine(1_500_000, DUE, DUE + timedelta(days=900)) == 1_500_000


def test_days_of_reconsideration_do_not_count() -> None:
    asked = (date(2024, 8, 31), date(2024, 9, 2))
    assert late_fine(1_500_000, DUE, date(2024, 9, 3), [asked]) == 90_000


@given(st.integers(0, 10**12), st.integers(0, 400))
def test_it_never_shrinks_and_never_exceeds_the_fine(fine: int, days: int) -> None:
    today = DUE + timedelta(days=days)
    assert 0 <= late_fine(fine, DUE, today) <= late_fine(fine, DUE, today + timedelta(days=1)) <= fine


def test_an_unpaid_penalty_shows_it_and_a_paid_one_what_was_paid(town: Town) -> None:
    story, player = scenario("S03"), Player(town, BOILER)
    unpaid = next(n for n, step in enumerate(story["steps"]) if step["trigger"] == "record_payment")
    player.play({**story, "steps": story["steps"][:unpaid]})
    town.at("2024-09-03T17:00")

    reader = town.house.reader
    penalty = next(
        one
        for one in reader.finding(town.who("C01"), player.refs["F"])["proceedings"]
        if one["kind"] == "penalty"
    )

    assert penalty["summary"]["late_fine_fen"] == 225_000
    facts = {"paid_fen": 1_725_000, "late_fine_fen": 225_000, "paid_on": "2024-09-03"}
    town.steps("C01", player.refs["F"], Step("record_payment", player.refs["P"], facts))
    town.at("2024-09-20T17:00")
    paid = next(
        one
        for one in reader.finding(town.who("C01"), player.refs["F"])["proceedings"]
        if one["kind"] == "penalty"
    )
    assert paid["summary"]["late_fine_fen"] == 225_000
