"""The page of what stands still: a calm word when there is nothing, else what lacks, why, and who can do something."""

from __future__ import annotations

import re
from html import unescape

import pytest

from models import account_reading
from tests.web.conftest import Pages
from tests.web.town_at_work import AtWork, put_to_work

LINK = re.compile(r'href="([^"]+)" data-number="stuck" data-filter="([^"]+)">(\d+)<')


@pytest.fixture
def at_work(pages: Pages) -> AtWork:
    return put_to_work(pages.town)


def without_a_head(pages: Pages) -> None:
    """The department has no enabled account of a head."""
    for login in ("h01", "c01"):
        pages.town.house.writer.submit(
            lambda connection, login=login: account_reading.change_user(connection, login, {"disabled": True})
        )


def test_when_nothing_is_stuck_the_page_says_so(pages: Pages, at_work: AtWork) -> None:
    visitor = pages.visit("S01")
    assert [link[2] for link in LINK.findall(visitor.get("/ledger").text)] == ["0"]
    text = visitor.get("/stuck").text
    assert "一件也没有" in text and 'data-stuck="none"' in text and "<tr data-finding=" not in text
    assert "None at all" in visitor.get("/stuck?lang=en").text


@pytest.mark.parametrize("query", ["", "?department=market_regulation", "?department=fire_rescue"])
def test_the_ledger_s_number_leads_to_that_many_rows(pages: Pages, at_work: AtWork, query: str) -> None:
    without_a_head(pages)
    visitor = pages.visit("S01")
    ((path, filtered, count),) = LINK.findall(visitor.get(f"/ledger{query}").text)
    rows = visitor.get(unescape(path)).text.count("<tr data-finding=")
    assert path == filtered and rows == int(count) == (0 if "fire" in query else 2)


def test_each_row_says_what_it_lacks_why_and_who_can_do_something(pages: Pages, at_work: AtWork) -> None:
    without_a_head(pages)
    visitor = pages.visit("U01")
    text = visitor.get("/stuck").text
    assert re.findall(r'data-finding="([^"]+)" data-proceeding="" data-lacks="owner step"', text) == list(
        at_work.proposed
    )
    for words in ("原台〔2024〕0001", "路径待批准", "无人负责", "没有下一步", "安全管理员", "行政机关负责人"):
        assert words in text
    english = visitor.get("/stuck?lang=en").text
    for words in ("No owner", "No next step", "security administrators", "head of the department"):
        assert words in english
    assert "<tr data-finding=" not in visitor.get("/stuck?lacks=clock").text


def test_a_wrong_filter_is_told_and_who_reads_no_findings_is_refused(pages: Pages, at_work: AtWork) -> None:
    visitor = pages.visit("S01")
    answer = visitor.get("/stuck?lacks=luck")
    assert (answer.status_code, visitor.problem) == (400, "parameter_invalid")
    administrator = pages.visit("A01")
    assert administrator.get("/stuck").status_code == 403
    assert LINK.findall(administrator.get("/ledger").text) == []
