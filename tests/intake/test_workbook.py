"""The Chinese workbook: what its columns explain, its lists offer and its reader makes are one thing."""

import re
import zipfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from engine.intake import NewInspection, RowFault, read_export
from engine.sheets.template import write_intake_template
from rules.facts import FactDictionary
from rules.mapping import Mapping
from rules.offices import Office
from tests.schemas import contract, faults

FIRST: dict[str, Any] = {
    "检查编号": "YPLH2024-007-03/0012",
    "抽查计划编号": "YPLH2024-007",
    "抽查任务编号": "YPLH2024-007-03",
    "检查类型": "联合",
    "检查方式": "实地核查",
    "抽取方式": "不定向",
    "实施部门": "市场监管局",
    "发起部门": "原平市市场监督管理局",
    "参与部门": "消防救援大队；卫健局",
    "检查对象名称": "原平市前进西街滏香火锅店",
    "检查对象类型": "个体工商户",
    "统一社会信用代码": "92140981ma0l3q8t17 ",
    "地址": "山西省忻州市原平市前进西街218号",
    "登记地行政区划代码": 140981,
    "检查人员一": "弓晓燕",
    "检查人员一证号": "晋H0981-0127",
    "检查人员二": "邢卫东",
    "检查人员二证号": "晋H0981-0133",
    "已告知回避权利": "是",
    "检查开始时间": "2024年4月26日 9:10",
    "检查结束时间": datetime(2024, 4, 26, 10, 55),
    "抽查事项": "加工制作过程；食品原料控制",
    "检查结果一": "发现问题经责令已改正",
    "检查结果三": "发现问题待后续处理",
    "业务领域": "食品",
    "违法行为": "监督检查要点表项目不符合要求",
    "问题事项": "加工制作过程",
    "问题描述": "凉菜间紫外线灯损坏。",
    "发现时间": "2024-04-26 10:05",
    "违法行为结束日期": "2024-04-26",
    "违法行为仍在继续": "否",
    "检查项目类别": "一般项目",
    "情节": "情节（显著）轻微",
    "影响食品安全": "否",
    "涉嫌逃税数额（元）": "1,234.5",
}
INSPECTION = tuple(FIRST)[: tuple(FIRST).index("业务领域")]
"""The headings of the inspection; those of the finding follow."""

SECOND: dict[str, Any] = {
    "业务领域": "消防安全",
    "违法行为": "其他违法行为",
    "问题事项": "安全出口",
    "问题描述": "堆放啤酒箱。",
    "发现时间": "2024-04-26 10:30",
    "现实危险": "是",
}


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory, facts: FactDictionary, office: Office) -> Path:
    path = tmp_path_factory.mktemp("template") / "intake.xlsx"
    write_intake_template(path, facts=facts, office=office)
    return path


@pytest.fixture
def filled(template: Path, workbook: Callable[..., Path]) -> Callable[..., Path]:
    """Fills rows, given by heading, into a workbook with the headings of the template."""
    with CalamineWorkbook.from_path(template) as book:
        headings = [str(cell) for cell in book.get_sheet_by_index(0).to_python()[0]]

    def fill(*rows: dict[str, Any]) -> Path:
        plain = [heading.removesuffix("*") for heading in headings]
        assert all(set(row) <= set(plain) for row in rows)
        return workbook([headings, *([row.get(heading) for heading in plain] for row in rows)])

    return fill


def conforms(body: dict[str, Any]) -> None:
    assert faults("inspection_intake", body) == []


def read(path: Path, mapping: Mapping) -> tuple[list[NewInspection], list[RowFault]]:
    outcomes = list(read_export(path, mapping))
    made = [outcome for outcome in outcomes if isinstance(outcome, NewInspection)]
    return made, [outcome for outcome in outcomes if isinstance(outcome, RowFault)]


def test_rows_become_a_body_that_the_contract_accepts(filled: Callable[..., Path], intake: Mapping) -> None:
    (inspection,), faults = read(filled(FIRST, SECOND), intake)
    assert faults == []
    conforms(inspection.body)
    body = inspection.body
    assert body["department"] == body["lead_department"] == "market_regulation"
    assert body["participating"] == ["fire_rescue", "health"]
    assert body["party"]["identifiers"] == [{"scheme": "uscc", "value": "92140981MA0L3Q8T17"}]
    assert body["party"]["registered_region"] == "140981"
    assert body["officers"][1] == {"name": "邢卫东", "certificate_no": "晋H0981-0133"}
    assert body["result_codes"] == ["CORRECTED", "PENDING_FOLLOWUP"]
    assert body["started_at"] == "2024-04-26T09:10:00+08:00"
    assert body["finished_at"] == "2024-04-26T10:55:00+08:00"
    assert (body["recusal_told"], body["check_type"]) == (True, "joint")
    first, second = body["findings"]
    assert first["facts"] == {
        "item_class": "general",
        "circumstances": "slight",
        "affects_food_safety": "no",
        "tax_evaded_fen": 123450,
    }
    assert (second["violation"], second["facts"]) == ("other", {"imminent_danger": True})
    assert second["reference"] == "YPLH2024-007-03/0012/2"
    assert (inspection.reference, inspection.lines) == ("YPLH2024-007-03/0012", (2, 3))
    assert [inspection.line_of(p) for p in ("/findings/1/item", "/officers", "")] == [3, 2, 2]


@pytest.mark.parametrize(
    ("pointer", "heading"),
    [
        ("/findings/1/item", "问题事项*"),
        ("/findings/0/facts/item_class", "检查项目类别"),
        ("/party/identifiers/0/value", "统一社会信用代码"),
        ("/officers", "检查人员一*"),
        ("/finished_at", "检查结束时间*"),
        ("/findings", None),
        ("/reference", None),
    ],
)
def test_a_member_at_fault_is_found_under_its_heading(
    filled: Callable[..., Path], intake: Mapping, pointer: str, heading: str | None
) -> None:
    assert read_export(filled(FIRST), intake).heading_of(pointer) == heading


def test_repeating_the_inspection_says_the_same_as_leaving_it_blank(
    filled: Callable[..., Path], intake: Mapping
) -> None:
    (blank,), _ = read(filled(FIRST, SECOND), intake)
    shared = {heading: FIRST[heading] for heading in INSPECTION}
    (repeated,), _ = read(filled(FIRST, shared | SECOND), intake)
    assert repeated == blank


def test_an_inspection_without_findings_is_one_row(filled: Callable[..., Path], intake: Mapping) -> None:
    row = {heading: FIRST[heading] for heading in INSPECTION}
    row |= {"检查结果一": "未发现问题", "检查结果三": None}
    (inspection,), faults = read(filled(row), intake)
    assert faults == []
    conforms(inspection.body)
    assert inspection.body["result_codes"] == ["NO_PROBLEM"]
    assert inspection.body["findings"] == []


def test_an_unidentified_party_needs_no_number(filled: Callable[..., Path], intake: Mapping) -> None:
    row = FIRST | {"识别号种类": "身份不明（名称加地址）", "统一社会信用代码": None}
    (inspection,), faults = read(filled(row), intake)
    assert faults == []
    conforms(inspection.body)
    assert inspection.body["party"]["identifiers"] == [{"scheme": "unidentified", "value": ""}]


@pytest.mark.parametrize(
    ("change", "code", "field"),
    [
        ({"抽查任务编号": None}, "missing", "抽查任务编号*"),
        ({"检查人员二证号": None}, "missing", "检查人员二证号*"),
        ({"已告知回避权利": None}, "missing", "已告知回避权利*"),
        ({"已告知回避权利": "告知"}, "not_yes_no", "已告知回避权利*"),
        ({"统一社会信用代码": "92140981MA0L3Q8T11"}, "uscc_check", "统一社会信用代码"),
        ({"统一社会信用代码": None}, "value_missing", "统一社会信用代码"),
        ({"统一社会信用代码": 9214098100000000.0}, "long_number", "统一社会信用代码"),
        ({"实施部门": "教育局"}, "not_in_list", "实施部门*"),
        ({"参与部门": "卫健局；某某局"}, "not_in_list", "参与部门"),
        ({"检查结束时间": "2024-04-26"}, "time_missing", "检查结束时间*"),
        ({"检查结束时间": "昨天"}, "not_a_date", "检查结束时间*"),
        ({"业务领域": "食物"}, "not_in_list", "业务领域*"),
        ({"违法行为": "占用、堵塞疏散通道、安全出口"}, "not_in_list", "违法行为*"),
        ({"问题描述": None}, "missing", "问题描述*"),
        ({"问题事项": "长" * 201}, "too_long", "问题事项*"),
        ({"涉嫌逃税数额（元）": "约一千"}, "not_money", "涉嫌逃税数额（元）"),
        ({"被拖欠人数": "1.5"}, "not_an_integer", "被拖欠人数"),
        ({"检查编号": None}, "key_missing", "检查编号*"),
    ],
)
def test_one_faulty_cell_is_told_once_and_keeps_its_inspection_out(
    filled: Callable[..., Path], intake: Mapping, change: dict[str, Any], code: str, field: str
) -> None:
    other = FIRST | {"检查编号": "another"}
    made, faults = read(filled(FIRST | change, other), intake)
    assert [(fault.line, fault.code, fault.field, fault.severity) for fault in faults] == [
        (2, code, field, "rejected")
    ]
    assert [inspection.reference for inspection in made] == ["another"]


def test_a_faulty_row_keeps_the_other_rows_of_its_inspection_out(
    filled: Callable[..., Path], intake: Mapping
) -> None:
    made, faults = read(filled(FIRST, SECOND | {"发现时间": None}, SECOND | {"检查类型": "内部"}), intake)
    assert made == []
    assert [(fault.line, fault.code) for fault in faults] == [
        (2, "inspection_refused"),
        (3, "missing"),
        (4, "differs_from_above"),
    ]


def test_the_same_content_keeps_its_digest_and_a_changed_one_does_not(
    filled: Callable[..., Path], intake: Mapping
) -> None:
    (first,), _ = read(filled(FIRST, SECOND), intake)
    again = read(filled(FIRST | {"检查编号": "before"}, FIRST, SECOND), intake)[0][1]
    changed = read(filled(FIRST, SECOND | {"问题事项": "疏散通道"}), intake)[0][0]
    assert (again.reference, again.digest, again.lines) == (first.reference, first.digest, (3, 4))
    assert (changed.reference, changed.digest == first.digest) == (first.reference, False)


def test_every_column_is_explained_and_every_example_can_be_read(
    template: Path, filled: Callable[..., Path], intake: Mapping
) -> None:
    columns = intake.form.columns.values()
    assert all(column.explain and column.explain.zh and column.explain.en for column in columns)
    assert all(len(column.explain.zh) <= 255 for column in columns if column.explain)
    row = {column.header[0]: column.example for column in columns if column.example}
    (inspection,), faults = read(filled(row), intake)
    assert faults == []
    conforms(inspection.body)
    with CalamineWorkbook.from_path(template) as book:
        assert book.sheet_names == ["检查与问题", "填写说明", "代码表"]
        guide = [str(cells[0]).removesuffix("*") for cells in book.get_sheet_by_name("填写说明").to_python()]
        rows = book.get_sheet_by_name("检查与问题").to_python()
    headings = [column.header[0] for column in columns]
    assert [heading for heading in headings if heading not in guide] == []
    assert [[str(cell).removesuffix("*") for cell in cells] for cells in rows] == [headings]


def test_every_fact_an_inspector_may_enter_has_a_column(intake: Mapping) -> None:
    facts = contract("facts.json")["facts"]
    entered = {fact["name"] for fact in facts if "inspector" in fact.get("entered_by", ())}
    columns = {
        path.removeprefix("facts.") for path in intake.form.finding.fields if path.startswith("facts.")
    }
    assert entered - {"domain", "violation", "party_kind"} <= columns


def test_drop_downs_offer_what_the_reader_takes(template: Path, intake: Mapping) -> None:
    with CalamineWorkbook.from_path(template) as book:
        lists = book.get_sheet_by_name("代码表").to_python()
    with zipfile.ZipFile(template) as archive:
        rules = archive.read("xl/worksheets/sheet1.xml").decode("utf-8")
    sources = re.findall(r'type="list".*?<formula1>(.*?)</formula1>', rules)
    ranges = [re.fullmatch(r"代码表!\$([A-Z]+)\$2:\$\1\$(\d+)", source) for source in sources]
    offered = [
        [str(line[column_number(match[1])]) for line in lists[1 : int(match[2])]] for match in ranges if match
    ]
    recipes = {**intake.form.inspection.fields, **intake.form.finding.fields}.values()
    listed = [recipe for recipe in recipes if recipe.codes and recipe.kind != "list" and not recipe.within]
    assert len(offered) == len(listed)
    taken = [[term.zh for term in intake.vocabularies[str(recipe.codes)]] for recipe in listed]
    assert sorted(offered) == sorted(taken)
    (dependent,) = [source for source in sources if source.startswith("OFFSET(代码表!")]
    owners = re.search(r"MATCH\(\$[A-Z]+2,代码表!\$([A-Z]+)\$2", dependent)
    assert owners is not None
    place = column_number(owners[1])
    pairs = [(str(line[place]), str(line[place - 1])) for line in lists[1:] if line[place]]
    assert [owner for owner, _ in pairs] == sorted((o for o, _ in pairs), key=[o for o, _ in pairs].index)
    domains = {term.zh: term.code for term in intake.vocabularies["domain"]}
    assert {owner for owner, _ in pairs} == set(domains)
    assert all(intake.code_of(f"violation.{domains[owner]}", label) for owner, label in pairs)


def column_number(letters: str) -> int:
    """Return the place of a column from its letters, counted from nought."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1
