"""DOCX out of a paper, by python-docx: named styles, real tables, nothing that depends on the clock."""

import io
import zipfile
from datetime import date, datetime

from docx import Document
from docx.document import Document as WordDocument
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.shared import Mm, Pt, RGBColor
from docx.text.paragraph import Paragraph as WordParagraph

from engine.documents.paper import Block, Grid, Listing, Paper, Paragraph, Seal, Slip, Spans, plain
from engine.documents.template import Style
from engine.documents.word_grid import write_grid
from engine.documents.word_style import add_styles, element, write_page_number
from engine.documents.word_text import indent, rule, write_paragraph, write_spans

EPOCH = (1980, 1, 1, 0, 0, 0)
"""The earliest time a ZIP archive can state; every part of a DOCX carries it."""


LONGEST_PROPERTY = 255
"""More characters a property of the file may not have."""


def docx(paper: Paper, style: Style, issued_on: date) -> bytes:
    """The paper as a DOCX file, the same bytes for the same paper, style and date."""
    document = Document()
    _prepare(document, paper, style, issued_on)
    Writer(document, style, form=paper.form).write(paper)
    made = io.BytesIO()
    document.save(made)
    return _timeless(made.getvalue())


def _prepare(document: WordDocument, paper: Paper, style: Style, issued_on: date) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    top, bottom, left, right = style.around(form=paper.form)
    section.top_margin, section.bottom_margin = Mm(top), Mm(bottom)
    section.left_margin, section.right_margin = Mm(left), Mm(right)
    section.footer_distance = Mm(bottom - 10)
    add_styles(document, style)
    if not paper.bare:
        write_page_number(section.footer.paragraphs[0], form=paper.form)
    about = document.core_properties
    about.title, about.author, about.last_modified_by = (
        paper.title,
        plain(paper.organisation)[:LONGEST_PROPERTY],
        "",
    )
    about.comments, about.language = "", "zh-CN"
    about.created = about.modified = datetime(issued_on.year, issued_on.month, issued_on.day)
    package = document.part.package
    for key, relation in list(package.rels.items()):
        if relation.reltype.endswith("/thumbnail"):  # the picture in python-docx's own blank document
            del package.rels[key]


def _timeless(made: bytes) -> bytes:
    """The same archive with every part dated alike."""
    again = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(made)) as read,
        zipfile.ZipFile(again, "w", zipfile.ZIP_DEFLATED) as written,
    ):
        for entry in read.infolist():
            dated = zipfile.ZipInfo(entry.filename, EPOCH)
            dated.compress_type = zipfile.ZIP_DEFLATED
            written.writestr(dated, read.read(entry))
    return again.getvalue()


class Writer:
    """Writes the blocks of one paper into one document, in order."""

    def __init__(self, document: WordDocument, style: Style, *, form: bool) -> None:
        """Afterwards blocks can be written to the end of the document."""
        self._document = document
        self._style = style
        _, _, left, right = style.around(form=form)
        self._width = 210 - left - right

    def write(self, paper: Paper) -> None:
        """Write head, blocks and foot."""
        self._head(paper)
        self._blocks(paper.blocks)
        if paper.note:
            note = self._add("Paper Small")
            note.paragraph_format.space_before = Pt(18)
            rule(note, "top", "single")
            write_spans(note, paper.note)

    def _add(self, style: str) -> WordParagraph:
        return self._document.add_paragraph(style=style)

    def _head(self, paper: Paper) -> None:
        head = self._add("Paper Letterhead" if paper.letterhead else "Paper Organisation")
        write_spans(head, paper.organisation)
        if paper.letterhead:
            for run in head.runs:
                run.font.color.rgb = RGBColor.from_string(self._style.red.removeprefix("#").upper())
            rule(head, "bottom", "thickThinSmallGap", eighths=24, colour=self._style.red.removeprefix("#"))
            self._number(paper.number, WD_ALIGN_PARAGRAPH.RIGHT)
        self._add("Paper Title").add_run(paper.title)
        if not paper.letterhead:
            self._number(paper.number, WD_ALIGN_PARAGRAPH.CENTER)

    def _number(self, number: Spans, align: WD_ALIGN_PARAGRAPH) -> None:
        if number:
            line = self._add("Paper Body")
            line.alignment = align
            line.paragraph_format.space_after = Pt(10)
            write_spans(line, number)

    def _blocks(self, blocks: tuple[Block, ...], *, keep: bool = False) -> None:
        for block in blocks:
            if isinstance(block, Paragraph):
                write_paragraph(self._add("Paper Body"), block, self._style, keep=keep)
            elif isinstance(block, Grid):
                write_grid(self._document, block, self._style, self._width, keep=keep)
            elif isinstance(block, Listing):
                self._listing(block)
            elif isinstance(block, Seal):
                self._seal(block)
            else:
                self._slip(block)

    def _listing(self, listing: Listing) -> None:
        """Numbers are plain text, as in the PDF, so that no office suite renumbers them."""
        for number, entry in enumerate(listing.entries, start=1):
            line = self._add("Paper Body")
            hanging = len(listing.lead) + (1 if len(listing.entries) > 1 else 0)
            indent(line, left=2 + hanging, first=-hanging if number == 1 else -1)
            mark = f"{number}．" if len(listing.entries) > 1 else ""
            line.add_run((listing.lead if number == 1 else "") + mark)
            write_spans(line, entry)

    def _seal(self, seal: Seal) -> None:
        """A narrow borderless table at the right keeps organisation and date centred on one another."""
        longest = max(len(plain(line)) for line in seal.lines)
        size = self._style.body.size * 0.3528
        width = min(self._width * 0.8, (longest + 1) * size)
        self._add("Paper Small").paragraph_format.keep_with_next = True
        table = self._document.add_table(rows=1, cols=2)
        table.autofit = False
        for cell, millimetres in zip(table.rows[0].cells, (self._width - width - size, width), strict=True):
            cell.width = Mm(millimetres)
        cell = table.rows[0].cells[1]
        for number, line in enumerate(seal.lines):
            paragraph = cell.paragraphs[0] if number == 0 else cell.add_paragraph()
            paragraph.style = self._document.styles["Paper Body"]
            paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
            write_spans(paragraph, line)
        element(table.rows[0]._tr.get_or_add_trPr(), "w:cantSplit")

    def _slip(self, slip: Slip) -> None:
        cut = self._add("Paper Small")
        cut.alignment = WD_ALIGN_PARAGRAPH.CENTER
        cut.paragraph_format.space_before = Pt(24)
        cut.paragraph_format.keep_with_next = True
        rule(cut, "top", "dashed")
        cut.add_run("裁　切　线")
        title = self._add("Paper Title")
        title.paragraph_format.keep_with_next = True
        write_spans(title, slip.title)
        self._blocks(slip.blocks, keep=True)
