"""Faults of the house that came to light on a walk, each told as a short story."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from engine.core.calendar import SHANGHAI
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

    running = {one.term for one in town.deadlines(finding) if one.state == "running"}
    assert "DL35" in running and "DL33.after_reconsideration" not in running


def test_a_head_who_enters_an_act_of_the_office_late_may_say_why(
    sqlite_town_url: str, open_town: Callable[..., Town]
) -> None:
    walk, finding, penalty = _with_old_penalty(open_town(sqlite_town_url, f"{BEGIN}T09:00"), "investigating")
    walk.world.wait(datetime(2025, 9, 15, 9, tzinfo=SHANGHAI))

    said = {"refund_fen": 1, "started_on": BEGIN, "late_reason": "文书晚归。"}
    outcome = walk.town.step("H01", finding, "order_refund", penalty, **said)

    assert outcome.status == "recorded"


def _with_old_penalty(town: Town, state: str) -> tuple[Walk, str, str]:
    """A walk, and an old finding with an old penalty in that state."""
    walk = Walk(town, 1)
    walk.carrying.carry({"penalty": state}, alone=True, facts={"fine_fen": SMALL_FINE})
    (finding,) = walk.world.findings
    (penalty,) = town.proceedings(finding)
    return walk, finding, penalty.id
