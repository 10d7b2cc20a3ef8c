"""A second calendar is a file: what it says of days stands before what the one that it follows says."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from engine.core.calendar import Named
from rules.calendars import RULES, load_calendar, load_shelf
from rules.data_file import DataFault
from rules.offices import load_office
from tests.second_calendar import NOTICE, REGION, rules_beside, write

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
    return rules_beside(tmp_path)


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
