"""The additional fine of a penalty on record: what the finding and its deadline say of it."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from engine.core.late_payment import LatePayment, Taken, late_payment
from engine.core.snapshot import Act, Record
from rules.late_fine_answer import late_fine_answer
from tests.builders import Town
from tests.scenarios.player import BOILER, Player, scenario

DUE = date(2024, 8, 29)
FINE = 1_500_000


def until(town: Town, trigger: str) -> Player:
    """S03 until that step: its fine of 15,000 yuan was to be paid by 29 August."""
    story, player = scenario("S03"), Player(town, BOILER)
    stop = next(n for n, step in enumerate(story["steps"]) if step["trigger"] == trigger)
    player.play({**story, "steps": story["steps"][:stop]})
    return player


def take(player: Player, at: str, trigger: str, **facts: Any) -> None:
    player.at(f"{at}T17:00")
    player.town.step("C01", player.refs["F"], trigger, player.refs["P"], **facts)


def contest(player: Player, on: str, kind: str = "reconsideration") -> None:
    take(player, on, "record_remedy_application", remedy_kind=kind, applied_on=on)


def uphold(player: Player, on: str, kind: str = "reconsideration") -> None:
    result = {"remedy_kind": kind, "remedy_result": "维持", "decided_on": on, "received_on": on}
    take(player, on, "remedy_upheld", **result)


def summary(player: Player) -> dict[str, Any]:
    shown = player.town.house.reader.finding(player.town.who("C01"), player.refs["F"])
    return dict(next(one for one in shown["proceedings"] if one["kind"] == "penalty")["summary"])


def told(player: Player) -> Any:
    """The `late_fine` of the latest deadline to pay."""
    clock = [one.id for one in player.town.deadlines(player.refs["F"]) if one.term == "DL30"][-1]
    return player.town.house.reader.reckonings.reckoning(player.town.who("C01"), clock)["late_fine"]


def spans(answer: dict[str, Any]) -> list[tuple[str, str, str, int]]:
    return [(one["kind"], one["first"], one["last"], one["fen"]) for one in answer["stretches"]]


def test_reconsideration_and_suit_are_taken_out_and_it_ends_with_payment(town: Town) -> None:
    """What was asked for first is remembered although a second asking came: nobody pays for days of Art 73."""
    player = until(town, "record_payment")
    player.at("2024-09-01T17:00")
    assert summary(player)["late_fine_fen"] == told(player)["sum_fen"] == 135_000
    assert (told(player)["status"], told(player)["until"]) == ("accruing", "2024-09-01")
    contest(player, "2024-09-02")
    uphold(player, "2024-09-06")
    contest(player, "2024-09-10", "litigation")
    player.at("2024-09-12T10:00")
    pending = told(player)
    assert (pending["status"], pending["contested_since"]) == ("contested", "2024-09-10")
    assert summary(player)["late_fine_fen"] == pending["sum_fen"] == 270_000
    uphold(player, "2024-09-14", "litigation")
    take(
        player,
        "2024-09-16",
        "record_payment",
        paid_on="2024-09-16",
        paid_fen=1_860_000,
        late_fine_fen=360_000,
    )
    player.at("2024-09-20T10:00")
    paid = told(player)
    assert spans(paid) == [
        ("day_zero", "2024-08-29", "2024-08-29", 0),
        ("counted", "2024-08-30", "2024-09-01", 135_000),
        ("excluded", "2024-09-02", "2024-09-06", 0),
        ("counted", "2024-09-07", "2024-09-09", 135_000),
        ("excluded", "2024-09-10", "2024-09-14", 0),
        ("counted", "2024-09-15", "2024-09-16", 90_000),
    ]
    assert (paid["status"], paid["paid_on"], paid["until"]) == ("paid_late", "2024-09-16", "2024-09-16")
    assert summary(player)["late_fine_fen"] == paid["sum_fen"] == paid["recorded_fen"] == 360_000
    assert paid["otherwise_fen"] == 450_000
    assert paid["stretches"][2]["excluded"][0]["ground"] == "复议、诉讼期间"
    assert "《行政处罚法》第七十三条" in str(paid["rules"])
    assert [one["zh"] for one in paid["events"]] == [
        "2024-09-16 登记缴清 18,600.00 元",
        "登记的加处罚款为 3,600.00 元",
    ]
    reader, finding = town.house.reader.reckonings, player.refs["F"]
    other = next(one.id for one in town.deadlines(finding) if one.term == "DL28")
    assert "late_fine" not in reader.reckoning(town.who("C01"), other)
    assert reader.late_payments(town.who("F01"), finding) == {}
    assert list(reader.late_payments(town.who("C01"), finding)) == [player.refs["P"]]


def test_a_changed_fine_has_a_period_of_its_own(sqlite_town: Town) -> None:
    """The changed decision is to be paid anew; what had come on top of the former one is told of no more."""
    player = until(sqlite_town, "record_payment")
    contest(player, "2024-09-02")
    change = {"remedy_kind": "reconsideration", "remedy_result": "变更", "decided_on": "2024-09-10"}
    take(player, "2024-09-10", "remedy_changed", **change, received_on="2024-09-10", fine_fen=1_000_000)
    assert told(player) is None and "late_fine_fen" not in summary(player)
    player.at("2024-09-27T09:00")
    player.sweep()
    clock = told(player)
    assert (clock["due_on"], clock["fine_fen"]) == ("2024-09-25", 1_000_000)
    assert summary(player)["late_fine_fen"] == clock["sum_fen"] == 60_000
    first = next(one.id for one in sqlite_town.deadlines(player.refs["F"]) if one.term == "DL30")
    reader = sqlite_town.house.reader.reckonings
    assert reader.reckoning(sqlite_town.who("C01"), first)["late_fine"] is None


def test_a_day_that_passed_before_the_bell_rang_has_passed(sqlite_town: Town) -> None:
    player = until(sqlite_town, "open_credit_flag")
    player.at("2024-08-29T23:00")
    assert told(player) is None
    player.at("2024-08-30T00:30")
    assert (told(player)["status"], told(player)["sum_fen"]) == ("accruing", 45_000)


def penalty(state: str, *later: str) -> Record:
    """A penalty that was decided, and then had those steps."""
    at = datetime.fromisoformat("2024-08-12T17:00:00+08:00")
    acts = {name: Act("C01", n, at, at) for n, name in enumerate(("decide_fine", *later), 1)}
    return Record("P", "penalty", state, {"fine_fen": FINE}, acts)


def of(record: Record, *taken: Taken, days: int = 5, due: date | None = DUE) -> LatePayment | None:
    return late_payment(record, due, taken, 3, DUE + timedelta(days=days), half_open=False)


def answered(payment: LatePayment | None) -> dict[str, Any]:
    assert payment is not None
    return late_fine_answer(payment.late_fine, payment)


@pytest.mark.parametrize("state", ["payment_overdue", "demanded", "court_applied", "court_enforcing"])
def test_it_grows_while_the_fine_is_owed_and_stops_at_the_fine(state: str) -> None:
    assert answered(of(penalty(state)))["sum_fen"] == 225_000
    capped = answered(of(penalty(state), days=200))
    assert (capped["status"], capped["reached_on"], capped["zh"]) == (
        "capped",
        "2024-10-02",
        "尚未缴清，已达罚款数额：15,000.00 元",
    )


def test_nothing_is_said_where_the_records_do_not_say_it() -> None:
    nobody_knows_when = [penalty(state) for state in ("performed", "closed", "with_judiciary", "terminated")]
    revoked = [penalty("revoked", "remedy_revoked"), penalty("payment_overdue", "revoke_own_decision")]
    free = penalty("payment_overdue")
    free.facts = {"fine_fen": 0}
    assert [of(one) for one in (*nobody_knows_when, *revoked, free)] == [None] * 7
    assert of(penalty("payment_overdue"), due=None) is None


def test_payment_on_the_last_day_is_in_time() -> None:
    paid = Taken(2, "record_payment", DUE, FINE)
    answer = answered(of(penalty("performed"), paid, days=10))
    assert (answer["status"], answer["sum_fen"], answer["days"]) == ("paid_in_time", 0, 0)


def test_payment_in_part_is_told_and_leaves_what_it_is_counted_on() -> None:
    part = Taken(2, "record_partial_payment", date(2024, 9, 1), 500_000)
    answer = answered(of(penalty("payment_overdue"), part))
    assert (answer["sum_fen"], answer["in_part"]) == (
        225_000,
        [{"paid_on": "2024-09-01", "paid_fen": 500_000}],
    )
    assert [one["rule"] for one in answer["rules"]] == ["rate", "days", "in_part"]
    erased = answered(of(penalty("payment_overdue"), part._replace(paid_fen=None)))
    assert erased["events"][0]["en"] == "2024-09-01: (no sum on record) recorded as paid in part"


def test_what_was_reduced_and_what_differs_is_said() -> None:
    reduced = Taken(2, "reduce_late_fine", date(2024, 9, 2), None, 100_000)
    paid = Taken(3, "record_payment", date(2024, 9, 4), 1_600_000, 100_000)
    answer = answered(of(penalty("performed"), reduced, paid, days=30))
    assert (answer["sum_fen"], answer["reduced_to_fen"], answer["recorded_fen"]) == (
        270_000,
        100_000,
        100_000,
    )
    assert "differs by 1,700.00 yuan" in answer["events"][-1]["en"]
    assert "减免" in answer["events"][0]["zh"]


def test_a_result_ends_whatever_was_asked_for_and_one_after_payment_takes_nothing_out() -> None:
    asked = [Taken(n, "record_remedy_application", DUE + timedelta(days=n)) for n in (2, 3)]
    upheld = Taken(4, "remedy_upheld", DUE + timedelta(days=4))
    assert answered(of(penalty("payment_overdue"), *asked, upheld))["days"] == 2
    paid = Taken(5, "record_payment", DUE + timedelta(days=5), FINE)
    late = Taken(6, "record_remedy_application", DUE + timedelta(days=9))
    told = answered(of(penalty("performed"), paid, late, days=20))
    assert (told["days"], told["contested_since"], told["status"]) == (5, None, "paid_late")
