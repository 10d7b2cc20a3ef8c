"""Lists: every number of the ledger leads to exactly that many rows; approvals in bulk answer one by one."""

from __future__ import annotations

import re
from html import unescape
from urllib.parse import quote

import pytest
from sqlalchemy import Connection, func, select

from models.reading import led
from models.records import FINDING
from tests.web.conftest import Pages
from tests.web.town_at_work import AtWork, propose, put_to_work

NUMBER = re.compile(r'href="([^"]+)" data-number="([^"]+)" data-filter="([^"]+)">(\d+)<')


@pytest.fixture
def at_work(pages: Pages) -> AtWork:
    return put_to_work(pages.town)


def test_every_number_of_the_ledger_leads_to_that_many_rows(pages: Pages, at_work: AtWork) -> None:
    visitor = pages.visit("C01")
    numbers = NUMBER.findall(visitor.get("/ledger").text)
    counts = {name: int(count) for _, name, _, count in numbers}
    assert counts["found"] == counts["open"] + counts["closed"] == 4
    for path, name, filtered, count in numbers:
        assert path == filtered
        rows = visitor.get(unescape(path)).text.count("<tr data-finding=")
        assert (name, rows) == (name, int(count))


def test_a_wrong_filter_is_told_and_breaks_nothing(pages: Pages, at_work: AtWork) -> None:
    visitor = pages.visit("C01")
    answer = visitor.get("/ledger?light=blue&state=open&unknown=1")
    assert (answer.status_code, visitor.problem) == (400, "parameter_invalid")
    assert answer.text.count("<tr data-finding=") == 4


def test_a_page_that_looked_at_some_of_the_closed_only_says_so_and_leads_on(
    pages: Pages, at_work: AtWork, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A word of one character is under no key, so that each finding is looked at."""

    def close(connection: Connection) -> None:
        connection.execute(FINDING.update().values(state="closed", closed=True, search_text=FINDING.c.id))
        last = connection.execute(select(func.max(FINDING.c.ledger_no))).scalar_one()
        connection.execute(FINDING.update().where(FINDING.c.ledger_no == last).values(search_text="火"))

    pages.town.house.writer.submit(close)
    monkeypatch.setattr(led, "WALKED_MOST", 2)
    visitor, told, path = pages.visit("C01"), list[tuple[int, bool]](), "/ledger?q=" + quote("火")
    while path:
        text = visitor.get(path).text
        told.append((text.count("<tr data-finding="), "data-cut" in text))
        assert ("已查的部分没有" in text) == (">继续查</a>" in text) == told[-1][1]
        onward = re.search(r'<a href="(/ledger[^"]+)" rel="next"', text)
        path = unescape(onward[1]) if onward else ""
    assert told == [(0, True), (1, False)]


def test_work_stands_in_four_groups_worst_first(pages: Pages, at_work: AtWork) -> None:
    pages.town.at("2024-07-01T09:00")
    text = pages.visit("H01").get("/work").text
    assert re.findall(r'data-group="(\w+)"', text) == ["severe", "overdue", "red_yellow", "green"]
    severe = text[text.index('data-group="severe"') : text.index('data-group="overdue"')]
    assert severe.count("<tr data-finding=") == 2


def test_the_selected_are_approved_and_each_answers_for_itself(pages: Pages, at_work: AtWork) -> None:
    head = pages.visit("H01")
    head.get("/work")
    form = next(one for one in head.read().forms if one.action == "/work")
    pages.town.step("H01", at_work.proposed[1], "refuse_route", reason="重新提出")
    answer = head.send(form, finding=list(at_work.proposed))
    assert answer.status_code == 200
    results = dict(re.findall(r'data-finding="([^"]+)" data-result="(\w+)"', answer.text))
    assert results == {at_work.proposed[0]: "recorded", at_work.proposed[1]: "refused"}
    assert pages.town.state(at_work.proposed[0]) == "routed"
    assert pages.town.state(at_work.proposed[1]) == "registered"


def test_who_proposed_approves_nothing_in_bulk(pages: Pages, at_work: AtWork) -> None:
    both = pages.visit("C01")
    both.get("/work")
    form = next(one for one in both.read().forms if one.action == "/work")
    answer = both.send(form, finding=[at_work.proposed[0]])
    assert 'data-result="refused"' in answer.text
    assert pages.town.state(at_work.proposed[0]) == "route_confirmed"


def test_a_list_goes_on_over_pages_without_losing_a_row(pages: Pages) -> None:
    town = pages.town
    for number in range(1, 56):
        propose(town, town.finding(item=f"第{number}项"), number)
    visitor, path, seen = pages.visit("C01"), "/ledger?state=open", []
    while path:
        text = visitor.get(path).text
        seen += re.findall(r'<tr data-finding="([^"]+)"', text)
        following = re.search(r'href="([^"]+)" rel="next"', text)
        path = unescape(following.group(1)) if following else ""
    assert len(seen) == len(set(seen)) == 55


def test_filters_are_saved_by_name_for_whoever_saved_them(pages: Pages, at_work: AtWork) -> None:
    head = pages.visit("H01")
    query = "todo=finding.approve_route&sort=party"
    head.get(f"/work?{query}&group=green")
    form = next(one for one in head.read().forms if one.action == "/work/views")
    assert head.send(form, name=None).status_code == 422
    saved = head.send(form, name="待批<路径>", query=f"{form.values['query'][0]}&csrf=x")
    assert saved.headers["location"] == f"/work?{query}"
    text = head.get(saved.headers["location"]).text
    assert re.search(r'href="/work\?[^"]*" aria-current="true" data-view="待批&lt;路径&gt;"', text)
    assert "data-view" not in pages.visit("C01").get("/work").text
    head.send(form, forget="待批<路径>")
    assert "data-view" not in head.get("/work").text


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_days_at_the_ends_of_time_break_no_page(pages: Pages, day: str) -> None:
    officer = pages.visit("W01")
    for page, names in (("/work", ("due_from", "due_to")), ("/ledger", ("from", "to"))):
        for name in names:
            assert officer.get(f"{page}?{name}={day}").status_code in (200, 422)
