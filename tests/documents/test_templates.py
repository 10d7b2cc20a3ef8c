"""Templates are files of the office: new ones work, wrong ones are refused with their fault."""

from __future__ import annotations

import io
import shutil
import struct
from datetime import date
from pathlib import Path

import pytest
from docx import Document
from pydantic import ValidationError

from engine.documents import DocumentPress
from engine.documents.glyphs import coverage, printable
from engine.documents.template import TemplateFault
from rules.data_file import DataFault

HEAD = 'kind: education_record\ntitle: 批评教育记录\norganisation: "{organisation}"\n'


@pytest.fixture
def office(templates: Path, tmp_path: Path) -> Path:
    """A copy of the templates that an office may change."""
    return Path(shutil.copytree(templates, tmp_path / "documents"))


def test_a_new_paper_is_one_file(office: Path, issued_on: date) -> None:
    body = 'body:\n  - text: "{party_name}已接受批评教育。"\n  - {when: not party_name, text: 当事人不明}\n'
    (office / "education_record.yaml").write_text(HEAD + body, encoding="utf-8")
    press = DocumentPress(office)
    made = press.docx("education_record", {"party": {"name": "滏香火锅店"}}, issued_on=issued_on)
    written = [paragraph.text for paragraph in Document(io.BytesIO(made)).paragraphs]
    assert "滏香火锅店已接受批评教育。" in written
    assert "当事人不明" not in written
    assert press.pdf("education_record", {}, issued_on=issued_on).startswith(b"%PDF-1.7")
    assert press.fields("education_record") == ("organisation", "party_name")


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ('body: [{text: "{party_nmae}"}]', "party_nmae"),
        ('body: [{text: "{routes|boxes:rout}"}]', "boxes:rout"),
        ('body: [{text: "{routes|shout:loud}"}]', "shout"),
        ('body: [{text: "{each.name}"}]', "each.name"),
        ('body: [{columns: [1], rows: [{each: officers, cells: ["{each.age}"]}]}]', "each.age"),
        ("body: [{text: 某, when: party_nmae}]", "party_nmae"),
    ],
)
def test_a_template_that_names_what_nobody_declared_is_refused(office: Path, body: str, fault: str) -> None:
    (office / "education_record.yaml").write_text(HEAD + body, encoding="utf-8")
    with pytest.raises(TemplateFault, match=fault.replace("|", "[|]")):
        DocumentPress(office)


@pytest.mark.parametrize(
    "body",
    [
        "body: [{text: 某, colour: red}]",
        "body: [{text: 某, when: a = b}]",
        "body: [{text: 某, align: up}]",
        "note: 某",
    ],
)
def test_a_template_of_the_wrong_shape_is_refused(office: Path, body: str) -> None:
    (office / "education_record.yaml").write_text(HEAD + body, encoding="utf-8")
    with pytest.raises(ValidationError):
        DocumentPress(office)


def test_a_template_must_be_strict_yaml_and_named_as_its_kind(office: Path) -> None:
    wrong = office / "warning_letter.yaml"
    wrong.write_text(HEAD + "body: []", encoding="utf-8")
    with pytest.raises(TemplateFault, match="education_record"):
        DocumentPress(office)
    wrong.write_text(HEAD + "title: 二", encoding="utf-8")
    with pytest.raises(DataFault, match="twice"):
        DocumentPress(office)


def test_the_look_is_the_office_s_to_change(office: Path, press: DocumentPress, issued_on: date) -> None:
    house = office / "house.yaml"
    house.write_text(
        house.read_text(encoding="utf-8").replace("[37, 35, 28, 26]", "[20, 20, 20, 20]"), encoding="utf-8"
    )
    roomy = DocumentPress(office)
    assert roomy.pdf("transfer_letter", {}, issued_on=issued_on) != press.pdf(
        "transfer_letter", {}, issued_on=issued_on
    )


def test_the_office_s_own_typeface_comes_first(office: Path, press: DocumentPress, issued_on: date) -> None:
    import pylopdf_fonts_zh_cn

    own = office / "fonts"
    own.mkdir()
    sans = Path(pylopdf_fonts_zh_cn.__file__ or "").parent / "NotoSansSC-Regular.otf"
    renamed = sans.read_bytes().replace(
        "Noto Sans SC".encode("utf-16-be"), "FangSongCopy".encode("utf-16-be")
    )
    (own / "copy.otf").write_bytes(renamed)
    house = office / "house.yaml"
    house.write_text(
        house.read_text(encoding="utf-8").replace("FangSong_GB2312", "FangSongCopy"), encoding="utf-8"
    )
    told = {"to": "原平市消防救援大队"}
    with_own = DocumentPress(office, own).pdf("transfer_letter", told, issued_on=issued_on)
    without = DocumentPress(office).pdf("transfer_letter", told, issued_on=issued_on)
    assert with_own != without
    assert without == press.pdf("transfer_letter", told, issued_on=issued_on)


def font(subtable: bytes) -> bytes:
    """The least that reads as a font: one table, its `cmap`, with one subtable for Windows."""
    cmap = struct.pack(">HHHHI", 0, 1, 3, 1, 12) + subtable
    return (
        struct.pack(">IHHHH", 0x10000, 1, 0, 0, 0) + struct.pack(">4sIII", b"cmap", 0, 28, len(cmap)) + cmap
    )


def test_coverage_counts_no_character_without_a_glyph(tmp_path: Path) -> None:
    segments = struct.pack(">HHHHHHH", 4, 0, 0, 6, 0, 0, 0)
    segments += struct.pack(">3H", 0x41, 0x63, 0xFFFF) + b"\0\0" + struct.pack(">3H", 0x40, 0x61, 0xFFFF)
    segments += (
        struct.pack(">3H", -0x40 & 0xFFFF, 5, 1) + struct.pack(">3H", 0, 4, 0) + struct.pack(">3H", 7, 0, 9)
    )
    groups = struct.pack(">HHIII", 12, 0, 0, 0, 1) + struct.pack(">III", 0x20000, 0x20001, 3)
    for name, subtable in (("four.ttf", segments), ("twelve.otf", groups)):
        (tmp_path / name).write_bytes(font(subtable))
    assert coverage([tmp_path / "four.ttf"]) == {0x41, 0x61, 0x63}
    assert coverage([tmp_path / "four.ttf", tmp_path / "twelve.otf"]) == {0x41, 0x61, 0x63, 0x20000, 0x20001}
    assert printable("Aab\u200d", frozenset({0x41, 0x61})) == "Aa〓(U+0062)\u200d"
