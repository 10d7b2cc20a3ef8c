"""A criminal referral in a real browser: clicked from hand to hand, accessible, silent, and without script."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from tests.web.conftest import Served
from tests.web.officer import Officer
from tests.web.referred import CRIME, TEAM, THRESHOLD, approve, form_team, refer, report, routed
from tests.web.test_pages_in_the_browser import complaints_about


def form(trigger: str) -> str:
    return f'form[data-trigger="{trigger}"]'


def to_referral(officer: Officer) -> None:
    """The person's only referral is opened from their work."""
    officer.click("tr[data-referral] a")
    expect(officer.page.locator("body")).to_have_attribute("data-page", "referral")


@pytest.mark.parametrize("script", [True, False])
def test_a_referral_is_clicked_from_opening_to_approval(
    served: Served, browser: Browser, script: bool
) -> None:
    town, base = served.town, served.base
    finding = routed(town)

    officer = Officer.sign_in(browser, base, "C02", script=script)
    officer.page.goto(f"{base}/findings/{finding}?step=open_criminal_referral")
    officer.type(form("open_criminal_referral"), THRESHOLD)
    officer.submit(form("open_criminal_referral"))
    expect(officer.page.locator("body")).to_have_attribute("data-page", "referral")

    head = Officer.sign_in(browser, base, "U01", script=script)
    to_referral(head)
    head.type(form("form_team"), {"suspected_crime": CRIME})
    head.choose(form("form_team"), {"team": TEAM, "referral_type": "criminal", "crime_field": "food_drug"})
    head.submit(form("form_team"))

    officer.page.goto(f"{base}/work")
    to_referral(officer)
    officer.type(form("submit_report"), {"evidence_list": "检验报告一份"})
    officer.submit(form("submit_report"))

    principal = Officer.sign_in(browser, base, "P01", script=script)
    to_referral(principal)
    principal.submit(form("approve_referral"))
    assert principal.page.locator('.page-head [data-state="approved"]').count() == 1
    assert principal.page.locator('[data-term="DL61"]').first.get_attribute("data-light") != "none"
    assert town.referrals(finding)[-1].state == "approved"
    for person in (officer, head, principal):
        assert person.complaints == []
        person.leave()


def test_pages_that_show_a_referral_are_accessible_and_fit_and_nothing_complains(
    served: Served, browser: Browser
) -> None:
    town = served.town
    finding = routed(town)
    opened, reported, approved = (refer(town, one) for one in (finding, routed(town, 8), routed(town, 9)))
    for referral in (reported, approved):
        form_team(town, referral)
        report(town, referral)
    approve(town, approved)
    looked_at = {
        "U01": ["/work", f"/referrals/{opened}"],
        "P01": [f"/referrals/{reported}"],
        "C02": [f"/referrals/{approved}", f"/findings/{finding}"],
        "L01": [f"/referrals/{opened}"],
    }
    assert complaints_about(browser, served.base, looked_at) == []
