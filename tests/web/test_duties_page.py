"""The page of reports: a form that keeps what was typed, numbers that open their rows, and reminders on the work page."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.builders import Town
from tests.engine.test_duties import hand_in
from tests.web.conftest import Pages, Served
from tests.web.officer import Officer
from tests.web.test_pages_in_the_browser import complaints_about
from tests.web.visitor import PageForm, Visitor

NUMBER = re.compile(r'<a class="num" href="([^"]+)" data-number="([^"]+)" data-filter="([^"]+)">(\d+)<')
ROW = re.compile(r'<tr data-duty="([^"]+)" data-period="([^"]+)" data-department="([^"]+)"')
SAID = {"title": "5月份工作进展情况", "doc_no": "原市监〔2024〕9号", "summary": "完成部门联合抽查 12 户次。"}


def reported(town: Town) -> None:
    """Two departments have handed in, one of them late and corrected; it is the first of July."""
    town.at("2024-05-28T10:00")
    hand_in(town, "D01", "2024-04")
    town.at("2024-06-04T10:00")
    hand_in(town, "F02", "2024-04", summary="消防" * 40)
    hand_in(town, "F02", "2024-04", title="更正后的 4 月情况")
    town.at("2024-06-12T10:00")
    hand_in(town, "D01", "2024-H1", duty="half_year_summary", title="上半年工作总结")
    town.at("2024-07-01T09:00")
    town.house.ring()


def form_of(visitor: Visitor) -> PageForm:
    return next(one for one in visitor.read().forms if one.action.startswith("/duties/"))


def test_a_clerk_hands_in_what_is_most_urgent_and_corrects_it(pages: Pages) -> None:
    reported(pages.town)
    clerk = pages.visit("D01")
    clerk.get("/duties")
    form = form_of(clerk)
    assert form.action == "/duties/monthly_report/2024-05"
    assert clerk.send(form, **SAID).headers["location"] == "/duties?year=2024&flash=created"

    text = clerk.get("/duties?year=2024&duty=monthly_report&period=2024-05").text
    assert 'data-state="done_late"' in text and "原市监〔2024〕9号" in text
    correction = form_of(clerk)
    assert correction.values["summary"] == [SAID["summary"]]
    assert clerk.send(correction, title="更正后的标题").status_code == 303
    told = pages.town.house.duty_reader.item(pages.town.who("D01"), "monthly_report", "2024-05")
    assert (told["handed_in"]["title"], told["handed_in"]["corrections"]) == ("更正后的标题", 1)


def test_a_refused_form_keeps_what_was_typed_and_hands_in_nothing(pages: Pages) -> None:
    reported(pages.town)
    clerk = pages.visit("D01")
    clerk.get("/duties")
    form = form_of(clerk)
    answer = clerk.send(form, title="", summary="写了很久的内容")
    assert (answer.status_code, clerk.problem) == (422, "facts_invalid")
    read = clerk.read()
    assert (read.wrong, read.focus) == (["title"], ["title"])
    kept = form_of(clerk)
    assert kept.values["summary"] == ["写了很久的内容"]
    assert clerk.send(kept, title="补上标题").status_code == 303
    clerk.get("/duties")
    assert clerk.send(form_of(clerk), csrf="wrong", **SAID).status_code == 403


def test_the_same_form_sent_twice_hands_in_once(pages: Pages) -> None:
    reported(pages.town)
    clerk = pages.visit("D01")
    clerk.get("/duties")
    form = form_of(clerk)
    for _ in range(2):
        assert clerk.send(form, **SAID).status_code == 303
    told = pages.town.house.duty_reader.item(pages.town.who("D01"), "monthly_report", "2024-05")
    assert told["handed_in"]["corrections"] == 0


def test_who_does_not_hand_in_has_no_form_and_who_sees_nothing_no_page(pages: Pages) -> None:
    reported(pages.town)
    for login in ("W01", "S01", "O01", "P01"):
        visitor = pages.visit(login)
        text = visitor.get("/duties").text
        assert not any(one.action.startswith("/duties/") for one in visitor.read().forms), login
        assert 'href="/duties"' in text
    stolen = PageForm("/duties/monthly_report/2024-05", "", {"idempotency_key": ["stolen"]})
    inspector = pages.visit("W01")
    inspector.get("/duties")
    csrf = inspector.csrf
    assert inspector.send(stolen, csrf=csrf, **SAID).status_code == 403
    assert pages.visit("A01").get("/duties").status_code == 403
    assert 'href="/duties"' not in pages.visit("A01").get("/admin").text
    clerk = pages.visit("D01")
    clerk.get("/duties")
    gone = PageForm("/duties/monthly_report/2024-03", "", form_of(clerk).values)
    assert clerk.send(gone, **SAID).status_code == 404


@pytest.mark.parametrize("login", ["S01", "D01"])
def test_every_number_opens_exactly_its_rows(pages: Pages, login: str) -> None:
    reported(pages.town)
    visitor = pages.visit(login)
    numbers = NUMBER.findall(visitor.get("/duties").text)
    counts = {name: int(count) for _, name, _, count in numbers}
    assert counts["owed"] == counts["done"] + counts["late"] + counts["due"]
    assert len(numbers) == (4 + 1 + 14 * 3 + 10 * 3 + 3 if login == "S01" else 4)
    few = [
        one
        for one in numbers
        if login == "D01" or one[1].startswith(("fire", "market", "monthly_report.2024-0", "done", "owed"))
    ]
    for path, name, filtered, count in few:
        assert path == filtered
        assert (name, len(_rows(visitor, unescape(path)))) == (name, int(count))


def _rows(visitor: Visitor, path: str) -> list[Any]:
    rows: list[Any] = []
    while path:
        text = visitor.get(path).text
        rows += ROW.findall(text)
        following = re.search(r'href="([^"]+)" rel="next"', text)
        path = unescape(following.group(1)) if following else ""
    return rows


def test_the_table_says_who_handed_in_and_who_did_not(pages: Pages) -> None:
    reported(pages.town)
    text = pages.visit("S01").get("/duties").text
    line = re.search(r'<tr data-department="fire_rescue">.*?</tr>', text, re.S)
    assert line is not None
    states = re.findall(r'data-period="([^"]+)".*?data-state="(\w+)"', line[0])
    assert dict(states) == {
        "2024-04": "done_late", "2024-H1": "late", "2024-05": "late", "2024-06": "due", "2024": "due",
        **dict.fromkeys(("2024-07", "2024-08", "2024-09", "2024-10", "2024-11"), "wait"),
    }  # fmt: skip


def test_what_was_corrected_is_still_read_by_whoever_may(pages: Pages) -> None:
    reported(pages.town)
    path = "/duties?department=fire_rescue&duty=monthly_report&period=2024-04"
    text = pages.visit("S01").get(path).text
    assert re.findall(r'data-ordinal="(\d+)"', text) == ["1"]
    assert "更正后的 4 月情况" in text and "消防" * 40 in text
    assert "消防" * 40 not in pages.visit("D01").get(path).text


def test_a_wrong_filter_is_told_and_breaks_nothing(pages: Pages) -> None:
    visitor = pages.visit("D01")
    answer = visitor.get("/duties?year=1999&state=lost")
    assert (answer.status_code, visitor.problem) == (400, "parameter_invalid")
    assert len(ROW.findall(answer.text)) == 10


def test_reminders_stand_on_the_work_page_in_the_readers_language_until_handed_in(pages: Pages) -> None:
    reported(pages.town)
    clerk = pages.visit("D01")
    text = clerk.get("/work").text
    assert 'data-reminders="1"' in text
    assert "市场监管局：月报（2024年5月）应于 2024年6月30日 前报领导小组办公室，已经逾期，仍未报送。" in text
    english = clerk.get("/work?lang=en").text
    assert "Market Regulation Bureau: Monthly report (2024-05) was due by 2024-06-30" in english
    link = re.search(r'<a href="(/duties\?year=2024[^"]+)">', english)
    assert link is not None and len(_rows(clerk, unescape(link[1]))) == 1
    assert clerk.send(form_of(clerk), **SAID).status_code == 303
    assert "data-reminders" not in clerk.get("/work").text
    missing = pages.visit("S01").get("/work").text
    assert 'data-reminders="38"' in missing and 'href="/duties?state=late"' in missing


def test_the_pages_are_accessible_and_fit_and_work_without_script(served: Served, browser: Browser) -> None:
    reported(served.town)
    corrected = "/duties?department=fire_rescue&duty=monthly_report&period=2024-04"
    looked_at = {"S01": ["/duties", corrected], "D01": ["/duties"]}
    assert complaints_about(browser, served.base, looked_at) == []
    officer = Officer.sign_in(browser, served.base, "D01", script=False)
    page = officer.page
    page.goto(f"{served.base}/duties")
    page.fill("[name=title]", SAID["title"])
    page.click("form[action^='/duties/'] button")
    assert page.locator("[data-field-error=summary]").count() == 1
    assert page.input_value("[name=title]") == SAID["title"]
    page.fill("[name=summary]", SAID["summary"])
    page.click("form[action^='/duties/'] button")
    assert page.locator("[data-flash=created]").count() == 1
    officer.leave()
