"""Rows of the ledger for analysts: CSV for programs of tables, JSON with a code for each column."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from engine.sheets.book import Line
from engine.sheets.values import BEGINS_A_FORMULA, Cell, plain
from rules.ledger_columns import Column

MARK = "\ufeff"
"""By which programs of tables know that a file is UTF-8."""


def csv_lines(columns: Sequence[Column], lines: Iterable[Line]) -> Iterator[str]:
    """The rows as CSV with Chinese headings."""
    return csv_table([column.zh for column in columns], (line.cells for line in lines))


def csv_table(headings: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Iterator[str]:
    """The rows as CSV; text that a program of tables would run gets an apostrophe before it."""
    yield MARK + _written(headings)
    for row in rows:
        yield _written([_inert(cell) for cell in row])


def _written(cells: Sequence[str]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerow(cells)
    return out.getvalue()


def _inert(cell: Cell) -> str:
    told = plain(cell)
    return f"'{told}" if isinstance(cell, str) and told.startswith(BEGINS_A_FORMULA) else told


def json_lines(columns: Sequence[Column], head: Mapping[str, Any], lines: Iterable[Line]) -> Iterator[str]:
    """One JSON document: the members of the head, `columns`, and `items` of `finding`, `version` and what is known.

    Sums are integer fen, days and instants as everywhere in the interface; what is not on record is absent.
    """
    told = [
        {"code": column.code, "zh": column.zh, "en": column.en, "kind": column.kind} for column in columns
    ]
    yield json.dumps({**head, "columns": told}, ensure_ascii=False)[:-1] + ', "items": ['
    between = "\n"
    for line in lines:
        known = {
            column.code: _value(cell)
            for column, cell in zip(columns, line.cells, strict=True)
            if cell is not None
        }
        finding, version, _ = line.hidden
        item = {"finding": finding, "version": version, **known}
        yield between + json.dumps(item, ensure_ascii=False)
        between = ",\n"
    yield "\n]}\n"


def _value(cell: Cell) -> Any:
    if isinstance(cell, Decimal):
        return int(cell * 100)
    if isinstance(cell, datetime):
        return cell.isoformat(timespec="seconds")
    return cell.isoformat() if isinstance(cell, date) else cell
