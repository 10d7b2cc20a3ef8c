"""Every page in a real browser: accessible, within its width, and silent under its strict policy."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from engine.system_checks import NewSystem
from tests.exchange.linked import Linked
from tests.incoming.senders import Senders
from tests.web.conftest import Served, give_passwords
from tests.web.officer import Officer
from tests.web.town_at_work import AtWork, proposed_to_close, put_to_work
from web.rights import PAGES

AXE = Path(__file__).parent.parent.parent / "web" / "static" / "vendor" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]
NO_CONTENT = {"region": {"enabled": True}}


def faults_of(page: Page) -> list[str]:
    """What axe-core finds wrong with the page."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    # only what is wrong is told in full: what passes costs as much to describe, and nobody reads it
    options = {
        "runOnly": {"type": "tag", "values": RULES},
        "rules": NO_CONTENT,
        "resultTypes": ["violations"],
    }
    found: dict[str, Any] = page.evaluate("options => axe.run(document, options)", options)
    return [
        f"{fault['id']}: {json.dumps(node['target'])} {node['html'][:160]}"
        for fault in found["violations"]
        for node in fault["nodes"]
    ]


UNREACHABLE = """() => [...document.querySelectorAll("a[href], button, input, select, textarea, summary, [tabindex]")]
  .filter((one) => one.checkVisibility({ visibilityProperty: true }) && one.getClientRects().length && !one.disabled)
  .filter((one) => one.type !== "hidden" && !one.matches("main, [aria-hidden=true]") && !one.closest("svg"))
  .filter((one) => {
    one.focus({ focusVisible: true });
    const seen = getComputedStyle(one);
    const ringed = (seen.outlineStyle !== "none" && parseFloat(seen.outlineWidth) > 0) || seen.boxShadow !== "none";
    return one.tabIndex !== 0 || document.activeElement !== one || !ringed;
  })
  .map((one) => one.outerHTML.slice(0, 160))"""
"""What can be clicked or typed into, and is not reached by Tab in the order of the page, or does not show that it is;
the map of the charts draws its own ring."""


CHECKED = " checked before "
"""After the page with the form: of which step the answers are shown once more."""


def paths(at_work: AtWork, party: str, matter: str, ending: str) -> dict[str, list[str]]:
    """Who looks at which pages: every page that is read, by somebody who has a use for it."""
    return {
        "W01": [
            "/work",
            "/reminders",
            "/intake",
            f"/inspections/{at_work.inspection}",
            f"/findings/{at_work.found}",
            f"/findings/{at_work.correcting}",
            f"/parties/{party}",
            "/search?q=滏香",
            "/calendar",
            "/delegations",
            "/rulebook",
            "/rulebook/R18",
            "/rulebook/try?domain=food&violation=food_fake_inferior&on=2024-06-01&criminal=yes&sales_fen_yuan=50000",
            "/help",
            "/help/terms?q=移送",
            "/help/first-day",
            "/findings/never-was-here",
            "/nowhere",
        ],
        "D01": [
            "/exchange?set=sent",
            "/exchange/bundles",
            "/exchange/codes",
            "/incoming",
            "/incoming/new?kind=report",
            f"/incoming/{matter}",
            "/duties",
            "/intake",
        ],
        "H01": [
            "/work",
            "/board",
            "/board/load",
            "/board/map",
            "/board/pace",
            "/ledger",
            "/ledger?light=green&state=open",
            "/ledger?light=blue",
            "/deadlines",
            "/publicity",
            "/inspections?state=recorded",
            "/stuck",
            "/reports",
            "/jobs",
            f"/findings/{at_work.correcting}/corrections/3",
            f"/findings/{ending}{CHECKED}approve_no_action",
        ],
        "L01": ["/rulebook/backtests", "/rulebook/editions"],
        "A01": ["/work", "/admin", "/systems", "/systems/own", "/account", "/password", "/step-up"],
        "B01": ["/admin/accounts", "/admin/accounts/W01", "/admin/record"],
        "E01": ["/admin/attempts", "/admin/checkpoint"],
    }


ELSEWHERE = frozenset(
    {
        *("/", "/static/{name:path}", "/login", "/login/sso", "/login/sso/back", "/logout/sso"),
        *("/ledger/sheet.xlsx", "/ledger/sheet.csv", "/publicity/sheet.csv", "/reports/file", "/jobs/{id}"),
        *("/inspections/sheet.csv", "/stuck/sheet.csv", "/duties/sheet.csv", "/exchange/sheet.csv"),
        *("/jobs/{id}/result", "/jobs/intake.xlsx"),
        *("/referrals/{id}", "/referrals/{id}/corrections/{sequence}", "/referrals/{id}/carrier"),
        *("/rulebook/backtests/{id}", "/rulebook/editions/{id}"),
    }
)
"""Files and leaps, which are no pages; and pages that need a town of their own and are looked at there."""


def test_no_page_is_forgotten() -> None:
    patterns = {name.removeprefix("GET ") for name in PAGES if name.startswith("GET ")} - ELSEWHERE
    looked_at = {
        path.partition("?")[0]
        for some in paths(AtWork("i", "f", "c", ()), "p", "m", "e").values()
        for path in some
    }
    shapes = {one: re.compile(re.sub(r"\{[^}]+\}", "[^/]+", one)) for one in patterns}
    assert [one for one, shape in shapes.items() if not any(map(shape.fullmatch, looked_at))] == []


WIDTHS = (1280, 390)


def go_to(page: Page, address: str, language: str) -> None:
    """The page is shown, or what follows it when its form asks to check the answers of a step."""
    path, _, step = address.partition(CHECKED)
    page.goto(f"{path}{'&' if '?' in path else '?'}lang={language}")
    if step:
        first = page.locator(f"[data-check-first={step}]")
        page.locator("form", has=first).locator("[required]").fill("同意。")
        first.click()
        page.wait_for_selector(f"[data-check={step}]")


def complaints_about(browser: Browser, base: str, looked_at: Mapping[str, Sequence[str]]) -> list[str]:
    """What is wrong with the pages: read in both languages, on a desk and on a telephone.

    Each page fits both widths in both languages; axe-core looks at one in Chinese on the desk and at the next in English
    on the telephone, since what it finds hardly depends on the pair.
    """
    wrong: list[str] = []
    for login, paths in looked_at.items():
        officer = Officer.sign_in(browser, base, login)
        for number, path in enumerate(paths):
            for language, axe_at in (("zh", WIDTHS[0]), ("en", WIDTHS[1])):
                go_to(officer.page, base + path, language)
                officer.page.evaluate(
                    "document.querySelectorAll('details').forEach(one => { one.open = true })"
                )
                for width in WIDTHS:
                    officer.page.set_viewport_size({"width": width, "height": 900})
                    wide = officer.page.evaluate("document.documentElement.scrollWidth")
                    wrong += [f"{path} in {language} is {wide} wide"] if wide > width else []
                    if width == axe_at and WIDTHS.index(width) == number % 2:
                        wrong += [f"{path} in {language} {fault}" for fault in faults_of(officer.page)]
                    if width == WIDTHS[0] and language == "zh":
                        missed = officer.page.evaluate(UNREACHABLE)
                        wrong += [f"{path} is not reached by keyboard: {one}" for one in missed]
        wrong += [f"{login} {complaint}" for complaint in officer.complaints]
        officer.leave()
    return wrong


def test_every_page_is_accessible_and_fits_and_nothing_complains(served: Served, browser: Browser) -> None:
    town = served.town
    at_work = put_to_work(town)
    matter = Senders(Linked(town, town.house.exchange)).sent("report")
    town.house.systems.add(NewSystem("own", "market_regulation", ("reminder",), "hmac"))
    for login, role in (("B01", "security_admin"), ("E01", "audit_admin")):
        town.add_person(login, "lead_office", (role,))
    give_passwords(town)
    looked_at = paths(at_work, town.row(at_work.found).party_id, matter, proposed_to_close(town))
    assert complaints_about(browser, served.base, looked_at) == []


@pytest.mark.parametrize("width", [1280, 390])
def test_the_sign_in_page_is_accessible(served: Served, browser: Browser, width: int) -> None:
    context = browser.new_context(viewport={"width": width, "height": 800})
    page = context.new_page()
    page.goto(f"{served.base}/login")
    assert faults_of(page) == []
    page.fill("#login", "W01")
    page.fill("#password", "wrong")
    page.keyboard.press("Enter")
    page.wait_for_selector("[data-problem=authentication_required]")
    assert page.input_value("#login") == "W01"
    assert faults_of(page) == []
    context.close()


def test_a_step_is_taken_with_the_keyboard_alone(served: Served, browser: Browser) -> None:
    at_work = put_to_work(served.town)
    officer = Officer.sign_in(browser, served.base, "H01")
    page = officer.page
    page.goto(f"{served.base}/findings/{at_work.proposed[0]}")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    for _ in range(30):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.type") == "submit":
            break
    page.keyboard.press("Enter")
    page.wait_for_selector("[data-flash=recorded]")
    assert served.town.state(at_work.proposed[0]) == "routed"


def test_a_page_without_script_does_everything(served: Served, browser: Browser) -> None:
    at_work = put_to_work(served.town)
    officer = Officer.sign_in(browser, served.base, "H01", script=False)
    page = officer.page
    page.goto(f"{served.base}/findings/{at_work.proposed[0]}")
    page.click('form[data-trigger="approve_route"] button')
    assert page.locator("[data-flash=recorded]").count() == 1
    inspector = Officer.sign_in(browser, served.base, "W01", script=False).page
    inspector.goto(f"{served.base}/intake")
    inspector.fill('[name="party.name"]', "原平市前进西街滏香火锅店")
    inspector.click('[data-add="findings"]')
    assert inspector.locator("[data-row=findings]").count() == 2
    assert inspector.input_value('[name="party.name"]') == "原平市前进西街滏香火锅店"
    inspector.locator('[data-remove="findings"]').first.click()
    assert inspector.locator("[data-row=findings]").count() == 1
