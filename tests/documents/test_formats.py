"""The files themselves: archival PDF, sane DOCX, the same bytes each time, nothing left behind."""

from __future__ import annotations

import io
import subprocess
import sys
import zipfile
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from typing import Any

import pypdf
import pytest
from docx import Document
from docx.oxml.ns import qn
from docx.shared import Mm

from engine.documents import DocumentPress
from tests.documents import referral
from tests.documents.conftest import KINDS

ROOT = Path(__file__).parents[2]
FORMS = ("case_close_approval", "case_source_form", "filing_approval", "matter_approval", "service_receipt")
FORMS += ("reinspection_record", "route_approval", *referral.FORMS)


def test_the_pdf_is_marked_pdf_a_2b(
    press: DocumentPress, kind: str, told: dict[str, Any], issued_on: date
) -> None:
    reader = pypdf.PdfReader(io.BytesIO(press.pdf(kind, told, issued_on=issued_on)))
    metadata = reader.xmp_metadata
    assert metadata is not None
    marked = metadata.stream.get_data().decode()
    assert "<pdfaid:part>2</pdfaid:part>" in marked
    assert "<pdfaid:conformance>B</pdfaid:conformance>" in marked
    issuer = (
        "原平市双随机、一公开监管工作领导小组办公室" if kind == "supervision_order" else told["organisation"]
    )
    assert reader.metadata is not None and reader.metadata.author == issuer
    box = reader.pages[0].mediabox
    assert (round(box.width / 72 * 25.4), round(box.height / 72 * 25.4)) == (210, 297)


@pytest.mark.parametrize("kind", KINDS[0::3])
def test_the_same_content_gives_the_same_bytes(
    templates: Path, press: DocumentPress, kind: str, told: dict[str, Any], issued_on: date
) -> None:
    again = DocumentPress(templates)
    assert press.pdf(kind, told, issued_on=issued_on) == again.pdf(kind, told, issued_on=issued_on)
    assert press.docx(kind, told, issued_on=issued_on) == again.docx(kind, told, issued_on=issued_on)


def test_another_date_gives_other_bytes(press: DocumentPress, samples: dict[str, dict[str, Any]]) -> None:
    told = samples["transfer_letter"]
    days = (date(2024, 4, 28), date(2024, 4, 29))
    assert len({press.pdf("transfer_letter", told, issued_on=day) for day in days}) == 2
    assert len({press.docx("transfer_letter", told, issued_on=day) for day in days}) == 2


def test_threads_share_one_press(
    press: DocumentPress, samples: dict[str, dict[str, Any]], issued_on: date
) -> None:
    asked = [(kind, make) for kind in sorted(samples)[::4] for make in (press.pdf, press.docx)]
    alone = [make(kind, samples[kind], issued_on=issued_on) for kind, make in asked]
    with ThreadPoolExecutor(8) as pool:
        together = pool.map(lambda one: one[1](one[0], samples[one[0]], issued_on=issued_on), asked * 2)
        assert list(together) == alone * 2


def test_libraries_are_loaded_by_the_first_paper_and_no_file_is_left(templates: Path, tmp_path: Path) -> None:
    program = (
        "import sys; from datetime import date; from pathlib import Path; from engine.documents import DocumentPress\n"
        f"press = DocumentPress(Path({str(templates)!r}))\n"
        "assert not {'typst', 'docx'} & set(sys.modules)\n"
        "press.pdf('transfer_letter', {}, issued_on=date(2024, 4, 28))\n"
        "assert 'docx' not in sys.modules\n"
        "press.docx('transfer_letter', {}, issued_on=date(2024, 4, 28))\n"
    )
    around = {
        "TMPDIR": str(tmp_path),
        "HOME": str(tmp_path),
        "PYTHONPATH": str(ROOT),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    subprocess.run([sys.executable, "-c", program], cwd=tmp_path, env=around, check=True)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("kind", KINDS[1::3])
def test_every_part_of_the_docx_is_dated_alike(press: DocumentPress, kind: str, issued_on: date) -> None:
    with zipfile.ZipFile(io.BytesIO(press.docx(kind, {}, issued_on=issued_on))) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert not [entry.filename for entry in archive.infolist() if "thumbnail" in entry.filename]


@pytest.mark.parametrize("kind", KINDS[2::3])
def test_the_docx_is_an_a4_paper_in_chinese_typefaces(
    press: DocumentPress, kind: str, told: dict[str, Any], issued_on: date
) -> None:
    document = Document(io.BytesIO(press.docx(kind, told, issued_on=issued_on)))
    section = document.sections[0]
    assert section.page_width and section.page_height
    assert (round(section.page_width.mm), round(section.page_height.mm)) == (210, 297)
    margin = Mm(26) if kind in FORMS else Mm(37)
    assert abs((section.top_margin or 0) - margin) < Mm(0.1)
    for name, typeface in (("Paper Title", "宋体"), ("Paper Body", "仿宋"), ("Paper Label", "黑体")):
        fonts = document.styles[name].element.rPr.rFonts
        assert {fonts.get(qn(f"w:{script}")) for script in ("ascii", "hAnsi", "eastAsia")} == {typeface}
    used = {paragraph.style.name for paragraph in document.paragraphs if paragraph.style}
    assert used <= {f"Paper {one}" for one in ("Organisation", "Letterhead", "Title", "Body", "Small")}
    assert document.core_properties.created is not None
    assert document.core_properties.created.date() == issued_on


@pytest.mark.parametrize("kind", KINDS[0::3])
def test_grids_of_the_docx_are_ruled_and_fill_the_type_area(
    press: DocumentPress, kind: str, told: dict[str, Any], issued_on: date
) -> None:
    document = Document(io.BytesIO(press.docx(kind, told, issued_on=issued_on)))
    section = document.sections[0]
    assert section.page_width and section.left_margin and section.right_margin
    area = section.page_width - section.left_margin - section.right_margin
    grids = [table for table in document.tables if table._tbl.tblPr.find(qn("w:tblBorders")) is not None]
    assert grids or kind in ("penalty_prior_notice", *referral.WITHOUT_GRID)
    for grid in grids:
        lines = grid._tbl.tblPr.find(qn("w:tblBorders"))
        assert {line.get(qn("w:val")) for line in lines} == {"single"}
        for row in grid.rows:
            widths = [
                int(cell._tc.width or 0) for cell in {id(cell._tc): cell for cell in row.cells}.values()
            ]
            assert abs(sum(widths) - area) < Mm(1)


def test_no_half_page_stays_empty_before_the_seal_and_every_page_number_stands_alike(
    press: DocumentPress, samples: dict[str, dict[str, Any]], issued_on: date
) -> None:
    told = {**samples["transfer_letter"], "attachments": []}
    told["facts_summary"] = "现场检查时安全出口上锁，疏散通道堆放货物。" * 7
    reader = pypdf.PdfReader(io.BytesIO(press.pdf("transfer_letter", told, issued_on=issued_on)))
    heights: list[int] = []

    def look(text: str, _: Any, place: list[float], *more: Any) -> None:
        heights.extend([round(place[5])] if text.strip().startswith("—") else [])

    first, last = (page.extract_text(visitor_text=look) for page in reader.pages)

    assert "抽查任务编号" in first and "联系电话" not in first and "一式两份" not in first
    assert "联系电话" in last and "印" in last and "一式两份" in last
    assert len(heights) == 2 and len(set(heights)) == 1
