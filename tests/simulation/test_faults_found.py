"""Faults of the house that came to light on a walk, each told as a short story."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest

from engine.core.calendar import SHANGHAI
from models import records
from tests.builders import Town
from tests.simulation.facts import SMALL_FINE
from tests.simulation.walk import Walk

BEGIN = "2025-09-01"


def test_the_right_to_apply_to_the_court_begins_after_a_reconsideration_too(
    sqlite_town_url: str, open_town: Callable[..., Town]
) -> None:
    walk, finding, penalty = _with_old_penalty(open_town(sqlite_town_url, f"{BEGIN}T09:00"), "performing")
    town, asked = walk.town, {"remedy_kind": "reconsideration"}
    town.step("C02", finding, "record_remedy_application", penalty, **asked, applied_on=BEGIN)
    told = {"remedy_result": "维持", "decided_on": BEGIN, "received_on": BEGIN}
    town.step("C02", finding, "remedy_upheld", penalty, **asked, **told)

    walk.world.wait(datetime(2025, 9, 26, 9, tzinfo=SHANGHAI))

    (right,) = _running(town, finding, "DL35")
    assert right.spec["start"] == "2025-09-16", "the last day of the period to sue"
    assert not _running(town, finding, "DL33.after_reconsideration")


def test_the_right_to_apply_to_the_court_begins_when_a_suit_is_dismissed(
    sqlite_town_url: str, open_town: Callable[..., Town]
) -> None:
    walk, finding, penalty = _with_old_penalty(open_town(sqlite_town_url, f"{BEGIN}T09:00"), "performing")
    town, asked = walk.town, {"remedy_kind": "litigation"}
    town.step("C02", finding, "record_remedy_application", penalty, **asked, applied_on=BEGIN)
    walk.world.wait(datetime(2025, 12, 1, 9, tzinfo=SHANGHAI))
    assert not _running(town, finding, "DL35")
    told = {"remedy_result": "驳回", "decided_on": "2025-12-01", "received_on": "2025-12-01"}
    town.step("C02", finding, "remedy_upheld", penalty, **asked, **told)

    walk.world.wait(datetime(2025, 12, 5, 9, tzinfo=SHANGHAI))

    (right,) = _running(town, finding, "DL35")
    assert right.spec["start"] == "2025-12-01", (
        "counted from the day of the judgment, however late the bell rings"
    )
    walk.world.wait(datetime(2025, 12, 8, 9, tzinfo=SHANGHAI))
    assert [one.id for one in _running(town, finding, "DL35")] == [right.id]


@pytest.mark.parametrize(
    ("rings_on", "began_on"), [("2026-03-03", "2026-03-02"), ("2026-03-20", "2026-03-02")]
)
def test_what_follows_a_period_is_counted_from_its_last_day_however_late_the_bell_rings(
    sqlite_town_url: str, open_town: Callable[..., Town], rings_on: str, began_on: str
) -> None:
    town = open_town(sqlite_town_url, f"{BEGIN}T09:00")
    _, finding, _ = _with_old_penalty(town, "performing")

    town.at(f"{rings_on}T09:00")
    town.house.sweep.run()

    (right,) = _running(town, finding, "DL35")
    assert right.spec["start"] == began_on
    assert [one.term for one in town.deadlines(finding)].count("DL35") == 1, "the row was taken once"


def test_a_head_who_enters_an_act_of_the_office_late_may_say_why(
    sqlite_town_url: str, open_town: Callable[..., Town]
) -> None:
    walk, finding, penalty = _with_old_penalty(open_town(sqlite_town_url, f"{BEGIN}T09:00"), "investigating")
    walk.world.wait(datetime(2025, 9, 15, 9, tzinfo=SHANGHAI))

    said = {"refund_fen": 1, "started_on": BEGIN, "late_reason": "文书晚归。"}
    outcome = walk.town.step("H01", finding, "order_refund", penalty, **said)

    assert outcome.status == "recorded"


def _told(town: Town, finding: str) -> list[str]:
    """The terms whose end was told of on the finding."""
    term = {one.id: one.term for one in town.deadlines(finding)}
    with town.house.database.read() as connection:
        keys = connection.execute(records.KEY.select().where(records.KEY.c.principal == "clock")).all()
    return [term[row.key.split(":")[1]] for row in keys if row.key.startswith("lapse:")]


def _running(town: Town, finding: str, term: str) -> list[Any]:
    return [one for one in town.deadlines(finding) if one.term == term and one.state == "running"]


def _with_old_penalty(town: Town, state: str) -> tuple[Walk, str, str]:
    """A walk, and an old finding with an old penalty in that state."""
    walk = Walk(town, 1)
    walk.carrying.carry({"penalty": state}, alone=True, facts={"fine_fen": SMALL_FINE})
    (finding,) = walk.world.findings
    (penalty,) = town.proceedings(finding)
    return walk, finding, penalty.id


def test_an_end_that_was_put_off_after_it_was_told_is_told_again_when_it_comes(
    sqlite_town_url: str, open_town: Callable[..., Town]
) -> None:
    town = open_town(sqlite_town_url, f"{BEGIN}T09:00")
    _, finding, penalty = _with_old_penalty(town, "investigating")
    due_on = _running(town, finding, "DL28")[0].due_effective
    town.at("2025-12-02T09:00")
    town.house.sweep.run()
    assert due_on == "2025-12-01" and _told(town, finding) == ["DL28"]

    kind = {"test_kind": "inspection"}
    sent = {"testing_body": "忻州市食品检验所", "started_on": "2025-11-28"}
    town.step("C02", finding, "start_test", penalty, **kind, **sent)
    town.at("2025-12-20T09:00")
    said = {"ended_on": "2025-12-19", "result_text": "合格。"}
    town.step("C02", finding, "end_test", penalty, **kind, **said)

    (put_off,) = _running(town, finding, "DL28")
    assert put_off.due_effective == "2025-12-22"
    town.house.sweep.run()
    assert _told(town, finding) == ["DL28"]
    town.at("2025-12-24T09:00")
    town.house.sweep.run()
    town.house.sweep.run()
    assert _told(town, finding) == ["DL28", "DL28"]


def test_no_step_is_shown_open_when_no_day_is_left_on_which_it_could_have_been_taken(
    sqlite_town_url: str, open_town: Callable[..., Town]
) -> None:
    town = open_town(sqlite_town_url, f"{BEGIN}T09:00")
    _, finding, penalty = _with_old_penalty(town, "performing")
    town.at("2026-03-03T09:00")
    town.house.sweep.run()
    ends = date.fromisoformat(_running(town, finding, "DL35")[0].due_effective)
    town.at(f"{ends.isoformat()}T09:00")
    served = {"demanded_on": ends.isoformat(), "served_on": ends.isoformat()}
    town.step("C02", finding, "demand", penalty, **served)

    town.at("2026-07-01T09:00")

    answer = town.house.reader.finding(town.who("C02"), finding)
    (shown,) = [one for one in answer["steps"] if one["trigger"] == "apply_court"]
    assert not shown["open"] and "demand_period_over" in [one["code"] for one in shown["reasons"]]
