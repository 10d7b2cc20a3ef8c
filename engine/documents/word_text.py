"""Paragraphs of a paper as paragraphs of a Word document."""

from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from docx.text.paragraph import Paragraph as WordParagraph

from engine.documents.paper import Paragraph, Spans
from engine.documents.template import Style
from engine.documents.word_style import element

TICKED, UNTICKED = "☑", "□"
ALIGNMENTS = {
    "left": WD_ALIGN_PARAGRAPH.JUSTIFY,
    "center": WD_ALIGN_PARAGRAPH.CENTER,
    "right": WD_ALIGN_PARAGRAPH.RIGHT,
}


def write_paragraph(line: WordParagraph, paragraph: Paragraph, style: Style, *, keep: bool = False) -> None:
    """Write the paragraph of the paper into a paragraph of the document."""
    line.alignment = ALIGNMENTS[paragraph.align]
    if paragraph.indent:
        indent(line, first=2)
    if paragraph.space:
        line.paragraph_format.space_before = Mm(paragraph.space)
    line.paragraph_format.keep_with_next = paragraph.keep or keep or None
    write_spans(line, paragraph.spans)
    face = style.strong if paragraph.strong else style.small if paragraph.small else None
    for run in line.runs if face else ():
        assert face is not None
        run.font.name, run.font.size = face.word, Pt(face.size)
        run._r.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), face.word)


def write_spans(line: WordParagraph, spans: Spans) -> None:
    """Append text, blanks, boxes and breaks to the paragraph."""
    for span in spans:
        if span.kind == "text":
            line.add_run(span.text)
        elif span.kind == "break":
            line.add_run().add_break()
        elif span.kind == "blank":
            line.add_run("　" * span.width).underline = True
        else:
            line.add_run(f"{TICKED if span.ticked else UNTICKED} {span.text}　")


def indent(line: WordParagraph, *, left: int = 0, first: int = 0) -> None:
    """Indent in whole characters, as Chinese papers count; a negative first line hangs."""
    counted = line._p.get_or_add_pPr().get_or_add_ind()
    if left:
        counted.set(qn("w:leftChars"), str(left * 100))
    counted.set(qn("w:firstLineChars" if first >= 0 else "w:hangingChars"), str(abs(first) * 100))


def rule(paragraph: WordParagraph, side: str, kind: str, *, eighths: int = 4, colour: str = "auto") -> None:
    """Rule the paragraph off above (top) or below (bottom); `eighths` are eighths of a point."""
    borders = element(paragraph._p.get_or_add_pPr(), "w:pBdr", before=("w:spacing", "w:ind", "w:jc"))
    element(borders, f"w:{side}", val=kind, sz=str(eighths), space="6", color=colour)
