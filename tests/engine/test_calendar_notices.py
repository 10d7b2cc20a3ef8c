"""Notices of the State Council are loaded: provisional dates become final, each change is on record and told once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from models import calendars, records
from rules.calendars import Notice
from tests.builders import Town, refused
from tests.calendar_walk import EVERY, changed, crossing, live, load, noted, told

OpenTown = Callable[..., Town]


def test_the_publications_of_seven_years_are_replayed(
    town_url: str, open_town: OpenTown, only: Callable[[int], None]
) -> None:
    only(2020)
    town = open_town(town_url, "2020-12-28T09:00")
    town.house.ring()
    moved = 0
    for year in range(2021, 2027):
        town.at(f"{year - 1}-12-28T09:00")
        held = crossing(town)
        before = live(town, held)
        assert sum(one.provisional for one in before.values()) >= 3

        counted = load(town, EVERY[year])

        after = live(town, held)
        assert after.keys() == before.keys() and not any(one.provisional for one in after.values())
        for id, one in before.items():
            moved += check_one_change(town, one, after[id], EVERY[year])
        changed_on = {
            one.finding_id or one.inspection_id
            for id, one in before.items()
            if one.spec != after[id].spec or one.provisional
        }
        assert [len(noted(town, record)) for record in held] == [record in changed_on for record in held]
        assert counted.records >= len(changed_on) and counted.final >= 3
        assert counted_again(town).records == 0
    assert moved >= 6 and len(told(town)) >= moved


def check_one_change(town: Town, before: Any, after: Any, notice: Notice) -> bool:
    """What became of one deadline stands in its history once, and its owner was told once if it moved; True if it did."""
    recomputed = [each for each in after.history if each["what"] == "recomputed"]
    moved = before.due_effective != after.due_effective
    if before.spec == after.spec and not before.provisional:
        assert recomputed == [] and not moved
        return False
    (each,) = recomputed
    assert (each["from"], each["to"], each["reason"]) == (
        before.due_effective,
        after.due_effective,
        notice.source,
    )
    assert sum(row.natural_key.endswith(f":{before.id}") for row in told(town)) == moved
    return moved


def counted_again(town: Town) -> Any:
    """What a node does that has not heard that everything was counted: it looks at all once more."""
    town.house.recounting._done = frozenset()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(calendars, "recounted_by", lambda *_: frozenset())
        return town.house.recounting.run()


def test_the_findings_light_and_the_inspections_publication_follow_what_moved(
    sqlite_town_url: str, open_town: OpenTown, only: Callable[[int], None]
) -> None:
    only(2020)
    town = open_town(sqlite_town_url, "2020-12-28T09:00")
    inspection, corrected, _ = crossing(town)
    before = town.row(corrected)

    load(town, EVERY[2021])

    after, due = town.row(corrected), list(live(town, [corrected]).values())
    assert (after.version, after.sequence) == (before.version, before.sequence + 1)
    for name in ("due_effective", "yellow_at", "red_at", "overdue_at", "severe_at"):
        assert getattr(after, name) == min(getattr(one, name) for one in due)
    with town.house.database.read() as connection:
        row = records.inspection_row(connection, inspection, False)
    (published,) = [one for one in live(town, [inspection]).values() if one.term == "DL01"]
    assert row is not None and row.publication_due_on.isoformat() == published.due_effective


def test_a_later_notice_of_the_year_stands_and_the_former_is_kept(
    sqlite_town_url: str, open_town: OpenTown, only: Callable[[int], None]
) -> None:
    only(2019)
    town = open_town(sqlite_town_url, "2020-01-08T09:00")
    held = crossing(town)
    festival = {"zh": "春节", "en": "Spring Festival", "from": "2020-01-24", "to": "2020-01-30"}
    others = [one for one in EVERY[2020].data["holidays"] if one["zh"] != "春节"]
    worked = [*EVERY[2020].data["working_weekends"], "2020-02-01"]
    first = changed(EVERY[2020], holidays=[festival, *others], working_weekends=worked)
    later = changed(EVERY[2020], amends=first.source)
    load(town, first)
    between = live(town, held)

    counted = load(town, later)

    assert not town.house.law.calendar.is_working(date(2020, 1, 31))
    moved = [id for id, one in live(town, held).items() if one.due_effective != between[id].due_effective]
    assert counted.final == 0 and counted.moved == len(moved) > 0
    with town.house.database.read() as connection:
        kept = calendars.loaded_notices(connection, town.house.office.office_id)
    assert [one.digest for one in kept] == [first.digest, later.digest]
    assert refused(load, town, later).code == "facts_invalid"


def test_what_has_ended_keeps_the_dates_it_had(
    sqlite_town_url: str, open_town: OpenTown, only: Callable[[int], None]
) -> None:
    only(2020)
    town = open_town(sqlite_town_url, "2020-12-28T09:00")
    finding = town.finding()
    town.step("W01", finding, "register", ledger_no="原台1", department="market_regulation", handler="W01")
    ended = [one for one in town.deadlines(finding) if one.state not in ("running", "suspended")]
    assert ended

    load(town, EVERY[2021])

    after = {one.id: one for one in town.deadlines(finding)}
    assert all(tuple(after[one.id]) == tuple(one) for one in ended)


def test_a_day_that_moved_into_the_future_is_told_again_when_it_comes(
    town_url: str, open_town: OpenTown, only: Callable[[int], None]
) -> None:
    only(2020)
    town = open_town(town_url, "2020-12-28T09:00")
    town.house.ring()
    finding = crossing(town)[2]
    added = {"zh": "假", "en": "x", "from": "2021-01-18", "to": "2021-02-01"}
    longer = changed(EVERY[2021], holidays=[*EVERY[2021].data["holidays"], added])
    town.at("2021-01-22T09:00")
    town.house.ring()
    before, (verification,) = reminders(town, finding), clocks(town, finding, "DL20")
    assert before and verification.due_effective < "2021-01-22" and verification.told_stage == 1

    load(town, longer)

    (moved,) = clocks(town, finding, "DL20")
    assert moved.due_effective > "2021-01-22" and moved.told_stage == 0
    town.house.ring()
    assert reminders(town, finding) == before
    town.at(f"{moved.due_effective}T09:00")
    town.house.ring()
    (still,) = clocks(town, finding, "DL20")
    assert still.told_stage == 0
    town.at("2021-02-08T09:00")
    town.house.ring()
    (again,) = clocks(town, finding, "DL20")
    assert again.told_stage == 1 and reminders(town, finding) > before
    assert town.house.sweep.run().reminded == 0


def clocks(town: Town, finding: str, term: str) -> list[Any]:
    """The live deadlines of that term."""
    return [one for one in live(town, [finding]).values() if one.term == term]


def reminders(town: Town, finding: str) -> int:
    """How often somebody was reminded of the finding, or one of its clocks ran out."""
    with town.house.database.read() as connection:
        rows = records.entries_after_version(connection, finding, -1, limit=500)
    return sum(one.by == "clock" and one.trigger != "recounted" for one in rows)
