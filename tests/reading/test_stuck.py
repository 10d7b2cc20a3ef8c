"""Open records that lack a clock, an owner or a step: none in a sound house, and exactly those in one that is not."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Connection, text, update

from engine.core.refusals import Refusal
from engine.core.stuck import needs_of
from models.records import DEADLINE, FINDING, USER
from rules.charts import load_charts
from tests.builders import Town
from tests.referral_walk import led, opened
from tests.web.town_at_work import AtWork, put_to_work

NOTHING = {"clock": 0, "owner": 0, "step": 0}
BAD = ["lacks=all", "lacks=clock&lacks=owner", "department=nowhere", "state=open", "limit=0", "cursor=x"]


@pytest.fixture
def at_work(town: Town) -> AtWork:
    """A finding just found, one being corrected, and two whose route waits for approval."""
    return put_to_work(town)


def altered(town: Town, *statements: Any) -> None:
    """The database says what no step would have made it say."""

    def alter(connection: Connection) -> None:
        for statement in statements:
            connection.execute(statement)

    town.house.writer.submit(alter)


def disabled(town: Town, *logins: str) -> None:
    """Nobody signs in with these accounts any more."""
    altered(town, update(USER).where(USER.c.login.in_(logins)).values(disabled=True))


def clocks(town: Town, finding: str, state: str, of_proceedings: bool) -> None:
    """The clocks of the finding itself, or those of its proceedings, are in this state."""
    columns = DEADLINE.c
    own = columns.proceeding_id.is_not(None) if of_proceedings else columns.proceeding_id.is_(None)
    altered(town, update(DEADLINE).where(columns.finding_id == finding, own).values(state=state))


def listed(town: Town, who: str = "S01", **query: str) -> list[dict[str, Any]]:
    """The items of all pages, one a page."""
    found: list[dict[str, Any]] = []
    asked = {name: [value] for name, value in query.items()} | {"limit": ["1"]}
    while True:
        page = town.house.stuck_reader.page(town.who(who), asked)
        found += page["items"]
        if page["next"] is None:
            return found
        asked = asked | {"cursor": [page["next"]]}


def lacking(town: Town, **query: str) -> set[tuple[str, str, str]]:
    """Finding, chart and what is lacking, of every item."""
    items = listed(town, **query)
    assert len(items) == len({(one["finding"], one["proceeding"]) for one in items})
    if "lacks" not in query:
        assert town.house.stuck_reader.count(town.who("S01"), query.get("department")) == len(items)
    return {(one["finding"], one["chart"], lacks) for one in items for lacks in one["lacks"]}


def test_at_work_nothing_is_stuck(town: Town, at_work: AtWork) -> None:
    assert lacking(town) == set()
    assert town.house.stuck_reader.by_lack() == NOTHING


def test_without_the_only_head_what_waits_for_one_has_no_owner_and_no_step(
    town: Town, at_work: AtWork
) -> None:
    disabled(town, "H01")
    assert lacking(town) == set(), "C01 is a head too"

    disabled(town, "C01")

    waiting = {(one, "finding", lacks) for one in at_work.proposed for lacks in ("owner", "step")}
    assert lacking(town) == waiting
    assert lacking(town, lacks="owner") == waiting, "each item tells all that it lacks"
    assert lacking(town, lacks="clock") == set()
    assert lacking(town, department="fire_rescue") == set()
    assert town.house.stuck_reader.by_lack() == NOTHING | {"owner": 2, "step": 2}
    (first, _) = listed(town)
    assert (first["proceeding"], first["state"]) == (None, "route_confirmed")
    owner, step = first["reasons"]
    assert "行政机关负责人" in owner["zh"] and "head of the department" in owner["remedy"]["en"]
    assert "迁移" not in step["remedy"]["zh"]

    town.add_person("H09", "fire_rescue", ("department_head",))
    assert lacking(town) == waiting, "the head of another department heads nothing here"
    town.add_person("H10", "market_regulation", ("department_head",))
    assert lacking(town) == set()


def test_a_record_can_have_a_step_and_no_owner(town: Town, at_work: AtWork) -> None:
    disabled(town, "C01", "C02")

    assert lacking(town) == {(at_work.correcting, "rectification", "owner")}


@pytest.mark.parametrize("of_proceedings", [True, False], ids=["proceeding", "finding"])
def test_a_clock_that_is_gone_is_missed_and_one_that_stands_still_is_not(
    town: Town, at_work: AtWork, of_proceedings: bool
) -> None:
    chart = "rectification" if of_proceedings else "finding"
    clocks(town, at_work.correcting, "suspended", of_proceedings)
    assert lacking(town) == set()

    for state in ("cancelled", "met", "met_late", "lapsed"):
        clocks(town, at_work.correcting, state, of_proceedings)
        assert lacking(town) == {(at_work.correcting, chart, "clock")}
    assert town.house.stuck_reader.by_lack() == NOTHING | {"clock": 1}
    (item,) = listed(town, lacks="clock")
    assert (item["proceeding"] is not None) == of_proceedings
    assert ("DL10" if of_proceedings else "DL13") in item["reasons"][0]["zh"]


def test_a_finding_with_nothing_under_it_has_an_hour_to_be_moved_on(town: Town, at_work: AtWork) -> None:
    moved = update(FINDING).where(FINDING.c.id == at_work.found).values(state="in_progress")
    altered(town, moved)
    clocks(town, at_work.found, "met", of_proceedings=False)
    assert lacking(town) == set()

    town.at("2024-04-26T18:00")

    assert lacking(town) == {(at_work.found, "finding", "clock")}
    assert "bihuan sweep" in listed(town)[0]["reasons"][0]["remedy"]["zh"]
    clocks(town, at_work.found, "running", of_proceedings=False)
    assert lacking(town) == set()


def test_proceedings_bear_the_time_of_a_finding_in_progress(town: Town, at_work: AtWork) -> None:
    altered(town, update(FINDING).where(FINDING.c.id == at_work.correcting).values(state="in_progress"))
    clocks(town, at_work.correcting, "met", of_proceedings=False)
    town.at("2024-04-26T19:00")

    assert lacking(town) == set()


def test_each_reads_what_they_see_and_who_sees_no_findings_reads_none(town: Town, at_work: AtWork) -> None:
    disabled(town, "H01", "C01")
    assert [one["finding"] for one in listed(town, "W01")] == list(at_work.proposed)
    assert [one["finding"] for one in listed(town, "O01")] == list(at_work.proposed)
    assert listed(town, "F01") == []
    assert [town.house.stuck_reader.count(town.who(one)) for one in ("W01", "F01", "A01")] == [2, 0, 0]
    for login in ("A01", "E01"):
        with pytest.raises(Refusal) as refusal:
            town.house.stuck_reader.page(town.who(login), {})
        assert refusal.value.code == "not_yours"


@pytest.mark.parametrize("query", BAD)
def test_what_cannot_be_asked_is_refused(sqlite_town: Town, query: str) -> None:
    asked: dict[str, list[str]] = {}
    for pair in query.split("&"):
        name, _, value = pair.partition("=")
        asked.setdefault(name, []).append(value)
    with pytest.raises(Refusal) as refusal:
        sqlite_town.house.stuck_reader.page(sqlite_town.who("S01"), asked)
    assert refusal.value.code == "parameter_invalid"


def test_a_criminal_referral_is_stuck_for_nobody(sqlite_town: Town) -> None:
    at_work = put_to_work(sqlite_town)
    referral = opened(sqlite_town, at_work.found)
    led(sqlite_town, referral, "form_team", "submit_report")
    altered(sqlite_town, text("UPDATE referral_deadline SET state = 'cancelled'"))
    disabled(sqlite_town, "P01")

    assert lacking(sqlite_town) == set()
    assert listed(sqlite_town, "C02") == []
    assert sqlite_town.house.stuck_reader.by_lack() == NOTHING


def test_the_clock_and_linked_systems_need_no_account_and_the_importer_has_none() -> None:
    charts = load_charts()
    needs = {(one.chart, one.state.name): one for one in needs_of(charts)}
    assert needs["transfer", "sent"].led_on(())
    assert needs["finding", "in_progress"].led_on(())
    assert not needs["finding", "found"].led_on({"importer", "supervisor"})
    assert needs["finding", "found"].led_on({"inspector"})
    assert {chart for chart, _ in needs} == {"finding", *charts.kinds}
    for need in needs.values():
        assert need.led_on(need.leaders), f"somebody leads on from {need.chart} {need.state.name}"
        assert need.clocked or need.borne or need.state.why_no_clock
