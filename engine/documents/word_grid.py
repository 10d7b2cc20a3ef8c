"""Grids of a paper as Word tables: fixed widths, borders stated, cells joined where they span."""

from docx.document import Document as WordDocument
from docx.enum.table import WD_ALIGN_VERTICAL, WD_ROW_HEIGHT_RULE, WD_TABLE_ALIGNMENT
from docx.shared import Mm
from docx.table import Table, _Cell, _Row

from engine.documents.paper import Cell, Grid, Row
from engine.documents.template import Style
from engine.documents.word_style import element
from engine.documents.word_text import write_paragraph

SIDES = ("top", "left", "bottom", "right", "insideH", "insideV")
PADDING = (("top", 80), ("left", 108), ("bottom", 80), ("right", 108))
"""Room within each cell, in twentieths of a point."""


def write_grid(document: WordDocument, grid: Grid, style: Style, width: float, *, keep: bool) -> None:
    """Append the grid to the document, `width` millimetres wide, and an empty line after it."""
    table = document.add_table(rows=len(grid.rows), cols=len(grid.columns))
    table.autofit = False
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    _frame(table, "single" if grid.border else "nil")
    widths = [width * part / sum(grid.columns) for part in grid.columns]
    for column, millimetres in zip(table.columns, widths, strict=True):
        column.width = Mm(millimetres)
    if len(grid.rows) > 2 and all(cell.label for cell in grid.rows[0].cells):
        element(table.rows[0]._tr.get_or_add_trPr(), "w:tblHeader")  # asked again on the next page
    for row, told in zip(table.rows, grid.rows, strict=True):
        _write_row(row, told, widths, style, keep)
    after = document.add_paragraph(style="Paper Small")
    after.paragraph_format.keep_with_next = keep or None


def _write_row(row: _Row, told: Row, widths: list[float], style: Style, keep: bool) -> None:
    if told.height:
        row.height, row.height_rule = Mm(told.height), WD_ROW_HEIGHT_RULE.AT_LEAST
    places = row.cells
    at = 0
    for cell in told.cells:
        place = places[at] if cell.span == 1 else places[at].merge(places[at + cell.span - 1])
        place.width = Mm(sum(widths[at : at + cell.span]))
        at += cell.span
        _write_cell(place, cell, style, keep)


def _write_cell(place: _Cell, cell: Cell, style: Style, keep: bool) -> None:
    place.vertical_alignment = WD_ALIGN_VERTICAL.CENTER
    for extra in place.paragraphs[1:]:
        extra._p.getparent().remove(extra._p)
    for number, paragraph in enumerate(cell.paragraphs):
        line = place.paragraphs[0] if number == 0 else place.add_paragraph()
        line.style = "Paper Label" if cell.label else "Paper Grid"
        write_paragraph(line, paragraph, style, keep=keep)


def _frame(table: Table, line: str) -> None:
    properties = table._tbl.tblPr
    borders = element(properties, "w:tblBorders", before=("w:tblLayout", "w:tblLook"))
    for side in SIDES:
        element(borders, f"w:{side}", val=line, sz="6", space="0", color="000000")
    padding = element(properties, "w:tblCellMar", before=("w:tblLook",))
    for side, room in PADDING:
        element(padding, f"w:{side}", w=str(room), type="dxa")
