"""A second calendar is a file: an office that names it counts by it, what it follows stands, and nobody else notices."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from itertools import count
from pathlib import Path
from typing import Any

import pytest

import engine.building
from rules.calendar_notice import notice_of
from rules.calendars import RULES, CalendarShelf, load_shelf
from tests.api.terminal import Terminal
from tests.builders import Town, refused
from tests.engine.test_calendar_notices import counted_again, crossing, live, noted
from tests.notices import EVERY, changed, load
from tests.second_calendar import NOTICE, NOTICE_DATA, rules_beside
from tests.web.conftest import application, give_passwords
from tests.web.visitor import Visitor


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the rules' calendars beside which there is a second one."""
    return rules_beside(tmp_path)


@pytest.fixture
def regional(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., CalendarShelf]:
    """Houses that are opened from now on are of an office that names that calendar, with what is on the shelf."""
    office = engine.building.load_office(RULES / "offices" / "yuanping.yaml")

    def named(calendar: str = "made_up", id: str = office.office_id) -> CalendarShelf:
        shelf = load_shelf(folder)
        other = replace(office, calendar=calendar, office_id=id)
        monkeypatch.setattr(engine.building, "load_shelf", lambda _: shelf)
        monkeypatch.setattr(engine.building, "load_office", lambda _: other)
        return shelf

    return named


def spec(town: Town, held: list[str]) -> dict[str, Any]:
    return {id: (one.due_effective, one.provisional, one.spec) for id, one in live(town, held).items()}


def test_two_offices_of_one_database_each_count_by_their_own(
    town_url: str, open_town: Callable[..., Town], regional: Callable[..., CalendarShelf]
) -> None:
    regional("china")
    plain = open_town(town_url, "2024-05-06T09:00")
    plain.house.ring()
    ours = crossing(plain)
    shelf = regional("made_up", "made_up_office")
    region = open_town(town_url, "2024-05-06T09:00")
    region.house.ring()
    region.keys = count(1000)  # its commands are not those of the other office again
    theirs = crossing(region)

    terms = {one.term: one.due_effective for one in live(plain, ours).values()}
    other = {one.term: one.due_effective for one in live(region, theirs).values()}
    assert terms.keys() == other.keys() and terms != other
    calendar = shelf.calendar("made_up")
    assert all(calendar.is_working(date.fromisoformat(day[:10])) for day in other.values() if "T" not in day)

    before, after_load = spec(plain, ours), notice_of({**EVERY[2024].data, "amends": "x"})
    added = {"zh": "假", "en": "x", "from": "2024-05-20", "to": "2024-05-24"}
    corrected = notice_of({**NOTICE_DATA, "holidays": [*NOTICE_DATA["holidays"], added]})
    was = spec(region, theirs)
    counted = load(region, corrected)
    assert counted.moved >= 1 and spec(region, theirs) != was
    assert any(noted(region, record) for record in theirs)
    assert counted_again(plain).records == 0
    assert spec(plain, ours) == before and not any(noted(plain, record) for record in ours)
    assert load(plain, after_load).records == 0  # says the same days

    # What an office loads of a calendar that it does not follow is kept, and moves nothing.
    assert load(plain, corrected).records == 0 and spec(plain, ours) == before
    assert plain.house.calendars.standing["made_up"][2024].loaded_by == "os:tester"
    assert plain.house.calendar_reader.moved_by_last(plain.who("W01"))["source"] == after_load.source


def test_a_notice_of_the_country_moves_what_follows_it_and_a_year_becomes_final_with_both(
    sqlite_town_url: str, open_town: Callable[..., Town], regional: Callable[..., CalendarShelf], folder: Path
) -> None:
    (folder / "calendars" / "china-2026.yaml").unlink()
    regional()
    town = open_town(sqlite_town_url, "2025-12-28T09:00")
    town.house.ring()
    held = crossing(town)
    assert all(one.provisional for one in live(town, held).values())
    added = {"zh": "假", "en": "x", "from": "2026-01-05", "to": "2026-01-09"}
    first = load(town, changed(EVERY[2026], holidays=[*EVERY[2026].data["holidays"], added]))
    assert first.moved >= 1 and first.final == 0 and all(one.provisional for one in live(town, held).values())
    region = {**NOTICE_DATA, "working_weekends": []}
    for year in (2025, 2026):
        span = {"from": f"{year}-03-12", "to": f"{year}-03-13"}
        day = {**region["holidays"][0], **span}
        load(town, notice_of({**region, "year": year, "holidays": [day]}))
    assert not any(one.provisional for one in live(town, held).values())


def test_a_notice_of_a_calendar_that_no_file_declares_is_refused_with_a_sentence(sqlite_town: Town) -> None:
    notice = notice_of({**NOTICE_DATA, "calendar": "nobodys"})
    refusal = refused(load, sqlite_town, notice)
    assert refusal.code == "facts_invalid" and "没有工作日历“nobodys”" in refusal.errors[0].zh
    assert "nobodys" not in sqlite_town.house.calendars.standing


def test_the_page_shows_the_offices_own(
    sqlite_town_url: str, open_town: Callable[..., Town], regional: Callable[..., CalendarShelf]
) -> None:
    regional()
    town = open_town(sqlite_town_url)
    give_passwords(town)
    visitor = Visitor.sign_in(application(town), "W01")
    page = visitor.get("/calendar?year=2024").text
    assert 'data-day="2024-05-13" data-kind="holiday" title="虚构春会"' in page
    assert "<dt>端午节</dt>" not in page and "全国放假、本地上班</dt><dd>2024年6月10日</dd>" in page
    assert 'data-day="2024-06-10" data-kind="working"' in page and 'data-provisional="false"' in page
    assert (
        "虚构州日历，随全国日历" in page
        and "虚构州2024年放假通知" in page
        and "国办发明电〔2023〕7号" in page
    )
    later = visitor.get("/calendar?year=2025&lang=en").text
    assert 'data-provisional="true"' in later and "Calendar of Made-up Prefecture" in later


def test_the_command_line_takes_a_calendar(
    tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    shelf = load_shelf(folder)
    monkeypatch.setattr(engine.building, "load_shelf", lambda _: shelf)
    monkeypatch.setattr("rules.calendars.load_shelf", lambda: shelf)
    terminal = Terminal(tmp_path, monkeypatch, capsys, "2024-05-06T09:00")
    brought = str(tmp_path / "notice.yaml")
    Path(brought).write_text(NOTICE.replace("to: 2024-05-15", "to: 2024-05-16"), encoding="utf-8")
    (shown,) = terminal.json("calendar", "show", "2024", "--calendar", "made_up")["notices"]
    assert shown["calendar"] == "made_up" and shown["file"]["working_days"] == ["2024-06-10"]
    free = terminal.json("calendar", "show", "2025", "--calendar", "made_up")
    assert free["provisional"] and {"2025-07-03", "2025-10-01"} <= set(free["holidays_on_weekdays"])
    assert len(terminal.json("calendar", "show")["notices"]) == len(EVERY)
    own = terminal.json("calendar", "diff", brought)
    assert (own["calendar"], [one["day"] for one in own["days"]]) == ("made_up", ["2024-05-16"])
    assert terminal.json("calendar", "diff", brought, "--calendar", "china")["days"] == []
    loaded = terminal.json("calendar", "load", brought)
    assert (loaded["calendar"], loaded["records"]) == ("made_up", 0)
    for act in (["show"], ["diff", brought]):
        problem = terminal.json("calendar", *act, "--calendar", "nobodys", code=1)
        assert problem["errors"][0]["pointer"] == "/calendar"
