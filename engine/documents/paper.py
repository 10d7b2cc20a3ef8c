"""A paper with nothing left to decide: every word, blank and box stands where it will be printed."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

Align = Literal["left", "center", "right"]


@dataclass(frozen=True, slots=True)
class Span:
    """A run of text, a blank of so many characters to fill in, a tick box with words, or a line break."""

    kind: Literal["text", "blank", "box", "break"]
    text: str = ""
    width: int = 0
    ticked: bool = False


Spans = tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One paragraph; `space` is the room above it in millimetres, `keep` holds it to what follows."""

    spans: Spans
    align: Align = "left"
    indent: bool = True
    strong: bool = False
    small: bool = False
    keep: bool = False
    space: int = 0
    kind: Literal["paragraph"] = "paragraph"


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a grid; a label cell holds the printed question, any other the answer."""

    paragraphs: tuple[Paragraph, ...]
    span: int = 1
    label: bool = False
    align: Align = "left"


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a grid, at least `height` millimetres high."""

    cells: tuple[Cell, ...]
    height: int = 0


@dataclass(frozen=True, slots=True)
class Grid:
    """A form grid; `columns` are relative widths that fill the type area."""

    columns: tuple[int, ...]
    rows: tuple[Row, ...]
    border: bool = True
    kind: Literal["grid"] = "grid"


@dataclass(frozen=True, slots=True)
class Listing:
    """Numbered entries; a lead such as 附件： stands before the first, the others hang below it."""

    entries: tuple[Spans, ...]
    lead: str = ""
    kind: Literal["listing"] = "listing"


@dataclass(frozen=True, slots=True)
class Seal:
    """Where the organisation signs: its name, room for the seal, and the date in Chinese long form."""

    lines: tuple[Spans, ...]
    kind: Literal["seal"] = "seal"


@dataclass(frozen=True, slots=True)
class Slip:
    """The part below the cutting line, which the receiver fills in and sends back."""

    title: Spans
    blocks: tuple["Block", ...]
    kind: Literal["slip"] = "slip"


Block = Paragraph | Grid | Listing | Seal | Slip


@dataclass(frozen=True, slots=True)
class Paper:
    """A whole paper; `letterhead`: the organisation in red over a line; `form`: narrow margins; `bare`: no page number."""

    title: str
    organisation: Spans
    number: Spans
    letterhead: bool
    form: bool
    blocks: tuple[Block, ...] = field(default=())
    note: Spans = ()
    bare: bool = False


def plain(spans: Spans) -> str:
    """The words of the spans without blanks and boxes, on one line."""
    return "".join(span.text for span in spans if span.kind == "text")


def paragraphs_of(blocks: tuple[Block, ...]) -> Iterator[Paragraph]:
    """Every paragraph of the blocks, those inside grids and slips included, in reading order."""
    for block in blocks:
        if isinstance(block, Paragraph):
            yield block
        elif isinstance(block, Grid):
            for row in block.rows:
                for cell in row.cells:
                    yield from cell.paragraphs
        elif isinstance(block, Slip):
            yield from paragraphs_of(block.blocks)
