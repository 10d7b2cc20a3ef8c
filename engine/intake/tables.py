"""A file as lines of cells under the names of a mapping: CSV (UTF-8, GB18030) or a sheet of a workbook."""

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import islice
from pathlib import Path

from engine.intake.excel import workbook_rows
from engine.intake.records import FileRefused, RowFault, row_fault
from rules.mapping import plain

LARGEST_FILE = 50 * 1024 * 1024
MOST_ROWS = 200_000
HEADER_WITHIN = 10
"""Lines at the top of a file among which the header is looked for (titles stand above it)."""

LONGEST_EXACT = 10**15
"""A spreadsheet keeps fifteen digits of a number; what is longer may already be wrong."""

_CONTROL = re.compile("[\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\x7f]")
_MARKS = re.compile(r"\*|\((?:必填|选填)\)")

Cell = str | date | datetime
"""A cell as it is read on: text, or a date where the spreadsheet knows that it is one."""


@dataclass(frozen=True, slots=True)
class Line:
    """One row: its place in the file, its cells by name (empty ones left out), what is wrong with them."""

    number: int
    cells: dict[str, Cell]
    faults: tuple[RowFault, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A file that was read: the headings under which its values stand, and its rows, blank ones left out."""

    headings: dict[str, str]
    lines: list[Line]


def read_table(
    path: Path,
    columns: dict[str, tuple[str, ...]],
    optional: frozenset[str] = frozenset(),
    *,
    delimiter: str = ",",
    sheet: str | None = None,
    refuse_extra: bool = False,
) -> Table:
    """Read a file whole; `columns` gives the possible headings of every name. Raises FileRefused."""
    rows = _rows(path, delimiter, sheet)
    places, width = _header(path, rows, columns, optional, refuse_extra)
    headings = {name: heading for name, (_, heading) in places.items()}
    lines = []
    for number, cells in rows:
        if any(cell not in ("", None) and str(cell).strip() for cell in cells):
            lines.append(_line(number, cells, places, width))
            if len(lines) > MOST_ROWS:
                raise FileRefused("too_many_rows", limit=MOST_ROWS, name=path.name)
    return Table(headings, lines)


def _rows(path: Path, delimiter: str, sheet: str | None) -> Iterator[tuple[int, list[object]]]:
    try:
        size = path.stat().st_size
        if not path.is_file():
            raise FileRefused("file_unreadable", name=path.name)
        if size > LARGEST_FILE:
            raise FileRefused("file_too_large", name=path.name)
        if size == 0:
            raise FileRefused("file_empty", name=path.name)
        with path.open("rb") as file:
            start = file.read(8)
            if start.startswith(b"PK\x03\x04"):
                return workbook_rows(path, sheet)
            if start.startswith(b"\xd0\xcf\x11\xe0"):
                raise FileRefused("old_workbook", name=path.name)
            return _csv_rows(_text(path, start + file.read()), delimiter)
    except OSError as error:
        raise FileRefused("file_unreadable", name=path.name) from error


def _text(path: Path, content: bytes) -> str:
    """Decode as UTF-8, else as GB18030; UTF-8 with a few broken bytes is refused, not reinterpreted."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        guess = content.decode("utf-8", "replace")
        broken = guess.count("\ufffd")
        if broken * 4 < sum(not character.isascii() for character in guess):
            raise FileRefused("encoding_unknown", line=line, name=path.name) from error
    try:
        return content.decode("gb18030")
    except UnicodeDecodeError as error:
        raise FileRefused("encoding_unknown", line=line, name=path.name) from error


def _csv_rows(text: str, delimiter: str) -> Iterator[tuple[int, list[object]]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    while True:
        number = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise FileRefused("quote_open", line=number) from error
        yield number, list(cells)


def _header(
    path: Path,
    rows: Iterator[tuple[int, list[object]]],
    columns: dict[str, tuple[str, ...]],
    optional: frozenset[str],
    refuse_extra: bool,
) -> tuple[dict[str, tuple[int, str]], int]:
    """Find the header among the first lines; give place and heading of every name, and the width."""
    names = {plain(heading): name for name, headings in columns.items() for heading in headings}
    fewest = [headings[0] for name, headings in columns.items() if name not in optional]
    for _, cells in islice(rows, HEADER_WITHIN):
        found = [(place, str(cell).strip(), names.get(_heading(cell))) for place, cell in enumerate(cells)]
        seen = [name for _, _, name in found if name is not None]
        missing = [columns[name][0] for name in columns if name not in seen and name not in optional]
        if seen and not missing:
            _no_doubt(
                [heading for _, heading, name in found if seen.count(name or "") > 1], "header_repeated"
            )
            if refuse_extra:
                _no_doubt([heading for _, heading, name in found if heading and not name], "header_unknown")
            width = max(place for place, heading, _ in found if heading) + 1
            return {name: (place, heading) for place, heading, name in found if name is not None}, width
        fewest = min(fewest, missing, key=len)
    raise FileRefused("header_missing", columns="、".join(fewest))


def _no_doubt(headings: list[str], code: str) -> None:
    if headings:
        raise FileRefused(code, columns="、".join(headings))


def _heading(cell: object) -> str:
    return _MARKS.sub("", plain(str(cell)))


def _line(number: int, cells: list[object], places: dict[str, tuple[int, str]], width: int) -> Line:
    faults = []
    if len(cells) < width:
        faults.append(row_fault(number, "too_few_cells", found=len(cells), expected=width))
    if extra := [str(cell).strip() for cell in cells[width:] if str(cell).strip()]:
        faults.append(row_fault(number, "too_many_cells", value=extra[0]))
    values: dict[str, Cell] = {}
    for name, (place, heading) in places.items():
        cell = cells[place] if place < len(cells) else ""
        value = _cell(cell)
        if value == "":
            continue
        values[name] = value
        if isinstance(value, str) and _CONTROL.search(value):
            faults.append(row_fault(number, "control_character", heading))
        elif isinstance(cell, int | float) and abs(cell) >= LONGEST_EXACT:
            faults.append(row_fault(number, "long_number", heading))
    return Line(number, values, tuple(faults))


def _cell(cell: object) -> Cell:
    """Return text as it was written, numbers without a false decimal point, dates as dates."""
    if isinstance(cell, str):
        return cell.strip()
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else format(cell, ".15g")
    if isinstance(cell, date):
        return cell
    return cell.isoformat() if isinstance(cell, time) else str(cell)
