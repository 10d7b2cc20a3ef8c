"""The ledger as a sheet: the columns of the trade, values as they stand on record, and nothing that a reader may not see."""

from __future__ import annotations

import json
import re
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import python_calamine

from engine.core.refusals import Refusal
from engine.sheets.ledger import WHOLE, ledger_bytes, sheet_of, write_ledger
from tests.builders import OFFICERS, Town, item
from tests.referral_walk import FILED, led, opened

HEADINGS = """
序号 · 台账编号 · 抽查计划编号/名称 · 抽查任务编号/名称 · 检查类型 · 发起部门 · 参与部门 ·
检查日期 · 检查人员及证号 · 检查对象名称 · 统一社会信用代码 · 地址 · 法定代表人 · 联系电话 ·
行业 · 信用风险等级 · 抽查事项 · 检查结果 · 问题描述 · 违反条款 · 问题等级 ·
处置路径 · 责任部门 · 责任人 · 责令改正文书号 · 责令改正送达日期 · 整改期限 · 整改情况 ·
整改完成日期 · 复查日期 · 复查结论 · 案件来源登记号 · 立案日期 · 立案文号 · 案由 ·
办案人员 · 办案期限 · 延期/扣除时间 · 告知日期 · 是否听证 · 处罚决定书文号 · 决定日期 ·
处罚种类 · 罚款金额（元） · 没收金额（元） · 处罚决定送达日期 · 缴款期限 · 缴款日期 · 加处罚款（元） ·
执行情况 · 移送（抄告）单位 · 移送文号 · 移送日期 · 回执日期 · 接收/退回 · 反馈结果 ·
反馈日期 · 移送公安日期时间 · 抄送检察院日期 · 公安是否立案 · 立案通知日期 · 物品移交日期 · 复议/立案监督 ·
结果公示日期 · 处罚公示日期 · 列异日期/移出日期 · 列严日期 · 其他信用惩戒 · 督办情况 · 逾期标志 ·
结案（销号）日期 · 销号人 · 备注 · 最近备注
"""
ORDER = {
    "facts_summary": '=HYPERLINK("http://x","点")',
    "clause": "食品安全法第三十三条",
    "basis_clause": "行政处罚法第二十八条",
    "correction_requirements": "更换紫外线灯。",
    "deadline_type": "dated",
    "period_length": 10,
    "period_unit": "working_day",
    "officers": OFFICERS,
}
CRIMINAL = ("psb_handed_over_at", "procuratorate_copied_on", "psb_filed", "psb_notice_on", "items_handed_on")


def rectified(town: Town, finding: str) -> None:
    """The finding has an order to correct, served, reported and found corrected."""
    town.step("C02", finding, "open_rectification", legal_ground="依据。", urgent_ground="on_the_spot")
    [order] = town.proceedings(finding)
    town.step("W01", finding, "order", order.id, **ORDER)
    town.step(
        "W01", finding, "serve_directly", order.id, served_on="2024-04-26", officers=OFFICERS, signer="店主"
    )
    town.step("C02", finding, "report_done", order.id, reported_on="2024-04-26")


def rows(town: Town, login: str | None, **query: str) -> list[dict[str, Any]]:
    """The rows that the person is given."""
    who = WHOLE if login is None else town.people[login]
    content, _ = ledger_bytes(town.house, who, {name: [value] for name, value in query.items()}, "json")
    told = json.loads(content)
    assert told["count"] == len(told["items"])
    return list(told["items"])


def workbook(town: Town, folder: Path) -> tuple[Path, list[list[Any]]]:
    """The whole ledger as a workbook, and what its sheet says."""
    path = folder / "台账.xlsx"
    write_ledger(town.house, WHOLE, {}, path)
    with python_calamine.CalamineWorkbook.from_path(path) as book:
        return path, [list(row) for row in book.get_sheet_by_index(0).iter_rows()]


def test_the_columns_are_those_of_the_trade_in_their_order(sqlite_town: Town) -> None:
    assert [one.zh for one in sheet_of(sqlite_town.house).columns] == HEADINGS.replace(
        "\n", " "
    ).strip().split(" · ")


def test_a_row_says_what_was_entered_and_nothing_else(town: Town) -> None:
    finding = town.finding()
    town.step(
        "C02",
        finding,
        "register",
        ledger_no="原台〔2024〕0001",
        department="market_regulation",
        handler="C02",
    )
    rectified(town, finding)
    [row] = rows(town, "W01")
    assert row["finding"] == finding and row["version"] == town.row(finding).version
    told = {name: row[name] for name in ("ledger_no", "party", "uscc", "handler", "department", "check_type")}
    assert told == {
        "ledger_no": row["ledger_no"],
        "party": "原平市前进西街滏香火锅店",
        "uscc": "92140981MA0L3Q8T17",
        "handler": "姓名C02",
        "department": "市场监管局",
        "check_type": "内部",
    }
    assert row["officers"] == "姓名W01（晋H0981-W01）、姓名W02（晋H0981-W02）"
    assert (row["order_served_on"], row["order_due_on"]) == ("2024-04-26", "2024-05-13")
    assert (row["rectification"], row["corrected_on"]) == ("已报告待复查", "2024-04-26")
    assert row["order_no"] == "原市监责改〔2024〕1号" and row["inspected_on"] == "2024-04-26"
    absent = {"fine", "decision_no", "closed_on", "closed_by", "reinspected_on", "conclusion", *CRIMINAL}
    assert absent.isdisjoint(row)


def test_a_step_that_was_withdrawn_leaves_no_trace_in_the_row(sqlite_town: Town) -> None:
    from engine.core.commands import CorrectionCommand

    finding = sqlite_town.finding()
    rectified(sqlite_town, finding)
    sequence = sqlite_town.row(finding).sequence
    sqlite_town.handle(
        "H01",
        CorrectionCommand("finding", finding, sequence, None, "误录。", sqlite_town.row(finding).version),
    )
    [row] = rows(sqlite_town, "W01")
    assert "corrected_on" not in row and row["rectification"] == "改正期内"


def test_nothing_in_the_workbook_is_a_formula_and_days_are_days(sqlite_town: Town, tmp_path: Path) -> None:
    hostile = ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\u202etxt.exe", "<script>"]
    sqlite_town.inspect(*(item(sqlite_town, facts_summary=text, clause="=2") for text in hostile))
    path, told = workbook(sqlite_town, tmp_path)
    headings = told[3]
    said = [row[headings.index("问题描述")] for row in told[4:]]
    assert sorted(said) == sorted(text.replace("\u202e", "") for text in hostile)
    assert {row[headings.index("检查日期")] for row in told[4:]} == {date(2024, 4, 26)}
    with zipfile.ZipFile(path) as parts:
        sheet, styles = (parts.read(name).decode() for name in ("xl/worksheets/sheet1.xml", "xl/styles.xml"))
        assert not [name for name in parts.namelist() if "external" in name.lower()]
    assert "<f>" not in sheet and "<hyperlink" not in sheet and 'quotePrefix="1"' in styles


def test_the_workbook_is_laid_out_to_be_printed(sqlite_town: Town, tmp_path: Path) -> None:
    finding = sqlite_town.finding()
    path, told = workbook(sqlite_town, tmp_path)
    assert told[0][0].endswith("台账") and "共 1 条" in told[1][0]
    assert told[4][-3:-1] == [finding, str(sqlite_town.row(finding).version)]
    with zipfile.ZipFile(path) as parts:
        sheet, book = (parts.read(name).decode() for name in ("xl/worksheets/sheet1.xml", "xl/workbook.xml"))
    assert re.search(r'<pageSetup paperSize="8"[^>]*orientation="landscape"', sheet)
    assert 'fitToHeight="0"' in sheet and "&amp;P" in sheet and 'state="frozen"' in sheet
    assert re.search(r'<col min="75" max="77"[^>]*hidden="1"', sheet)
    assert "_xlnm.Print_Titles" in book and "$1:$4" in book


def test_a_number_and_its_sheet_agree(sqlite_town: Town) -> None:
    sqlite_town.inspect(item(sqlite_town), item(sqlite_town, item="另一事项"))
    sqlite_town.inspect(item(sqlite_town), by="F01", department="fire_rescue")
    reader, who = sqlite_town.house.reader, sqlite_town.people
    for login in ("W01", "F01", "S01"):
        figures = reader.ledger(who[login], {})
        assert len(rows(sqlite_town, login)) == figures["found"]["count"]
        for light in figures["by_light"]:
            assert len(rows(sqlite_town, login, light=light["light"])) == light["found"]["count"]
    assert len(rows(sqlite_town, None, department="fire_rescue")) == 1
    assert rows(sqlite_town, "W01", department="fire_rescue") == []


@pytest.mark.parametrize(
    "query", [{"cursor": ["x"]}, {"limit": ["3"]}, {"state": ["nowhere"]}, {"from": ["5月"]}]
)
def test_a_filter_that_is_wrong_is_refused(sqlite_town: Town, query: dict[str, list[str]]) -> None:
    with pytest.raises(Refusal, match="parameter_invalid"):
        ledger_bytes(sqlite_town.house, WHOLE, query, "csv")


def test_more_rows_than_somebody_waits_for_are_refused(
    sqlite_town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.sheets.ledger.AT_ONCE_MAX", 1)
    sqlite_town.inspect(item(sqlite_town), item(sqlite_town, item="另一事项"))
    with pytest.raises(Refusal) as refused:
        ledger_bytes(sqlite_town.house, WHOLE, {}, "csv")
    assert "2" in str(refused.value.detail)


def test_a_referral_fills_its_columns_for_its_list_alone(town: Town) -> None:
    town.add_person("W03", "market_regulation", ("inspector",))
    finding = town.finding()
    before = rows(town, "W03"), rows(town, None), rows(town, "S01")
    referral = opened(town, finding)
    led(town, referral, *FILED)
    [listed] = rows(town, "C02")
    assert listed["psb_filed"] == "立案" and listed["psb_notice_on"] == "2024-04-26"
    assert listed["psb_handed_over_at"].startswith("2024-04-26T17:00") and "移送司法机关" in listed["routes"]
    assert (rows(town, "W03"), rows(town, None), rows(town, "S01")) == before
    with town.house.database.read() as connection:
        read = connection.exec_driver_sql(
            "select login from referral_reading where part = 'sheet'"
        ).fetchall()
    assert [tuple(one) for one in read] == [("C02",)]


def test_personal_particulars_are_told_to_the_department_alone(sqlite_town: Town) -> None:
    person = {
        "kind": "natural_person",
        "name": "樊志远",
        "identifiers": [{"scheme": "passport", "value": "E12345678"}],
        "phone": "0350-5550117",
    }
    sqlite_town.inspect(item(sqlite_town), party=person)
    assert rows(sqlite_town, "W01")[0]["phone"] == "0350-5550117"
    for login in ("S01", None):
        assert "phone" not in rows(sqlite_town, login)[0]


def test_that_rows_were_taken_is_on_record_without_what_was_looked_for(sqlite_town: Town) -> None:
    rows(sqlite_town, "S01", q="滏香")
    with sqlite_town.house.database.read() as connection:
        taken = connection.exec_driver_sql(
            "select by, detail from admin_entry where action = 'sheet.export'"
        ).fetchall()
    assert [by for by, _ in taken] == ["S01"] and "滏香" not in str(taken) and '"q"' in str(taken)
