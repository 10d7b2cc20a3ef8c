"""An officer's day in a browser: with keys, with a draft that is there again, with the answers checked first."""

from __future__ import annotations

from playwright.sync_api import Browser, expect

from tests.web.conftest import Served
from tests.web.officer import Officer
from tests.web.town_at_work import proposed_to_close, put_to_work


def test_the_work_is_done_with_keys_and_what_is_typed_is_kept(served: Served, browser: Browser) -> None:
    closing, at_work = proposed_to_close(served.town), put_to_work(served.town)
    head = Officer.sign_in(browser, served.base, "H01")
    page = head.page
    rows = page.locator("tr[data-finding]")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    expect(rows.nth(0).locator("td.item a")).to_be_focused()
    page.keyboard.press("x")
    expect(rows.nth(0).locator("[name=finding]")).to_be_checked()
    page.keyboard.press("?")
    expect(page.locator("dialog[data-keys]")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("/")
    expect(page.locator("#w-q")).to_be_focused()
    page.keyboard.type("jxk?")
    expect(page.locator("#w-q")).to_have_value("jxk?")

    page.goto(f"{served.base}/findings/{closing}")
    form = 'form[data-trigger="approve_no_action"]'
    page.fill(f"{form} [name=reason]", "同意，不再处置。")
    expect(page.locator("[data-keep-state]").first).not_to_be_empty()
    head.leave()

    again = Officer.sign_in(browser, served.base, "H01", script=False, width=390)
    again.page.goto(f"{served.base}/findings/{closing}?lang=en")
    expect(again.page.locator(f"{form} [name=reason]")).to_have_value("同意，不再处置。")
    again.submit(form)
    assert [one for one in again.effort.clicks if "data-confirm" in one], "the answers were shown first"
    assert served.town.state(closing) == "awaiting_verification"
    assert served.town.state(at_work.proposed[0]) == "route_confirmed"
    assert head.complaints == again.complaints == []
