"""Sheets, reports and background jobs on pages: links, forms without script, and what stands beside a job."""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path
from typing import Any

import python_calamine
import xlsxwriter
from httpx import Response

from engine.jobs.runner import Runner
from tests.intake.test_workbook import FIRST, SECOND
from tests.sheets.test_taking import edited, exported, served
from tests.web.conftest import Pages
from tests.web.visitor import Visitor

NOW_AND_THEN = '<meta http-equiv="refresh" content="3">'
"""Without script."""


def sent(visitor: Visitor, path: str, file: tuple[str, bytes] | None = None, **typed: str) -> Response:
    """What a form of the person's session is answered."""
    given = {"csrf": visitor.client.cookies["bihuan_csrf"], **typed}
    return visitor.client.post(path, data=given, files={"file": file} if file else None)


def test_the_ledger_s_list_is_taken_along_at_once_or_in_the_background(pages: Pages) -> None:
    pages.town.finding()
    visitor = pages.visit("C02")
    text = visitor.get("/ledger?light=none&state=open").text
    [link] = re.findall(r'href="(/ledger/sheet\.xlsx[^"]*)"', text)
    assert link == "/ledger/sheet.xlsx?light=none&amp;state=open"
    assert visitor.get("/ledger/sheet.csv?light=none&state=open").text.count("\r\n") >= 1
    answer = sent(visitor, "/jobs", of="/ledger?state=open")
    assert answer.status_code == 303
    waiting = visitor.get(answer.headers["location"])
    assert NOW_AND_THEN in waiting.text and 'data-state="queued"' in waiting.text
    Runner(pages.town.house).run()
    done = visitor.get(answer.headers["location"])
    assert NOW_AND_THEN not in done.text and "下载文件" in done.text
    assert visitor.get(answer.headers["location"] + "/result").status_code == 200
    assert "导出台账" in visitor.get("/jobs").text and "Ledger sheet" in visitor.get("/jobs?lang=en").text


def test_an_edited_sheet_is_tried_on_the_page_and_carried_out_when_confirmed(pages: Pages) -> None:
    town, visitor = pages.town, pages.visit("U01")
    finding = served(town)
    path = edited(exported(town, town.clock_file.parent), {(finding, "责任人"): "姓名C01"})
    refused = sent(visitor, "/jobs/attachments", ("a.pdf", b"%PDF-1.4\n%%EOF\n"))
    assert refused.status_code == 422
    answer = sent(visitor, "/jobs/attachments", ("台账.xlsx", path.read_bytes()))
    assert answer.status_code == 303
    Runner(town.house).run()
    tried = visitor.get(answer.headers["location"]).text
    assert 'data-result="would_be_done"' in tried and "姓名C02 → 姓名C01" in tried
    assert town.row(finding).record["registers"]["handler"]["login"] == "C02"
    confirmed = sent(visitor, answer.headers["location"] + "/confirm")
    Runner(town.house).run()
    assert 'data-result="done"' in visitor.get(confirmed.headers["location"]).text
    assert town.row(finding).record["registers"]["handler"]["login"] == "C01"


def filled(blank: bytes, folder: Path, *rows: dict[str, Any]) -> bytes:
    """The workbook that the page gives away, with these rows."""
    given, made = folder / "blank.xlsx", folder / "filled.xlsx"
    given.write_bytes(blank)
    with python_calamine.CalamineWorkbook.from_path(given) as read:
        headings = [str(cell) for cell in read.get_sheet_by_index(0).to_python()[0]]
    with xlsxwriter.Workbook(made) as book:
        page, moment = book.add_worksheet("检查与问题"), book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        page.write_row(0, 0, headings)
        for line, row in enumerate(rows, start=1):
            for place, heading in enumerate(headings):
                value = row.get(heading.removesuffix("*"))
                page.write(line, place, value, *([moment] if isinstance(value, datetime) else []))
    return made.read_bytes()


def test_a_workbook_of_inspections_is_tried_recorded_and_recorded_once(pages: Pages, tmp_path: Path) -> None:
    town, visitor = pages.town, pages.visit("W01")
    blank = visitor.get("/jobs/intake.xlsx").content

    def handed_in(*rows: dict[str, Any]) -> str:
        file = ("录入表.xlsx", filled(blank, tmp_path, *rows))
        return str(sent(visitor, "/jobs/attachments", file, kind="intake_import").headers["location"])

    def seen(place: str) -> str:
        Runner(town.house).run()
        return visitor.get(place).text

    wrong = seen(handed_in(FIRST | {"统一社会信用代码": "92140981MA0L3Q8T18"}))
    assert 'data-result="refused"' in wrong and "校验" in wrong and "/confirm" not in wrong
    place = handed_in(FIRST, SECOND)
    assert "/confirm" in seen(place) and visitor.get("/api/v1/inspections").json()["items"] == []
    recorded = sent(visitor, f"{place}/confirm").headers["location"]
    assert 'data-state="done"' in seen(recorded)
    [inspection] = visitor.get("/api/v1/inspections").json()["items"]
    assert len(inspection["findings"]) == 2
    assert "没有变化" in seen(handed_in(FIRST, SECOND))
    assert len(visitor.get("/api/v1/inspections").json()["items"]) == 1
    officer = pages.visit("C02")
    assert "intake_import" not in officer.get("/jobs").text
    refused = sent(officer, "/jobs/attachments", ("录入表.xlsx", blank), kind="intake_import")
    assert refused.status_code == 403


def test_reports_are_offered_by_period_and_made(pages: Pages) -> None:
    visitor = pages.visit("S01")
    text = visitor.get("/reports").text
    assert "2024年4月" in text and 'value="2024-H1"' in text
    [style] = re.findall(r'href="(/static/sheets\.css[^"]*)"', text)
    assert visitor.get(style).headers["content-type"].startswith("text/css")
    answer = visitor.get("/reports/file?report=monthly&period=2024-03&form=csv&department=")
    assert answer.status_code == 200 and "findings" in answer.text
    assert visitor.get("/reports/file?report=monthly&period=2031-03").status_code == 400
