"""Reading a DOCX back."""

from __future__ import annotations

from collections.abc import Iterator

from docx.document import Document as WordDocument
from docx.table import Table
from docx.text.paragraph import Paragraph


def paragraphs_in(document: WordDocument) -> Iterator[Paragraph]:
    """Every paragraph, those of table cells where they stand; a cell that spans columns once."""
    for block in document.iter_inner_content():
        if isinstance(block, Table):
            seen = {id(cell._tc): cell for row in block.rows for cell in row.cells}
            for cell in seen.values():
                yield from cell.paragraphs
        else:
            yield block
