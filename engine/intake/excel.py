"""The only door to python-calamine: one sheet of a workbook as rows, after the file was found harmless."""

import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import python_calamine

from engine.intake.records import FileRefused

LARGEST_UNPACKED = 400
"""MiB that the parts of a workbook may have together when unpacked."""

MOST_COLUMNS = 500
MOST_SHEET_ROWS = 200_100
"""Cells beyond are refused before reading: the library allocates the whole rectangle of a sheet."""

_CELL = re.compile(rb"""\sr\s*=\s*["']([A-Za-z]{0,3})(\d{1,12})["']""")
_CHUNK = 1 << 20


def workbook_rows(path: Path, sheet: str | None) -> Iterator[tuple[int, list[Any]]]:
    """Yield the number and the cells of every row of a sheet, by default the first; formulas are not run."""
    _harmless(path)
    try:
        with python_calamine.CalamineWorkbook.from_path(path) as book:
            if sheet is not None and sheet not in book.sheet_names:
                raise FileRefused("sheet_missing", sheet=sheet, found="、".join(book.sheet_names))
            page = book.get_sheet_by_name(sheet) if sheet else book.get_sheet_by_index(0)
            yield from enumerate(page.iter_rows(), start=1)
    except (python_calamine.CalamineError, OSError, ValueError) as error:
        raise FileRefused("not_a_workbook", name=path.name) from error
    except BaseException as error:
        if type(error).__name__ != "PanicException":  # what Rust calls it; no module exports the class
            raise
        raise FileRefused("not_a_workbook", name=path.name) from error


def _harmless(path: Path) -> None:
    """Refuse macros, archives that swell, and sheets whose rectangle would not fit into memory."""
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
            names = {entry.filename.lower() for entry in entries}
            if any(name.endswith("vbaproject.bin") or "/macrosheets/" in name for name in names):
                raise FileRefused("macro_workbook", name=path.name)
            if "xl/workbook.xml" not in names or len(entries) > 10_000:
                raise FileRefused("not_a_workbook", name=path.name)
            left = LARGEST_UNPACKED * _CHUNK
            for entry in entries:
                left -= _unpacked(path, entry, left)
    except (zipfile.BadZipFile, zlib.error, struct.error, OSError, NotImplementedError) as error:
        raise FileRefused("not_a_workbook", name=path.name) from error


def _unpacked(path: Path, entry: zipfile.ZipInfo, allowed: int) -> int:
    """Count what an entry really unpacks to, whatever its header claims, and look at its cells on the way."""
    total, tail = 0, b""
    for chunk in _inflate(path, entry):
        total += len(chunk)
        if total > allowed:
            raise FileRefused("workbook_swells", limit=LARGEST_UNPACKED, name=path.name)
        _fits(path, tail + chunk)
        tail = chunk[-40:]
    return total


def _fits(path: Path, xml: bytes) -> None:
    for letters, number in set(_CELL.findall(xml)):
        column = 0
        for letter in letters.upper():
            column = column * 26 + letter - 64
        if column > MOST_COLUMNS:
            raise FileRefused("too_many_columns", limit=MOST_COLUMNS, name=path.name)
        if int(number) > MOST_SHEET_ROWS:
            raise FileRefused("too_many_rows", limit=MOST_SHEET_ROWS - 100, name=path.name)


def _inflate(path: Path, entry: zipfile.ZipInfo) -> Iterator[bytes]:
    """Yield the content of an entry piece by piece without trusting the size in its header."""
    with path.open("rb") as file:
        file.seek(entry.header_offset)
        header = struct.unpack("<4s5H3I2H", file.read(30))
        file.seek(header[9] + header[10], 1)
        left = entry.compress_size
        if entry.compress_type == zipfile.ZIP_STORED:
            while left > 0 and (piece := file.read(min(_CHUNK, left))):
                left -= len(piece)
                yield piece
        elif entry.compress_type == zipfile.ZIP_DEFLATED:
            machine = zlib.decompressobj(-15)
            while left > 0 and (piece := file.read(min(_CHUNK, left))):
                left -= len(piece)
                while piece:
                    yield machine.decompress(piece, _CHUNK)
                    piece = machine.unconsumed_tail
            yield machine.flush()
        else:
            raise NotImplementedError(entry.compress_type)
