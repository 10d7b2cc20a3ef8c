"""The office's own folder: laid over the program's, each fault with its file and line; examples print every template."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from engine.documents import DocumentPress
from engine.documents.bound import bound_from
from engine.documents.example import example
from engine.documents.office_templates import read_folder
from engine.documents.paper import paragraphs_of
from engine.documents.press import paper_of

HEAD = 'kind: education_record\ntitle: 批评教育记录\norganisation: "{organisation}"\n'


@pytest.mark.parametrize(
    ("body", "line", "said"),
    [
        ('body:\n  - text: "{party_nmae}"\n', 5, "是不是想写 party_name"),
        ("body:\n  - text: 某\n    when: party_nmae\n", 6, "party_nmae"),
        ('body:\n  - text: "{routes|boxes:rout}"\n', 5, "boxes:rout"),
        ("body:\n  - text: 某\n    colour: red\n", 6, "colour 不认识这一项"),
        ("body:\n  - text: 某\n    align: up\n", 6, "align"),
        ("body:\n  - {txt: 某}\n", 5, "txt 不认识这一项"),
        ("body:\n  - columns: [1, 2]\n    rows:\n      - cells: [甲]\n", 5, "占满2栏"),
        ("note: 某\n", 1, "body 缺少这一项"),
        ("body:\n  - text: 某\n  bad\n", 7, "冒号"),
    ],
)
def test_a_fault_names_its_line(
    press: DocumentPress, tmp_path: Path, body: str, line: int, said: str
) -> None:
    file = tmp_path / "education_record.yaml"
    file.write_text(HEAD + body, encoding="utf-8")
    read = read_folder(tmp_path, press.rules, press.kinds())
    assert read.offered == {}
    assert any(one.startswith(f"{file}:{line}: ") and said in one for one in read.faults), read.faults


def test_a_kind_that_nobody_knows_and_a_wrong_house_file_are_told(
    press: DocumentPress, tmp_path: Path
) -> None:
    (tmp_path / "education_record.yaml").write_text(HEAD + "body: []\n", encoding="utf-8")
    (fault,) = read_folder(tmp_path, press.rules, ()).faults
    assert "没有 education_record 这种文书" in fault
    for wrong in ("style: {pitch: x}\n", "nix: 1\n", "style: 3\n", "[1]\n"):
        (tmp_path / "house.yaml").write_text(wrong, encoding="utf-8")
        read = read_folder(tmp_path, press.rules, press.kinds())
        assert read.offered == {} and read.faults[0].startswith(f"{tmp_path / 'house.yaml'}:1: ")


def test_an_office_may_declare_fields_and_choose_its_look(press: DocumentPress, tmp_path: Path) -> None:
    (tmp_path / "house.yaml").write_text(
        "style: {pitch: 26}\nfields:\n  court_room: {zh: 听证室, from: [step.facts.room]}\n", encoding="utf-8"
    )
    (tmp_path / "education_record.yaml").write_text(
        HEAD + 'body: [{text: "{court_room}{party_name}"}]\n', encoding="utf-8"
    )
    one = read_folder(tmp_path, press.rules, press.kinds()).offered["education_record"]
    assert one.style.pitch == 26 and one.style.red == press.rules.style.red
    assert one.fields == ("organisation", "court_room", "party_name")
    assert bound_from(one.text) == one


def test_no_folder_offers_nothing(press: DocumentPress, tmp_path: Path) -> None:
    read = read_folder(tmp_path / "none", press.rules, press.kinds())
    assert (read.offered, read.faults) == ({}, [])


def test_every_template_of_the_program_is_itself_again_from_its_text(press: DocumentPress) -> None:
    for one in press.program.values():
        assert bound_from(one.text) == one and bound_from(one.text).text == one.text


def test_an_example_leaves_no_field_of_any_template_unknown(press: DocumentPress) -> None:
    """What stays blank is what the template itself leaves to be written by hand."""
    for kind, one in press.program.items():
        paper = paper_of(one, example(one), date(2024, 4, 28))
        spans = [span for paragraph in paragraphs_of(paper.blocks) for span in paragraph.spans]
        assert paper.title and "（" in "".join(span.text for span in (*spans, *paper.number)), kind
        if "{blank" not in one.text:
            assert not [span for span in spans if span.kind == "blank"], kind
