"""The cover sheet, which may come back as a receipt, and the README for the receiver."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from engine.carrier.carried_checkpoint import enclosed
from engine.core.calendar import civil_date
from engine.documents import DocumentPress
from engine.documents.paper import Cell, Grid, Paper, Paragraph, Row, Span, Spans
from rules.data_file import read_data

WORDS_FILE = Path(__file__).with_name("cover.yaml")
COLUMNS = (6, 19, 25, 12, 19, 19)
SIGN_HERE_MM, SIGNED_ROW_MM = 16, 11


@cache
def words() -> Mapping[str, Any]:
    """What is printed."""
    read: Mapping[str, Any] = read_data(WORDS_FILE)
    return read


def readme(said: Mapping[str, Any], names: Mapping[str, str], checkpoint: str | None = None) -> bytes:
    """The README of a bundle with that manifest; `names` are office and recipient in words.

    The checkpoint of the log that was signed last stands in it, as the container takes no members but those it knows.
    """
    copy = words()["copy"].format(n=said["copy"]) if said["copy"] else ""
    told = {name: said[name] for name in ("number", "system", "packed_at")}
    text = str(words()["readme"]).format(**names, **told, copy=copy)
    if checkpoint is not None:
        text += str(words()["checkpoint"]) + enclosed(checkpoint)
    return text.encode()


def cover(press: DocumentPress, said: Mapping[str, Any], names: Mapping[str, str], made_at: Any) -> bytes:
    """The cover sheet as PDF, the same bytes for the same manifest and day."""
    return press.sheet(cover_sheet(said, names), issued_on=civil_date(made_at))


def cover_sheet(said: Mapping[str, Any], names: Mapping[str, str]) -> Paper:
    """The sheet: a line and a code for each message, and a slip to fill in."""
    told = words()
    title = told["title"] + (told["copy"].format(n=said["copy"]) if said["copy"] else "")
    number = told["number"].format(number=said["number"])
    return Paper(
        title=title,
        organisation=_text(told["organisation"].format(**names)),
        number=_text(number),
        letterhead=False,
        form=True,
        blocks=(
            _paragraph(f"{names['recipient']}：", indent=False),
            _paragraph(told["opening"].format(count=len(said["messages"]))),
            Grid(COLUMNS, (_heads(told["heads"]), *_lines(said["messages"]))),
            _paragraph(told["how"], small=True, space=2),
            *_signed_here(told, said),
        ),
    )


def _heads(heads: Sequence[str]) -> Row:
    return Row(tuple(Cell((_plain(one),), label=True, align="center") for one in heads))


def _lines(messages: Sequence[Mapping[str, Any]]) -> list[Row]:
    rows = []
    for place, message in enumerate(messages, 1):
        missing = sum(one["member"] is None for one in message["papers"])
        pieces = words()["pieces"].format(n=len(message["papers"]) - missing)
        pieces += words()["missing"].format(n=missing) if missing else ""
        cells = (
            _cell(str(place), "center"),
            _cell(message["title"]),
            _cell(message["doc_no"] or message["subject"]),
            _cell(pieces, "center"),
            _code(message["codes"]["signed_for"]),
            _cell(""),
        )
        rows.append(Row(cells, SIGN_HERE_MM))
        if "accepted" in message["codes"]:
            rows.append(_accepting(message["codes"]["accepted"]))
    return rows


def _accepting(code: str) -> Row:
    """The line in which a transfer is accepted, beside its code."""
    told = words()
    line = Cell((_plain(told["accept_line"]),), span=2)
    return Row((_cell(""), line, _cell(told["accept"], "center"), _code(code), _cell("")), SIGN_HERE_MM // 2)


def _code(code: str) -> Cell:
    """Four groups of four on two lines, so that they are read as they are typed."""
    groups = code.split("-")
    lines = (Span("text", "-".join(groups[:2])), Span("break"), Span("text", "-".join(groups[2:])))
    return Cell((Paragraph(lines, align="center", indent=False),), label=True, align="center")


def _signed_here(told: Mapping[str, Any], said: Mapping[str, Any]) -> tuple[Paragraph, Grid]:
    """Where the receiver signs for the whole: on the same sheet, which goes back as it is."""
    asked = list(told["signed_rows"])
    pairs = [asked[at : at + 2] for at in range(0, len(asked), 2)]
    rows = tuple(
        Row(tuple(cell for one in pair for cell in (_label(one), _cell(""))), SIGNED_ROW_MM) for pair in pairs
    )
    line = _paragraph(told["signed_text"].format(number=said["number"]), small=True, keep=True, space=4)
    return line, Grid((24, 30, 18, 28), rows)


def _text(text: str) -> Spans:
    return (Span("text", text),)


def _paragraph(text: str, **how: Any) -> Paragraph:
    return Paragraph(_text(text), **how)


def _plain(text: str) -> Paragraph:
    return Paragraph(_text(text), indent=False)


def _cell(text: str, align: Any = "left") -> Cell:
    return Cell((Paragraph(_text(text), align=align, indent=False, small=True),) if text else (), align=align)


def _label(text: str) -> Cell:
    return Cell((_plain(text),), label=True)
