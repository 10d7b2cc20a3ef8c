"""Stuck cases, reports owed and the exchange are taken along: the rows of the list, in either language, at once or as a job."""

from __future__ import annotations

import csv
import re
from html import unescape

from engine.jobs.runner import Runner
from tests.engine.test_duties import hand_in
from tests.web.conftest import Pages
from tests.web.test_exchange_page import ROWS, dead
from tests.web.test_jobs_pages import sent
from tests.web.test_stuck_page import without_a_head
from tests.web.town_at_work import put_to_work
from tests.web.visitor import Visitor


def sheet_of(visitor: Visitor, path: str) -> list[list[str]]:
    """The lines of the sheet that the page links."""
    [link] = re.findall(r'href="([^"]+/sheet\.csv[^"]*)" download', visitor.get(path).text)
    answer = visitor.get(unescape(link))
    assert answer.headers["content-type"].startswith("text/csv"), path
    return read(answer.text)


def read(text: str) -> list[list[str]]:
    return list(csv.reader(text.removeprefix("\ufeff").splitlines()))


def test_what_stands_still_and_what_is_owed_are_taken_along_as_listed(pages: Pages) -> None:
    put_to_work(pages.town)
    without_a_head(pages)
    pages.town.at("2024-05-28T10:00")
    hand_in(pages.town, "D01", title='=HYPERLINK("http://a.example")')
    visitor = pages.visit("S01")
    head, *lines = sheet_of(visitor, "/stuck?lacks=step")
    assert head[0] == "台账编号" and {line[4] for line in lines} == {"无人负责、没有下一步"}
    assert len(lines) == visitor.get("/stuck?lacks=step").text.count("<tr data-finding=") != 0
    assert sheet_of(visitor, "/stuck?lang=en")[0][:4] == ["Ledger no.", "Record", "State", "Department"]
    assert visitor.get("/stuck/sheet.csv?lacks=luck").status_code == 400
    assert pages.visit("A01").get("/stuck/sheet.csv").status_code == 403

    visitor = pages.visit("S01")
    owed = re.search(r'data-number="owed" data-filter="[^"]+">(\d+)<', visitor.get("/duties?lang=zh").text)
    head, *lines = sheet_of(visitor, "/duties")
    assert owed is not None and len(lines) == int(owed[1])
    [done] = sheet_of(visitor, "/duties?year=2024&state=done")[1:]
    assert done[:4] == ["已报", "市场监管局", "月报", "2024年4月"] and done[6].startswith("'=HYPERLINK")
    made = sent(visitor, "/jobs", of="/duties?year=2024&state=done").headers["location"]
    Runner(pages.town.house).run()
    assert read(visitor.get(made + "/result").text) == [head, done]


def test_the_exchange_is_taken_along_by_set_and_receiver_by_those_who_read_it(pages: Pages) -> None:
    linked, _ = dead(pages)
    linked.sent(target_department="emergency")
    visitor = pages.visit("D01")
    for path in ("/exchange", "/exchange?set=sent", "/exchange?set=sent&recipient=emergency"):
        _, *lines = sheet_of(visitor, path)
        assert len(lines) == len(ROWS.findall(visitor.get(path).text)) != 0, path
    assert visitor.get("/exchange/sheet.csv?set=received&lang=en").text.startswith("\ufeffReceived,Kind")
    assert pages.visit("W01").get("/exchange/sheet.csv").status_code == 403
