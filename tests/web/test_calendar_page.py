"""The page of the year: what is worked, what is off by which notice, and what the last load moved."""

from __future__ import annotations

import re
from datetime import date

import pytest

from rules.calendars import shipped_notices
from tests.engine.test_calendar_notices import changed, crossing, load
from tests.web.conftest import Pages


@pytest.mark.parametrize("year", [2020, 2024, 2027])
def test_every_day_of_the_year_is_shown_as_it_is_counted(pages: Pages, year: int) -> None:
    calendar = pages.town.house.law.calendar
    text = pages.visit("W01").get(f"/calendar?year={year}").text
    days = dict(re.findall(r'data-day="(\S+)" data-kind="(\w+)"', text))
    assert len(days) == (366 if year % 4 == 0 else 365)
    for day, kind in days.items():
        assert (kind in ("working", "worked")) == calendar.is_working(date.fromisoformat(day)), day
    assert (f'data-year="{year}" data-provisional="true"' in text) == (year == 2027)
    assert ("元旦" in text) == (year != 2027)
    assert ("国办发明电〔2023〕7号" in text) == (year == 2024)


@pytest.mark.parametrize(
    ("year", "said"), [(2020, "见于转引，未读原文"), (2024, "已读原文")], ids=["quoted", "read"]
)
def test_a_notice_says_whether_anybody_read_it(pages: Pages, year: int, said: str) -> None:
    assert said in pages.visit("W01").get(f"/calendar?year={year}").text


def test_a_year_that_is_none_is_the_present_one(pages: Pages) -> None:
    visitor = pages.visit("W01")
    for year in ("", "x", "0001", "99999", "２０２４"):
        assert 'data-year="2024"' in visitor.get(f"/calendar?year={year}").text


def test_what_a_load_moved_is_told_to_whom_it_belongs_and_shown_to_who_may_see_it(pages: Pages) -> None:
    town = pages.town
    town.house.ring()
    crossing(town)
    added = {"zh": "假", "en": "x", "from": "2024-05-13", "to": "2024-05-24"}
    notice = shipped_notices()[2024]
    load(town, changed(notice, holidays=[*notice.data["holidays"], added]))

    ours, theirs = pages.visit("C02"), pages.visit("F01")

    page = ours.get("/calendar").text
    (count,) = re.findall(r'data-moved="(\d+)"', page)
    assert int(count) == 2 and f"依据：{notice.source}" in page
    assert 'data-moved="0"' in theirs.get("/calendar").text
    work = ours.get("/work?lang=en").text
    assert "is due on" in work
    assert "is due on" not in theirs.get("/work?lang=en").text
