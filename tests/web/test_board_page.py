"""The supervisor's board: numbers that open their rows, and supervision orders at a click, each with its result."""

from __future__ import annotations

import re
from html import unescape

import pytest

from tests.web.conftest import Pages
from tests.web.town_at_work import AtWork, put_to_work
from tests.web.visitor import Visitor

NUMBER = re.compile(r'href="([^"]+)" data-number="([^"]+)" data-filter="([^"]+)">(\d+)<')
ROWS = re.compile(r"<tr data-(?:finding|message|duty|inspection)=")
LATER = "2024-07-01T09:00"


@pytest.fixture
def at_work(pages: Pages) -> AtWork:
    return put_to_work(pages.town)


def late_board(pages: Pages) -> Visitor:
    """A supervisor at the board when everything is overdue and the bell has rung."""
    pages.town.at(LATER)
    pages.town.house.sweep.run()
    visitor = pages.visit("S01")
    visitor.get("/board")
    return visitor


def rows_behind(visitor: Visitor, path: str) -> int:
    """How many rows the page of that path lists, over all its pages."""
    rows = 0
    while path:
        text = visitor.get(path).text
        rows += len(ROWS.findall(text))
        onward = re.search(r'href="([^"]+)" rel="next"', text)
        path = unescape(onward.group(1)) if onward else ""
    return rows


@pytest.mark.parametrize("login", ["S01", "H01"])
def test_every_number_of_the_board_leads_to_that_many_rows(pages: Pages, at_work: AtWork, login: str) -> None:
    pages.town.at(LATER)
    visitor = pages.visit(login)
    numbers = NUMBER.findall(visitor.get("/board").text)
    counts = {name: int(count) for _, name, _, count in numbers}
    assert counts["found"] == counts["open"] + counts["closed"] == 4 and counts["overdue"] == 4
    assert {"stuck", "duties.late", "exchange.dead", "publicity.owed"} <= set(counts)
    assert [path for path, _, filtered, _ in numbers if path != filtered] == []
    # Lists that should be empty are asked one by one in tests/reading/test_board.py.
    lists = {path: int(count) for path, _, _, count in numbers if count != "0"}
    assert {path: rows_behind(visitor, unescape(path)) for path in lists} == lists


def test_one_click_puts_an_overdue_finding_under_supervision(pages: Pages, at_work: AtWork) -> None:
    visitor = late_board(pages)
    form = next(one for one in visitor.read().forms if one.action == "/board/supervision")
    answer = visitor.send(form, one=at_work.correcting)
    assert re.findall(r'data-finding="([^"]+)" data-result="(\w+)"', answer.text) == [
        (at_work.correcting, "recorded")
    ]
    assert pages.town.row(at_work.correcting).supervised
    again = visitor.send(form, one=at_work.correcting)
    assert re.findall(r'data-result="(\w+)"', again.text) == ["recorded"]
    reader, who = pages.town.house.reader, pages.town.who("S01")
    told = reader.timeline(who, at_work.correcting, {})["items"]
    assert [one["trigger"] for one in told].count("order_supervision") == 1


def test_each_of_those_chosen_says_what_became_of_it(pages: Pages, at_work: AtWork) -> None:
    visitor = late_board(pages)
    form = next(one for one in visitor.read().forms if one.action == "/board/supervision")
    pages.town.step("H01", at_work.proposed[0], "refuse_route", reason="重新提出")
    chosen = [at_work.found, at_work.proposed[0], "nothing"]
    answer = visitor.send(form, finding=chosen)
    results = dict(re.findall(r'data-finding="([^"]+)" data-result="(\w+)"', answer.text))
    assert results == {at_work.found: "recorded", at_work.proposed[0]: "refused", "nothing": "refused"}
    empty = visitor.send(form, finding=[at_work.correcting], due_on=None)
    assert 'data-result="refused"' in empty.text and "期限" in empty.text


def test_only_a_supervisor_orders_supervision(pages: Pages, at_work: AtWork) -> None:
    pages.town.at(LATER)
    head = pages.visit("H01")
    text = head.get("/board").text
    assert 'href="/board"' in text and "/board/supervision" not in text
    csrf = head.client.cookies["bihuan_csrf"]
    answer = head.client.post("/board/supervision", data={"csrf": csrf, "one": at_work.found})
    assert 'data-result="refused"' in answer.text
    assert not pages.town.row(at_work.found).supervised
    assert head.client.post("/board/supervision", data={"one": at_work.found}).status_code == 403
    assert 'href="/board"' not in pages.visit("W01").get("/work").text


def test_the_board_speaks_english_and_tells_wrong_filters(pages: Pages, at_work: AtWork) -> None:
    visitor = pages.visit("S01")
    assert "Supervision board" in visitor.get("/board?lang=en").text
    answer = visitor.get("/board?from=yesterday")
    assert (answer.status_code, visitor.problem) == (400, "parameter_invalid")


def test_the_load_of_each_officer_opens_its_rows_and_chosen_ones_are_handed_over(
    pages: Pages, at_work: AtWork
) -> None:
    head = pages.visit("H01")
    text = head.get("/board/load").text
    for path, name, _, count in NUMBER.findall(text):
        assert (name, rows_behind(head, unescape(path))) == (name, int(count))
    assert re.findall(r'data-handler="([^"]+)"', text) == ["-", "W01"]
    head.get("/board/load?handler=-")
    form = next(one for one in head.read().forms if one.action.startswith("/board/assignment"))
    chosen = [at_work.found, at_work.correcting, at_work.proposed[0]]
    answer = head.send(form, finding=chosen, handler="W01", reason="工作调整")
    results = dict(re.findall(r'data-finding="([^"]+)" data-result="(\w+)"', answer.text))
    assert results == dict(zip(chosen, ("recorded", "recorded", "refused"), strict=True))
    assert pages.town.row(at_work.found).handler == "W01"
    assert re.findall(r'data-handler="([^"]+)"', answer.text) == ["W01"]


def test_who_heads_nothing_sees_the_load_and_hands_nothing_over(pages: Pages, at_work: AtWork) -> None:
    visitor = pages.visit("S01")
    text = visitor.get("/board/load?handler=-&lang=en").text
    assert text.count("<tr data-finding=") == 2 and "/board/assignment" not in text
    csrf = visitor.client.cookies["bihuan_csrf"]
    sent = {"csrf": csrf, "finding": at_work.found, "handler": "W01", "reason": "x"}
    answer = visitor.client.post("/board/assignment", data=sent)
    assert 'data-result="refused"' in answer.text and pages.town.row(at_work.found).handler is None
    assert visitor.get("/board/load?light=red").status_code == 400
