"""The line in the head of every page, and the page of what it finds: marked, escaped, paged, within what is seen."""

from __future__ import annotations

import re
from urllib.parse import quote

import pytest

from models import search_leading
from tests.builders import PARTY, item
from tests.web.conftest import Pages
from tests.web.town_at_work import put_to_work

HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>{{7*7}}"


def test_the_line_stands_in_the_head_of_pages_for_whoever_sees_cases(pages: Pages) -> None:
    for path in ("/work", "/ledger", "/calendar", "/search", "/no-such-page"):
        assert pages.visit("C01").get(path).text.count("data-search") == (path != "/no-such-page"), path
    assert "data-search" not in pages.visit("A01").get("/calendar").text


def test_what_was_looked_for_is_marked_and_leads_to_its_record(pages: Pages) -> None:
    at_work = put_to_work(pages.town)
    text = pages.visit("W01").get("/search?q=" + quote("滏香火锅 贮存")).text
    assert f'<a href="/findings/{at_work.correcting}">食品<mark>贮存</mark></a>' in text
    assert "原平市前进西街<mark>滏香火锅</mark>店" in text and 'data-group="parties"' not in text
    by_initials = pages.visit("W01").get("/search?q=fxhg").text
    assert "原平市前进西街<mark>滏香火锅</mark>店</a>" in by_initials
    english = pages.visit("W01").get("/search?lang=en&q=" + quote("滏香")).text
    assert ">Parties<" in english and ">Findings<" in english and "当事人" not in english
    nothing = pages.visit("F01").get("/search?q=" + quote("滏香")).text
    assert "没有找到" in nothing and PARTY["name"] not in nothing


def test_hostile_words_are_inert_where_they_are_typed_and_where_they_are_found(pages: Pages) -> None:
    town = pages.town
    town.inspect(item(town, item="甲" + HOSTILE), party={**PARTY, "name": "乙" + HOSTILE})
    for typed in (HOSTILE, "甲script", "alert", "乙script"):
        text = pages.visit("W01").get("/search?q=" + quote(typed)).text
        assert "<script>alert" not in text and "<img src=x" not in text
    assert "{{7*7}}" in pages.visit("W01").get("/search?q=" + quote(HOSTILE)).text
    found = pages.visit("W01").get("/search?q=alert").text
    assert "<mark>alert</mark>" in found and "&lt;script&gt;" in found


def test_one_kind_goes_on_page_by_page(pages: Pages) -> None:
    town = pages.town
    town.inspect(*(item(town, item=f"消防通道{number}") for number in range(7)))
    visitor = pages.visit("W01")
    path, seen = "/search?kind=findings&limit=3&q=" + quote("消防通道"), []
    while path:
        text = visitor.get(path).text
        seen += re.findall(r'<li data-findings="([^"]+)"', text)
        onward = re.search(r'<a href="(/search[^"]+)" rel="next"', text)
        path = onward[1].replace("&amp;", "&") if onward else ""
    assert len(seen) == len(set(seen)) == 7
    assert visitor.get("/search?q=x&kind=secrets").status_code == 400
    assert visitor.get("/search?q=x&cursor=abc").status_code == 400


def test_a_page_that_looked_at_the_newest_only_says_so_and_leads_on(
    pages: Pages, monkeypatch: pytest.MonkeyPatch
) -> None:
    town = pages.town
    town.inspect(*(item(town, item=f"消防通道{'' if number else '灭火器'}") for number in range(7)))
    monkeypatch.setattr(search_leading, "COUNTED_MOST", 2)
    monkeypatch.setattr(search_leading, "WALKED_MOST", 3)
    visitor, told = pages.visit("W01"), list[tuple[int, bool]]()
    path = "/search?q=" + quote("消防 通道 灭火 火器 消防通道")
    monkeypatch.setattr(search_leading, "PAIRS_MOST", 1)  # none but what all seven have
    while path:
        text = visitor.get(path).text
        told.append((text.count("<li data-findings="), "data-cut" in text))
        assert ("继续查更早的记录" in text) == ("较新的记录中没有找到" in text) == told[-1][1]
        onward = re.search(r'<a href="(/search[^"]+)" rel="next"', text)
        path = onward[1].replace("&amp;", "&") if onward else ""
    assert told == [(0, True), (0, True), (1, False)]
