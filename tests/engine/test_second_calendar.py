"""A second calendar is a file: an office that names it counts by it, what it follows stands, and nobody else notices."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest

import engine.house
from engine.core.calendar import Named
from rules.calendar_notice import notice_of
from rules.calendars import RULES, CalendarShelf, load_calendar, load_shelf
from rules.data_file import DataFault
from rules.offices import load_office
from tests.api.terminal import Terminal
from tests.builders import Town, refused
from tests.engine.test_calendar_notices import counted_again, crossing, live, noted
from tests.notices import EVERY, load
from tests.web.conftest import application, give_passwords
from tests.web.visitor import Visitor

# An invented region: no such days off are known of.
REGION = """zh: 虚构州
en: Made-up Prefecture
source: 虚构州假日办法
mark: PRACTICE
follows: china
yearly: [{zh: 虚构节, en: Made-up Day, month: 7, day: 3, since: 2020}]
moving: [{zh: 虚构春会, en: Made-up Fair, from: 2025-03-12, to: 2025-03-13}]
"""
NOTICE = """calendar: made_up
year: 2024
source: 虚构州2024年放假通知
document_no: null
mark: PRACTICE
holidays: [{zh: 虚构春会, en: Made-up Fair, from: 2024-05-13, to: 2024-05-15}]
working_days: [2024-06-10]
working_weekends: [2024-05-18]
"""
DIFFERENT = {
    *(date(2024, 5, day) for day in (13, 14, 15, 18)),
    date(2024, 6, 10),
    *(date(year, 7, 3) for year in (2023, 2025, 2026, 2028) if date(year, 7, 3).weekday() < 5),
    date(2025, 3, 12),
    date(2025, 3, 13),
}
"""Days from 2023 to 2028 that are worked by one of the two calendars alone; of 2024 the notice itself names 3 July not."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the rules' calendars beside which there is a second one."""
    shutil.copytree(RULES / "calendars", tmp_path / "rules" / "calendars")
    write(tmp_path / "rules", "made_up", REGION)
    write(tmp_path / "rules", "made_up-2024", NOTICE)
    return tmp_path / "rules"


def write(rules: Path, name: str, text: str) -> None:
    (rules / "calendars" / f"{name}.yaml").write_text(text, encoding="utf-8")


@pytest.fixture
def regional(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., CalendarShelf]:
    """Houses that are opened from now on are of an office that names that calendar, with what is on the shelf."""
    office = engine.house.load_office(RULES / "offices" / "yuanping.yaml")

    def named(calendar: str = "made_up", id: str = office.office_id) -> CalendarShelf:
        shelf = load_shelf(folder)
        other = replace(office, calendar=calendar, office_id=id)
        monkeypatch.setattr(engine.house, "load_shelf", lambda _: shelf)
        monkeypatch.setattr(engine.house, "load_office", lambda _: other)
        return shelf

    return named


def days(first: int, last: int) -> list[date]:
    start = date(first, 1, 1)
    return [start + timedelta(days=n) for n in range((date(last, 12, 31) - start).days + 1)]


def test_it_differs_from_the_one_it_follows_on_its_own_days_alone(folder: Path) -> None:
    china, region, shipped = load_calendar(folder), load_calendar(folder, "made_up"), load_calendar()
    assert {day for day in days(2023, 2028) if china.is_working(day) != region.is_working(day)} == DIFFERENT
    assert all(shipped.is_working(day) == china.is_working(day) for day in days(2023, 2028))
    assert region.add(date(2024, 5, 10), 2) == date(2024, 5, 16)  # 11 May is worked in the whole country
    assert region.name_of(date(2024, 5, 13)) == Named("虚构春会", "Made-up Fair")
    assert region.name_of(date(2025, 7, 3)) == Named("虚构节", "Made-up Day")
    assert region.name_of(date(2024, 6, 10)) is None and region.name_of(date(2024, 10, 1)) is not None
    assert region.worked_instead(date(2024, 5, 18)) and region.worked_instead(date(2024, 5, 11))
    assert not region.worked_instead(date(2024, 6, 10))  # a weekday is worked, not worked instead


def test_a_year_is_final_where_both_have_a_notice_of_it(folder: Path) -> None:
    region = load_calendar(folder, "made_up")
    final = [
        year for year in range(2019, 2029) if not region.provisional(date(year, 1, 1), date(year, 12, 31))
    ]
    assert final == [2024]
    write(
        folder,
        "made_up-2027",
        NOTICE.replace("2024", "2027")
        .replace("working_days: [2027-06-10]\n", "")
        .replace("working_weekends: [2027-05-18]\n", ""),
    )
    assert load_calendar(folder, "made_up").provisional(date(2027, 1, 1), date(2027, 1, 1))


@pytest.mark.parametrize(
    ("name", "text", "field", "code"),
    [
        ("made_up", REGION.replace("follows: china", "follows: chnia"), "/follows", "no_such_calendar"),
        ("made_up", REGION.replace("follows: china", "follows: made_up"), "/follows", "follows_itself"),
        (
            "made_up-2024",
            NOTICE.replace("calendar: made_up", "calendar: nobodys"),
            "/calendar",
            "no_such_calendar",
        ),
        ("made_up-2024", NOTICE.replace("calendar: made_up\n", ""), "/year", "file_name_differs"),
        (
            "made_up-2024",
            NOTICE.replace("[2024-06-10]", "[2024-06-09]"),
            "/working_days/0",
            "no_free_weekday",
        ),
        (
            "made_up-2024",
            NOTICE.replace("[2024-06-10]", "[2024-05-14]"),
            "/working_days/0",
            "no_free_weekday",
        ),
        ("made_up-2024", NOTICE.replace("[2024-06-10]", "[2025-06-10]"), "/working_days", "not_of_year"),
        ("nobodys-2024", NOTICE, "", "file_of_no_calendar"),
        ("Made-Up", REGION, "", "file_of_no_calendar"),
    ],
)
def test_a_wrong_file_is_refused_with_its_field(
    folder: Path, name: str, text: str, field: str, code: str
) -> None:
    write(folder, name, text)
    with pytest.raises(DataFault) as caught:
        load_shelf(folder)
    assert (caught.value.field, caught.value.code) == (field, code) and name in caught.value.file


def test_two_that_follow_one_another_are_refused(folder: Path) -> None:
    write(folder, "made_up", REGION.replace("follows: china", "follows: other"))
    write(folder, "other", REGION.replace("follows: china", "follows: made_up"))
    with pytest.raises(DataFault) as caught:
        load_shelf(folder)
    assert caught.value.code == "follows_itself"


def test_a_third_follows_the_second_and_one_may_follow_none(folder: Path) -> None:
    write(
        folder,
        "county",
        REGION.replace("follows: china", "follows: made_up").replace("month: 7, day: 3", "month: 8, day: 6"),
    )
    write(folder, "alone", REGION.replace("follows: china\n", ""))
    shelf = load_shelf(folder)
    assert shelf.chain("county") == ("county", "made_up", "china") and shelf.chain("alone") == ("alone",)
    county, alone = shelf.calendar("county"), shelf.calendar("alone")
    assert not county.is_working(date(2024, 8, 6)) and not county.is_working(date(2024, 5, 13))
    assert county.is_working(date(2024, 6, 10)) and not county.is_working(date(2024, 10, 1))
    assert alone.is_working(date(2024, 10, 1)) and not alone.is_working(date(2024, 7, 3))


@pytest.mark.parametrize(
    ("text", "field", "code"),
    [
        (NOTICE.replace("made_up", "nobodys"), "/calendar", "no_such_calendar"),
        (NOTICE.replace("calendar: made_up\n", ""), "/holidays", "half_a_year"),
        (NOTICE.split("holidays")[0], "/holidays", "no_holidays"),
        (
            NOTICE.replace("calendar: made_up\n", "").replace(
                "holidays: [", "holidays: [{zh: 国庆节, en: x, from: 2024-10-01, to: 2024-10-07}, "
            ),
            "/working_days",
            "follows_none",
        ),
    ],
)
def test_a_notice_that_somebody_brings_is_of_a_calendar_and_of_a_whole_year(
    folder: Path, text: str, field: str, code: str
) -> None:
    brought = folder / "notice.yaml"
    brought.write_text(text, encoding="utf-8")
    with pytest.raises(DataFault) as caught:
        load_shelf(folder).read_notice(brought)
    assert (caught.value.field, caught.value.code) == (field, code)
    assert caught.value.said.zh and caught.value.said.en
    brought.write_text(NOTICE, encoding="utf-8")
    assert load_shelf(folder).read_notice(brought).calendar == "made_up"


def test_an_office_names_its_calendar_and_only_one_that_there_is(folder: Path, tmp_path: Path) -> None:
    written = (RULES / "offices" / "yuanping.yaml").read_text(encoding="utf-8")
    file = tmp_path / "office.yaml"
    for said, named in (("calendar: china", "china"), ("calendar: made_up", "made_up"), ("", "china")):
        file.write_text(written.replace("calendar: china", said), encoding="utf-8")
        assert load_office(file, folder).calendar == named
    file.write_text(written.replace("calendar: china", "calendar: made_up"), encoding="utf-8")
    with pytest.raises(DataFault) as caught:
        load_office(file)
    assert (caught.value.field, caught.value.code) == ("/calendar", "no_such_calendar")


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
    changed = notice_of({**NOTICE_DATA, "holidays": [*NOTICE_DATA["holidays"], added]})
    was = spec(region, theirs)
    counted = load(region, changed)
    assert counted.moved >= 1 and spec(region, theirs) != was
    assert any(noted(region, record) for record in theirs)
    assert counted_again(plain).records == 0
    assert spec(plain, ours) == before and not any(noted(plain, record) for record in ours)
    assert load(plain, after_load).records == 0  # says the same days

    # What an office loads of a calendar that it does not follow is kept, and moves nothing.
    assert load(plain, changed).records == 0 and spec(plain, ours) == before
    assert plain.house.calendars.standing["made_up"][2024].loaded_by == "os:tester"
    assert plain.house.calendar_reader.moved_by_last(plain.who("W01"))["source"] == after_load.source


NOTICE_DATA: dict[str, Any] = {
    "calendar": "made_up",
    "year": 2024,
    "source": "虚构州2024年放假通知（更正）",
    "document_no": None,
    "mark": "PRACTICE",
    "holidays": [{"zh": "虚构春会", "en": "Made-up Fair", "from": "2024-05-13", "to": "2024-05-15"}],
    "working_weekends": ["2024-05-18"],
}


def test_a_notice_of_the_country_moves_what_follows_it_and_a_year_becomes_final_with_both(
    sqlite_town_url: str, open_town: Callable[..., Town], regional: Callable[..., CalendarShelf], folder: Path
) -> None:
    (folder / "calendars" / "china-2026.yaml").unlink()
    regional()
    town = open_town(sqlite_town_url, "2025-12-28T09:00")
    town.house.ring()
    held = crossing(town)
    assert all(one.provisional for one in live(town, held).values())
    first = load(town, EVERY[2026])
    assert first.records >= 0 and all(one.provisional for one in live(town, held).values())
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
    monkeypatch.setattr(engine.house, "load_shelf", lambda _: shelf)
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
