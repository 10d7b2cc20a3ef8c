"""A sheet of the ledger as a workbook: written row by row, so that its size in memory does not grow with it.

Nothing in it is a formula or a link, whatever a cell begins with; dates are dates and sums are numbers.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import groupby
from pathlib import Path
from typing import Any

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from engine.sheets.values import BEGINS_A_FORMULA, Cell
from rules.ledger_columns import Column, LedgerSheet

SHEET = "台账"
TITLE, SUBTITLE, BANDS, HEADINGS, FIRST = 0, 1, 2, 3, 4
"""The lines above the rows, and the first row."""
HIDDEN = ("bihuan_finding", "bihuan_version", "bihuan_mark")
"""Headings of the hidden columns behind the others: which finding a row is, in which version, and what its editable
cells said."""
_PAPERS = {"A3": 8, "A4": 9}
_LONG = 255
"""Older programs show longer text as #### in cells that are formatted as text."""
_FONT, _SIZE = "宋体", 9
_BAND = "#DCE6F1"


@dataclass(frozen=True, slots=True)
class Line:
    """One row: its cells in the order of the columns, and what stands in the hidden ones."""

    cells: Sequence[Cell]
    hidden: Sequence[str | int]


def write_book(
    path: Path, sheet: LedgerSheet, subtitle: str, lines: Iterable[Line], made_at: datetime
) -> None:
    """The workbook stands at the path, with every line; what raises while lines are made leaves nothing of use.

    It says that it was made at that instant of the house: of the same rows the same bytes are made.
    """
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "tmpdir": str(path.parent),
    }
    with xlsxwriter.Workbook(path, options) as book:
        book.set_properties({"title": sheet.title.zh, "created": made_at.astimezone(UTC)})
        _Writing(book, book.add_worksheet(SHEET), sheet).write(subtitle, lines)


class _Writing:
    """One worksheet while it is written, top to bottom."""

    def __init__(self, book: Any, page: Worksheet, sheet: LedgerSheet) -> None:
        self._page, self._sheet = page, sheet
        cell = {"font_name": _FONT, "font_size": _SIZE, "text_wrap": True, "valign": "top", "border": 1}
        head = cell | {"bold": True, "align": "center", "valign": "vcenter", "bg_color": _BAND}
        bare = {"font_name": _FONT, "align": "left"}
        self._title = book.add_format(bare | {"font_size": 18, "bold": True})
        self._subtitle = book.add_format(bare | {"font_size": _SIZE})
        self._head = book.add_format(head)
        self._empty = book.add_format(cell)
        self._text = book.add_format(cell | {"num_format": "@"})
        self._quoted = book.add_format(cell | {"num_format": "@", "quote_prefix": True})
        self._number = book.add_format(cell | {"num_format": "0"})
        self._yuan = book.add_format(cell | {"num_format": "#,##0.00"})
        self._date = book.add_format(cell | {"num_format": "yyyy-mm-dd"})
        self._instant = book.add_format(cell | {"num_format": "yyyy-mm-dd hh:mm"})

    def write(self, subtitle: str, lines: Iterable[Line]) -> None:
        """The head, every line, and how it is printed."""
        self._lay_out()
        self._write_head(subtitle)
        last = FIRST - 1
        for last, line in enumerate(lines, start=FIRST):
            self._write_line(last, line)
        columns = self._sheet.columns
        self._page.autofilter(HEADINGS, 0, max(last, HEADINGS), len(columns) - 1)
        self._page.print_area(0, 0, max(last, HEADINGS), len(columns) - 1)

    def _lay_out(self) -> None:
        page, columns, layout = self._page, self._sheet.columns, self._sheet.layout
        for place, column in enumerate(columns):
            page.set_column(place, place, column.width)
        page.set_column(len(columns), len(columns) + len(HIDDEN) - 1, 12, None, {"hidden": True})
        page.set_landscape()
        page.set_paper(_PAPERS[layout.paper])
        page.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
        page.fit_to_pages(layout.pages_wide, 0)
        page.repeat_rows(TITLE, HEADINGS)
        if layout.repeated:
            page.repeat_columns(0, layout.repeated - 1)
        page.freeze_panes(FIRST, layout.repeated)
        page.print_across()
        page.set_footer(f"&L{self._sheet.title.zh.replace('&', '&&')}&R第 &P 页，共 &N 页")

    def _write_head(self, subtitle: str) -> None:
        page, columns = self._page, self._sheet.columns
        page.set_row(TITLE, 30)
        # At the left: centred over many pages a title would stand on one of them only.
        page.write_string(TITLE, 0, self._sheet.title.zh, self._title)
        page.write_string(SUBTITLE, 0, subtitle, self._subtitle)
        for band, placed in groupby(enumerate(columns), key=lambda one: one[1].band):
            places = [place for place, _ in placed]
            self._write_band(self._sheet.bands[band].zh, places[0], places[-1])
        page.set_row(HEADINGS, 30)
        for place, column in enumerate(columns):
            page.write_string(HEADINGS, place, column.zh, self._head)
        for place, code in enumerate(HIDDEN, start=len(columns)):
            page.write_string(HEADINGS, place, code)

    def _write_band(self, words: str, first: int, last: int) -> None:
        if first == last:
            self._page.write_string(BANDS, first, words, self._head)
        else:
            self._page.merge_range(BANDS, first, BANDS, last, words, self._head)

    def _write_line(self, row: int, line: Line) -> None:
        for place, (column, cell) in enumerate(zip(self._sheet.columns, line.cells, strict=True)):
            self._write_cell(row, place, column, cell)
        for place, told in enumerate(line.hidden, start=len(self._sheet.columns)):
            self._page.write_string(row, place, str(told))

    def _write_cell(self, row: int, place: int, column: Column, cell: Cell) -> None:
        page = self._page
        if cell is None:
            page.write_blank(row, place, None, self._empty)
        elif isinstance(cell, str):
            page.write_string(row, place, cell, self._look_of(cell))
        elif isinstance(cell, datetime):
            page.write_datetime(row, place, cell.replace(tzinfo=None), self._instant)
        elif isinstance(cell, date):
            page.write_datetime(row, place, cell, self._date)
        elif isinstance(cell, Decimal):
            page.write_number(row, place, float(cell), self._yuan)
        else:
            page.write_number(row, place, cell, self._number)

    def _look_of(self, text: str) -> Any:
        if text.startswith(BEGINS_A_FORMULA):
            return self._quoted
        return self._empty if len(text) > _LONG else self._text
