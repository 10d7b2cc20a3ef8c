"""Styles of the DOCX: named, editable, with the East Asian font stated."""

from typing import Any

from docx.document import Document as WordDocument
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Pt
from docx.text.paragraph import Paragraph as WordParagraph

from engine.documents.template import Face, Style


def element(parent: Any, name: str, *, before: tuple[str, ...] = (), **attributes: str) -> Any:
    """Add an element to the parent, ahead of those it must precede by the schema, and return it."""
    made = OxmlElement(name)
    for key, value in attributes.items():
        made.set(qn(f"w:{key}"), value)
    names = {qn(one) for one in before}
    later = next((child for child in parent if child.tag in names), None)
    if later is None:
        parent.append(made)
    else:
        later.addprevious(made)
    return made


def add_styles(document: WordDocument, style: Style) -> None:
    """Give the document the paragraph styles that papers use; Normal becomes the body face."""
    normal = document.styles["Normal"]
    _face(normal, style.body)
    element(normal.element.get_or_add_rPr(), "w:lang", val="en-US", eastAsia="zh-CN")
    centred = WD_ALIGN_PARAGRAPH.CENTER
    for name, face, pitch, align, after in (
        ("Paper Organisation", style.organisation, None, centred, 4),
        ("Paper Letterhead", style.letterhead, None, centred, 8),
        ("Paper Title", style.title, None, centred, 10),
        ("Paper Body", style.body, style.pitch, WD_ALIGN_PARAGRAPH.JUSTIFY, 0),
        ("Paper Grid", style.grid, None, WD_ALIGN_PARAGRAPH.LEFT, 0),
        ("Paper Label", style.label, None, centred, 0),
        ("Paper Small", style.small, None, WD_ALIGN_PARAGRAPH.LEFT, 0),
    ):
        made = document.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        made.base_style = normal
        _face(made, face)
        made.font.bold = face.stroke > 0 or None
        shape = made.paragraph_format
        shape.alignment, shape.space_before, shape.space_after = align, Pt(0), Pt(after)
        if pitch:
            shape.line_spacing_rule, shape.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(pitch)


def write_page_number(line: WordParagraph, *, form: bool) -> None:
    """Write — n —, on a form 第n页　共m页, in the middle of the foot."""
    line.style = "Paper Small"
    line.alignment = WD_ALIGN_PARAGRAPH.CENTER
    line.add_run("第" if form else "— ")
    _counted(line, "PAGE")
    line.add_run("页　共" if form else " —")
    if form:
        _counted(line, "NUMPAGES")
        line.add_run("页")


def _counted(line: WordParagraph, what: str) -> None:
    field = element(line._p, "w:fldSimple", instr=f" {what} ")
    element(element(field, "w:r"), "w:t").text = "1"


def _face(style: Any, face: Face) -> None:
    style.font.name, style.font.size = face.word, Pt(face.size)
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for script in ("w:ascii", "w:hAnsi", "w:eastAsia", "w:cs"):
        fonts.set(qn(script), face.word)
    for theme in ("w:asciiTheme", "w:hAnsiTheme", "w:eastAsiaTheme", "w:cstheme"):
        fonts.attrib.pop(qn(theme), None)
