"""Another export format is another file, and a mistake in that file is told before a row is read."""

from pathlib import Path
from textwrap import dedent

import pytest

from engine.intake import CarriedInspection, NewInspection, RowFault, read_export
from rules.mapping import Mapping, MappingFault, Term, date_shape, load_mapping

CARRIED = dedent("""\
    mapping: fire
    kind: carry_over
    title: {zh: 消防检查旧台账, en: old fire ledger}
    source: old-fire
    file: {delimiter: ";"}
    columns:
      no: {header: [序号]}
      unit: {header: [单位名称]}
      code: {header: [信用代码]}
      day: {header: [检查日期]}
      what: {header: [问题]}
      kind: {header: [类别]}
      fine: {header: [罚款], optional: true}
      done: {header: [整改日期]}
    dates:
      found_on: {from: day, shapes: ["YYYY年M月D日", "YYYY-MM-DD"]}
      done_on: {from: done, shapes: ["YYYY.M.D"]}
    code_lists:
      violation: {通道堵塞: fire_exit_blocked, 设施损坏: fire_facility_damaged}
    inspection:
      key: [no]
      present_state: recorded
      fields:
        department: {constant: fire_rescue}
        party.kind: {constant: enterprise}
        party.name: {column: unit, required: true}
        party.identifiers.0.scheme: {constant: uscc}
        party.identifiers.0.value: {column: code, as: code}
        result_codes: {constant: [PENDING_FOLLOWUP]}
        finished_at: {date: found_on, as: instant, at: "12:00", required: true}
    finding:
      present_state: in_progress
      fields:
        domain: {constant: fire}
        violation: {column: kind, codes: violation, otherwise: other, required: true}
        item: {column: what, required: true, longest: 200}
        tax_due_fen: {column: fine, as: fen}
    proceedings:
      - kind: rectification
        states: [{present_state: corrected, when: done_on}, {present_state: correcting}]
""")

ROWS = """\
序号;单位名称;信用代码;检查日期;问题;类别;罚款;整改日期
1;"原平市虚构宾馆";９2140981ma0l3q8t17;2024年4月6日;"安全出口
堆放杂物";通道堵塞;1,200.5;2024.4.9

1;原平市虚构宾馆;92140981MA0L3Q8T17;2024-04-06;标志损坏;标识;;
2;原平市虚构商店;92140981MA0L3Q8T11;2024-04-07;灭火器过期;设施损坏;12.345;
"""


@pytest.fixture
def fire(tmp_path: Path) -> Mapping:
    path = tmp_path / "fire.yaml"
    path.write_text(CARRIED, "utf-8")
    return load_mapping(path)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_new_format_is_read_through_its_file_alone(fire: Mapping, tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "旧台账.csv"
    path.write_text(ROWS, encoding)
    export = read_export(path, fire)
    outcomes = list(export)
    (inspection,) = [outcome for outcome in outcomes if isinstance(outcome, CarriedInspection)]
    assert export.read == 3
    assert inspection.reference == "old-fire/1"
    assert inspection.fields["party"]["identifiers"] == [{"scheme": "uscc", "value": "92140981MA0L3Q8T17"}]
    first, second = inspection.findings
    assert first.fields == {
        "domain": "fire",
        "violation": "fire_exit_blocked",
        "item": "安全出口\n堆放杂物",
        "tax_due_fen": 120050,
    }
    assert (first.line, second.line) == (2, 5)
    assert second.fields["violation"] == "other"
    assert [f.proceedings[0]["present_state"] for f in inspection.findings] == ["corrected", "correcting"]
    faults = [(o.line, o.code, o.field) for o in outcomes if isinstance(o, RowFault)]
    assert faults == [(6, "not_money", "罚款")]


def test_a_wrong_credit_code_in_an_old_record_is_rejected_under_its_heading(
    fire: Mapping, tmp_path: Path
) -> None:
    path = tmp_path / "export.csv"
    path.write_text(ROWS.replace("12.345", "12"), "utf-8")
    (fault,) = [o for o in read_export(path, fire) if isinstance(o, RowFault)]
    assert (fault.line, fault.code, fault.field, fault.severity) == (6, "uscc_check", "信用代码", "rejected")
    assert "GB 32100-2015" in fault.zh


def test_a_look_up_that_is_not_beside_the_file_is_a_plain_refusal(sf: Mapping, tmp_path: Path) -> None:
    (tmp_path / "violations.csv").write_text("business_id,date,description\n1,20180101,x\n")
    with pytest.raises(Exception, match=r"businesses\.csv"):
        read_export(tmp_path / "violations.csv", sf)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("kind: carry_over", "kind: carry_over\nkind: carry_over", "twice"),
        ("kind: carry_over", "kind: carry_on", "kind"),
        ("source: old-fire", "colour: red", "colour"),
        ("source: old-fire\n", "", "source"),
        ("from: day", "from: date", "date"),
        ("key: [no]", "key: [number]", "number"),
        ("codes: violation, ", "codes: violations, ", "violations"),
        ("codes: violation, ", "", "codes"),
        ("{column: what, ", "{column: what, constant: x, ", "exactly one"),
        ("{column: what, ", "{column: whatever, ", "whatever"),
        ('"YYYY.M.D"', '"M.D"', "year"),
        ('"YYYY.M.D"', '"YYYY.M.M.D"', "cannot be read"),
        ("header: [问题]", "header: [类别]", "two columns"),
        ("date: found_on, as: instant", "date: found_on, as: text", "as: date"),
        ("date: found_on, as", "date: found_at, as", "found_at"),
        ("when: done_on", "when: finished_on", "finished_on"),
        ("at: \"12:00\"", "at: noon", "at"),
        ("mapping: fire", "mapping: &a fire", "anchors"),
        ("  present_state: in_progress\n", "", "present_state"),
    ],
)  # fmt: skip
def test_a_mistake_in_a_mapping_file_is_told(tmp_path: Path, old: str, new: str, said: str) -> None:
    assert old in CARRIED
    path = tmp_path / "fire.yaml"
    path.write_text(CARRIED.replace(old, new, 1), "utf-8")
    with pytest.raises(MappingFault) as told:
        load_mapping(path)
    assert said in str(told.value)


def test_a_mapping_that_does_not_exist_names_those_that_do() -> None:
    with pytest.raises(MappingFault, match="intake, sf"):
        load_mapping("nowhere")


@pytest.mark.parametrize(
    ("shape", "text", "fits"),
    [
        ("YYYYMMDD", "20171211", True),
        ("YYYYMMDD", "2017121", False),
        ("YYYYMMDD", "２０１７１２１１", False),
        ("M/D/YYYY", "1/2/2018", True),
        ("M/D/YYYY", "12:05:17 PM", False),
        ("YYYY年M月D日", "2024年4月26日", True),
        ("YYYY-MM-DD hh:mm", "2024-04-26 10:05", True),
        ("YYYY.M.D", "2024x4x26", False),
    ],
)
def test_a_date_shape_takes_what_it_says_and_nothing_else(shape: str, text: str, fits: bool) -> None:
    assert (date_shape(shape).fullmatch(text) is not None) == fits


def test_a_code_list_knows_its_entries_by_code_and_by_every_wording() -> None:
    terms = (Term("UNCOOPERATIVE", "不配合检查情节严重", "serious refusal", ("不予配合检查情节严重",)),)
    mapping = Mapping(load_mapping("sf").form, {"result": terms}, {}, {})
    assert mapping.code_of("result", "不配合检查情节严重") is None
    loaded = load_mapping("sf", {"result": terms})
    for label in ("UNCOOPERATIVE", " 不予配合 检查情节严重", "不配合检查情节严重", "Serious refusal"):
        assert loaded.code_of("result", label) == "UNCOOPERATIVE"
    assert loaded.code_of("result", "严重") is None


def test_a_new_inspection_is_never_made_of_a_carried_one(sample: Path, sf: Mapping) -> None:
    assert not [outcome for outcome in read_export(sample, sf) if isinstance(outcome, NewInspection)]
