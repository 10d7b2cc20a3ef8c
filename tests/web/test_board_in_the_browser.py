"""A supervisor's day at the board in a real browser, in both languages: charts, orders, map, and nothing complains."""

from __future__ import annotations

import re

from playwright.sync_api import Browser, Page, expect

from engine.jobs import book
from engine.jobs.runner import Runner
from tests.web.conftest import Served
from tests.web.officer import Officer
from tests.web.test_pages_in_the_browser import faults_of
from tests.web.town_at_work import put_to_work


def drawn(page: Page, table: str) -> None:
    """The chart of that table is drawn, and its table can be opened below it."""
    expect(page.locator(f'[data-of="{table}"] canvas')).to_be_visible()


def ends_in_its_place(served: Served, page: Page) -> None:
    """A job's page shows by itself that it is done, and whoever stood on a link there still stands there."""
    house = served.town.house
    job = book.ask(house, served.town.people["S01"], "ledger_sheet", {"form": "csv"})
    page.goto(f"{served.base}/jobs/{job['id']}")
    page.locator("#job-again").focus()
    Runner(house).run()
    expect(page.locator("#job")).to_have_attribute("data-state", "done", timeout=20_000)
    expect(page.locator("#job a[download]")).to_be_visible()
    expect(page.locator("#job")).to_be_focused()
    assert faults_of(page) == []


def test_the_day_of_a_supervisor(served: Served, browser: Browser) -> None:
    at_work = put_to_work(served.town)
    served.town.at("2024-07-01T09:00")
    served.town.house.sweep.run()
    officer = Officer.sign_in(browser, served.base, "S01")
    page = officer.page
    page.locator("#main").get_by_role(
        "link", name="督办看板"
    ).click()  # nothing waits for a supervisor at work
    for table in ("flow-table", "ages-table", "trend-table"):
        drawn(page, table)
    expect(page.locator("#flow-table")).not_to_be_visible()
    page.get_by_text("数据表").last.press("Enter")
    expect(page.locator("#flow-table")).to_be_visible()
    row = page.locator(f'tr[data-finding="{at_work.correcting}"]')
    row.get_by_role("button", name="督办").click()
    expect(page.locator(f'[data-finding="{at_work.correcting}"][data-result="recorded"]')).to_be_visible()
    assert served.town.row(at_work.correcting).supervised
    page.goto(f"{served.base}/board/map?lang=en")
    page.locator("svg.map a", has_text="route awaiting").press("Enter")
    expect(page).to_have_url(re.compile(r"/ledger\?state=route_confirmed$"))
    expect(page.locator("tr[data-finding]")).to_have_count(2)
    for path in ("/board/pace", "/board/load?handler=-", "/board/map"):
        page.goto(f"{served.base}{path}")
        assert (path, faults_of(page)) == (path, [])
    page.goto(f"{served.base}/board/pace")
    drawn(page, "pace-table")
    page.goto(f"{served.base}/board/load")
    drawn(page, "load-table")
    ends_in_its_place(served, page)
    assert officer.complaints == []
    officer.leave()


def test_without_script_the_board_has_its_tables_and_orders(served: Served, browser: Browser) -> None:
    at_work = put_to_work(served.town)
    served.town.at("2024-07-01T09:00")
    served.town.house.sweep.run()
    officer = Officer.sign_in(browser, served.base, "S01", script=False, width=390)
    page = officer.page
    page.goto(f"{served.base}/board?lang=en")
    for table in ("flow-table", "ages-table", "trend-table"):
        expect(page.locator(f"#{table}")).to_be_visible()
    expect(page.locator("[data-plot]").first).to_be_hidden()
    row = page.locator(f'tr[data-finding="{at_work.found}"]')
    row.get_by_role("button", name="Supervise").click()
    expect(page.locator(f'[data-finding="{at_work.found}"][data-result="recorded"]')).to_be_visible()
    officer.leave()
