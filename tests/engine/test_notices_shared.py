"""Notices are loaded by two persons, known to every node, kept for ever, and tell nothing of a criminal referral."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from sqlalchemy.exc import DBAPIError

import engine.house
import engine.recounting
from engine.administration import Administration
from models import calendars, records, referral_reading
from tests.builders import Town, refused
from tests.calendar_walk import EVERY, crossing, live, load, noted, told
from tests.referral_walk import opened

OpenTown = Callable[..., Town]


def test_a_referrals_clocks_are_told_to_its_readers_alone(
    town_url: str, open_town: OpenTown, only: Callable[[int], None]
) -> None:
    only(2020)
    town = open_town(town_url, "2020-12-28T09:00")
    town.house.ring()
    referral = opened(town, town.finding())
    finding = town.referrals_finding(referral)
    twin = town.finding()

    counted = load(town, EVERY[2021])

    with town.house.database.read() as connection:
        clocks = referral_reading.shown_deadlines(connection, [referral])
    recomputed = [one for one in clocks if any(each["what"] == "recomputed" for each in one.history)]
    assert len(noted(town, referral)) == bool(recomputed)
    assert counted.records == sum(len(noted(town, one)) for one in (finding, twin)) + inspections(town)
    assert not any(referral in str(one._mapping) for one in told(town))


def inspections(town: Town) -> int:
    """How many inspections were counted anew."""
    with town.house.database.read() as connection:
        ids = connection.execute(records.INSPECTION.select()).all()
    return sum(len(noted(town, one.id)) for one in ids)


def test_what_is_loaded_is_neither_changed_nor_deleted(
    town_url: str, open_town: OpenTown, only: Callable[[int], None]
) -> None:
    only(2020)
    town = open_town(town_url, "2020-12-28T09:00")
    load(town, EVERY[2021])
    for statement in (calendars.LOADED.delete(), calendars.LOADED.update().values(year=1)):
        with pytest.raises(DBAPIError), town.house.database.engine.begin() as connection:
            connection.execute(statement)


def test_nobody_loads_a_notice_alone(
    sqlite_town_url: str, open_town: OpenTown, only: Callable[[int], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    only(2020)
    town = open_town(sqlite_town_url, "2020-12-28T09:00")
    town.add_person("A02", "market_regulation", ("system_admin",))
    monkeypatch.setattr(type(town.house.clock), "is_test", False)
    administration = Administration(town.house)
    detail = {"file": dict(EVERY[2021].data), "by": "A01"}
    assert (
        refused(administration.ask, "calendar.load", detail, command="", who=town.who("W01")).code
        == "not_yours"
    )

    asked = administration.ask("calendar.load", detail, command="", who=town.who("A01"))

    assert not asked.done and town.house.recounting.run().records == 0
    assert 2021 not in town.house.calendars.standing
    (waiting,) = administration.waiting()
    assert "春节 2021-02-11–2021-02-17" in waiting["detail"]["holidays"]
    assert refused(administration.confirm, asked.proposal, town.who("A01")).code == "proposer_cannot_approve"
    administration.confirm(str(asked.proposal), town.who("A02"))
    town.house.ring()
    assert town.house.calendars.standing[2021].loaded_by == "A01"


@pytest.mark.parametrize(
    ("days", "pointer"),
    [
        ({"year": 99999}, "/file/year"),
        ({"calendar": "moon"}, "/file/calendar"),
        ({"working_weekends": ["2021-02-08"]}, "/file/working_weekends/0"),
        ({"published_on": "yesterday"}, "/file/published_on"),
        (
            {"holidays": [dict(zh="元旦", en="x", **{"from": "2020-12-01", "to": "2020-12-01"})]},
            "/file/holidays",
        ),
    ],
)
def test_a_broken_file_is_refused_where_it_is_broken(
    sqlite_town: Town, days: dict[str, Any], pointer: str
) -> None:
    detail = {"file": {**EVERY[2021].data, **days}, "by": "os:tester"}

    refusal = refused(Administration(sqlite_town.house).ask, "calendar.load", detail, command="")

    (error,) = refusal.errors
    assert error.pointer == pointer and error.zh and error.en


def test_a_second_node_counts_by_what_the_first_has_loaded_before_any_bell(
    town_url: str, open_town: OpenTown, only: Callable[[int], None]
) -> None:
    only(2020)
    first, second = (open_town(town_url, "2020-12-28T09:00") for _ in range(2))
    load(first, EVERY[2021])
    assert second.house.law.calendar.provisional(date(2021, 1, 4), date(2021, 1, 4))

    held = crossing(second)

    assert not any(one.provisional for one in live(second, held).values())
    assert second.house.recounting.run().records == 0
    again = open_town(town_url, "2020-12-28T09:00")
    assert again.house.law.calendar.is_working(date(2021, 2, 7))


def test_a_count_that_was_broken_off_goes_on_at_the_next_bell_and_nothing_lapses_before(
    sqlite_town_url: str, open_town: OpenTown, only: Callable[[int], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    only(2020)
    town = open_town(sqlite_town_url, "2020-12-28T09:00")
    town.house.ring()
    held = [record for _ in range(3) for record in crossing(town)]
    town.at("2021-03-29T09:00")
    monkeypatch.setattr(engine.recounting, "AT_ONCE", 2)
    with_notice = {"file": dict(EVERY[2021].data), "by": "os:tester"}
    Administration(town.house).ask("calendar.load", with_notice, command="calendar load")

    broken = town.house.recounting.run(limit=2)
    monkeypatch.setattr(engine.house, "AT_A_RING", 2)
    swept = town.house.ring()

    assert not broken.finished and swept.due == 0
    while not town.house.recounting.run().finished:
        pass
    assert not any(one.provisional for one in live(town, held).values())
    assert all(len(noted(town, record)) == 1 for record in held)
    assert town.house.ring().due > 0
