"""Drafts are kept on the machine until they are sent; papers are handed in; administrators confirm one another."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from playwright.sync_api import Browser, expect

from engine.administration import Administration
from engine.clock import Clock
from engine.core.commands import Step
from engine.system_checks import NewSystem
from tests.engine.test_ladder import registered
from tests.web.conftest import Pages, Served, give_passwords
from tests.web.officer import PASSWORD, Officer
from tests.web.town_at_work import put_to_work

PDF = b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n"
INTAKE = 'form[action="/intake"]'


def test_a_half_filled_form_is_there_again_and_gone_once_sent(served: Served, browser: Browser) -> None:
    officer = Officer.sign_in(browser, served.base, "W01")
    page = officer.page
    page.goto(f"{served.base}/intake")
    page.click('[data-add="findings"]')
    page.fill('[name="party.name"]', "原平市某店")
    page.fill('[name="findings.1.item"]', "第二项")
    page.wait_for_timeout(500)
    page.goto(f"{served.base}/work")
    page.goto(f"{served.base}/intake")
    expect(page.locator('[name="party.name"]')).to_have_value("原平市某店")
    expect(page.locator('[name="findings.1.item"]')).to_have_value("第二项")
    page.click(".draft-note button")
    expect(page.locator('[name="party.name"]')).to_have_value("")
    assert officer.complaints == []


def test_a_draft_outlives_a_session_that_ended(served: Served, browser: Browser) -> None:
    finding = put_to_work(served.town).found
    officer = Officer.sign_in(browser, served.base, "C01")
    page = officer.page
    page.goto(f"{served.base}/findings/{finding}")
    add = 'form[data-trigger="add_facts"]'
    page.click('summary[data-trigger="add_facts"]')
    page.fill(f'{add} [name="corrections"]', "补充现场照片")
    kept = {one["name"]: one["value"] for one in officer.context.cookies()}
    served.town.house.accounts.sessions.end(kept["bihuan_session"])
    page.click(f"{add} button[type=submit]")
    page.fill("#login", "C01")
    page.fill("#password", PASSWORD)
    page.click(".login button[type=submit]")
    expect(page.locator("body")).to_have_attribute("data-page", "finding")
    expect(page.locator(f'{add} [name="corrections"]')).to_have_value("补充现场照片")


def test_signing_out_leaves_no_draft_behind(served: Served, browser: Browser) -> None:
    officer = Officer.sign_in(browser, served.base, "W01")
    page = officer.page
    page.goto(f"{served.base}/intake")
    page.fill('[name="party.name"]', "原平市某店")
    page.wait_for_timeout(500)
    page.click('form[action="/logout"] button')
    expect(page.locator("body")).to_have_attribute("data-page", "login")
    assert page.evaluate("Object.keys(localStorage).length") == 0


def test_only_violations_of_the_chosen_domain_are_offered(served: Served, browser: Browser) -> None:
    page = Officer.sign_in(browser, served.base, "W01").page
    page.goto(f"{served.base}/intake")
    page.select_option('[name="findings.0.domain"]', "fire")
    hidden = page.eval_on_selector_all(
        '[name="findings.0.violation"] optgroup',
        "groups => groups.filter(one => !one.hidden && one.querySelector('[value=food_unsafe]')).length",
    )
    assert hidden == 0
    page.select_option('[name="findings.0.violation"]', "fire_exit_blocked")
    assert page.locator('[name="findings.0.facts.imminent_danger"]').is_visible()


def test_a_paper_is_handed_in_and_can_be_named_in_a_step(pages: Pages) -> None:
    finding = put_to_work(pages.town).found
    visitor = pages.visit("C01")
    visitor.get(f"/findings/{finding}")
    upload = next(form for form in visitor.read().forms if form.action.endswith("/attachments"))
    answer = visitor.client.post(
        upload.action,
        data={"csrf": upload.values["csrf"], "title": "现场照片"},
        files={"file": ("照片.pdf", PDF, "application/pdf")},
    )
    assert answer.status_code == 303
    text = visitor.get(f"/findings/{finding}").text
    assert "现场照片" in text
    assert f"/api/v1/findings/{finding}/file.pdf" in text
    digest = re.search(r"/attachments/(sha256:[0-9a-f]{64})", text)
    assert digest is not None
    form = visitor.form("add_facts")
    sent = visitor.send(
        form,
        facts_summary="见照片。",
        corrections="补充照片",
        reason="复核",
        **{"correction_note.digest": digest.group(1)},
    )
    assert sent.status_code == 303


@pytest.mark.parametrize("content", [b"", b"MZ\x90\x00 a program", b"PK\x03\x04 an archive"])
def test_a_paper_that_is_none_is_refused_on_the_page(pages: Pages, content: bytes) -> None:
    finding = put_to_work(pages.town).found
    visitor = pages.visit("C01")
    visitor.get(f"/findings/{finding}")
    upload = next(form for form in visitor.read().forms if form.action.endswith("/attachments"))
    visitor.last = visitor.client.post(
        upload.action, data={"csrf": upload.values["csrf"]}, files={"file": ("x.pdf", content)}
    )
    assert (visitor.last.status_code, visitor.problem) == (422, "upload_refused")
    assert pages.town.row(finding).sequence == 1


def test_the_exchange_shows_what_went_out_to_those_who_see_the_finding(pages: Pages) -> None:
    town = pages.town
    finding = town.finding(domain="fire", violation="fire_exit_blocked", item="疏散通道")
    urgent = {"target_department": "fire_rescue", "notified_on": "2024-04-26", "facts_summary": "堵塞"}
    town.steps(
        "W01",
        finding,
        Step("open_transfer", None, {"urgent_ground": "danger", "legal_ground": "消防法第五十四条"}),
        Step("urgent_notice", "@0", urgent),
    )
    assert f"/findings/{finding}" in pages.visit("D01").get("/exchange").text
    assert f"/findings/{finding}" not in pages.visit("F02").get("/exchange").text


def test_the_exchange_says_what_a_reminder_is_about_in_both_languages(pages: Pages) -> None:
    pages.town.house.systems.add(NewSystem("own", "market_regulation", ("reminder",), "hmac"))
    registered(pages.town)
    pages.town.at("2024-05-08T09:00", jump=True)
    pages.town.house.ring()
    visitor = pages.visit("D01")
    shown = re.sub(r"<[^>]+>|\s+", " ", visitor.get("/exchange").text)
    assert re.search("逾期 +路径分流审批 +内部时限 +2024年5月7日到期，第1次", shown)
    shown = re.sub(r"<[^>]+>|\s+", " ", visitor.get("/exchange?lang=en").text)
    assert re.search(
        "overdue +route proposed, confirmed and approved +internal +due 2024-05-07, no. 1", shown
    )


def test_a_proposal_is_confirmed_by_another_administrator_only(pages: Pages) -> None:
    town = pages.town
    people = [town.add_person(login, "market_regulation", ("security_admin",)) for login in ("B01", "B02")]
    give_passwords(town)
    in_real_time = replace(town.house, clock=Clock())
    asked = Administration(in_real_time).ask(
        "user.disable", {"login": "W02"}, command="user disable W02", who=people[0]
    )
    assert asked.proposal is not None
    first, second = pages.visit("B01"), pages.visit("B02")
    for visitor in (second, first):
        visitor.get("/admin")
    form = next(one for one in second.read().forms if one.action.endswith(asked.proposal))
    assert not [one for one in first.read().forms if one.action == form.action], "no button for one's own"
    for visitor, status in ((first, 403), (second, 303)):
        assert visitor.send(form, csrf=visitor.csrf).status_code == status
    assert "没有等待确认的事项" in second.get("/admin").text
