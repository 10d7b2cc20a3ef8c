"""Reminders on the pages: a panel on the work page, a button without script, and a page of all of them."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, expect

from tests.engine.test_ladder import registered
from tests.engine.test_reminders import tell
from tests.web.conftest import Pages, Served
from tests.web.officer import Officer

REMINDER = re.compile(r'data-reminder="([^"]+)"')


@pytest.fixture
def late(pages: Pages) -> str:
    """A finding whose route should have been approved; its handler is W01."""
    registered(pages.town, 1)
    finding = registered(pages.town, 2)
    pages.town.at("2024-05-08T09:00", jump=True)
    pages.town.house.ring()
    return finding


def test_the_panel_says_it_and_the_button_takes_it_away(pages: Pages, late: str) -> None:
    visitor = pages.visit("C02")
    text = visitor.get("/work").text
    shown = REMINDER.findall(text)
    assert "提醒" in text and f'href="/findings/{late}"' in text and "内部时限" in text
    form = next(one for one in visitor.read().forms if one.values.get("key") == [shown[0]])
    answer = visitor.send(form)
    assert (answer.status_code, answer.headers["location"]) == (303, "/work")
    assert shown[0] not in REMINDER.findall(visitor.get("/work").text)
    assert shown[0] in REMINDER.findall(visitor.get("/reminders?done=true").text)
    assert (
        "姓名" not in visitor.get("/reminders?lang=en").text
        or "Seen" in visitor.get("/reminders?lang=en").text
    )


def test_the_button_needs_the_forms_own_token(pages: Pages, late: str) -> None:
    visitor = pages.visit("C02")
    shown = REMINDER.findall(visitor.get("/work").text)
    form = next(one for one in visitor.read().forms if one.values.get("key") == [shown[0]])
    assert visitor.send(form, csrf="x").status_code == 403
    assert shown[0] in REMINDER.findall(visitor.get("/work").text)
    assert visitor.send(form, back="//evil.example/").headers["location"] == "/work"


def test_other_departments_see_no_panel(pages: Pages, late: str) -> None:
    for login in ("F01", "F02", "O01"):
        assert REMINDER.findall(pages.visit(login).get("/work").text) == [], login


def test_the_work_page_shows_a_few_and_leads_to_all(pages: Pages) -> None:
    finding = pages.town.finding()
    for number in range(60):
        tell(pages.town, f"n{number:02d}", finding_id=finding)
    visitor = pages.visit("C02")
    assert len(REMINDER.findall(visitor.get("/work").text)) == 5
    first = visitor.get("/reminders").text
    following = re.search(r'href="([^"]+)" rel="next"', first)
    assert following is not None
    rest = visitor.get(following.group(1).replace("&amp;", "&")).text
    assert len(set(REMINDER.findall(first)) | set(REMINDER.findall(rest))) == 60


def test_in_a_browser_the_panel_is_read_and_seen_in_both_languages(served: Served, browser: Browser) -> None:
    for number in (1, 2, 3):
        registered(served.town, number)
    served.town.at("2024-05-08T09:00", jump=True)
    served.town.house.ring()
    for language, button in (("zh-CN", "已阅"), ("en-US", "Seen")):
        officer = Officer.sign_in(browser, served.base, "C02", language=language, script=False)
        panel = officer.page.locator('[data-panel="reminders"]')
        count = panel.locator("li").count()
        panel.get_by_role("button", name=button).first.click()
        expect(officer.page.locator('[data-panel="reminders"] li')).to_have_count(count - 1)
        assert officer.complaints == []
        officer.leave()
