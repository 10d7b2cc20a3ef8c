"""Rows as lines of text: the same line for the same row, whichever database it stands in."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

import orjson

from models.columns import instant_text
from models.keeping import JSON_NULL, Columns


class LineFault(ValueError):
    """The line is no row of this table."""


def line_of(row: Sequence[Any], columns: Columns) -> bytes:
    """The row as a JSON list on one line, its end included; documents are texts within it, with sorted names."""
    values = [_written(value, kind) for value, (_, kind) in zip(row, columns, strict=True)]
    return orjson.dumps(values, option=orjson.OPT_APPEND_NEWLINE)


def rows_of(lines: bytes, columns: Columns) -> list[dict[str, Any]]:
    """The rows on the lines, as a statement takes them; raises LineFault."""
    return [_row(line, columns) for line in lines.splitlines()]


def pieces(
    partitions: Iterable[Sequence[Sequence[Any]]], columns: Columns, bytes_max: int
) -> Iterable[bytes]:
    """Lines of the rows in pieces of about so many bytes."""
    piece: list[bytes] = []
    size = 0
    for partition in partitions:
        for row in partition:
            piece.append(line_of(row, columns))
            size += len(piece[-1])
            if size >= bytes_max:
                yield b"".join(piece)
                piece, size = [], 0
    if piece:
        yield b"".join(piece)


def _row(line: bytes, columns: Columns) -> dict[str, Any]:
    try:
        values = orjson.loads(line)
        if not isinstance(values, list) or len(values) != len(columns):
            raise LineFault(str(line[:80]))
        return {name: _read(value, kind) for value, (name, kind) in zip(values, columns, strict=True)}
    except (ValueError, TypeError, AttributeError, binascii.Error) as fault:
        raise LineFault(str(line[:80])) from fault


def _written(value: Any, kind: str) -> Any:
    if value is None:
        return None
    if kind == "instant":
        return instant_text(value)
    if kind == "date":
        return value.isoformat()
    if kind == "json":
        return orjson.dumps(orjson.loads(value), option=orjson.OPT_SORT_KEYS).decode()
    return base64.b64encode(value).decode() if kind == "bytes" else value


def _read(value: Any, kind: str) -> Any:
    if value is None:
        return None
    if kind == "json":
        said = orjson.loads(value)
        return JSON_NULL if said is None else said
    if kind == "instant":
        return datetime.fromisoformat(value)
    if kind == "date":
        return date.fromisoformat(value)
    if kind == "bytes":
        return base64.b64decode(value, validate=True)
    if isinstance(value, dict | list):
        raise LineFault(kind)
    return value
