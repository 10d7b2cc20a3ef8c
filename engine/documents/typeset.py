"""PDF/A-2b out of a paper, by typst."""

import json
from dataclasses import asdict
from datetime import UTC, date, datetime
from functools import cached_property
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

from engine.documents.glyphs import coverage, font_files, printable
from engine.documents.paper import Paper, plain
from engine.documents.template import Face, Style

if TYPE_CHECKING:
    import typst

PROGRAM = Path(__file__).with_name("sheet.typ")
RARE, COLLECTION = "Noto Sans CJK SC", "Noto Sans CJK"
"""Prints what the other typefaces lack, names with rare characters above all; one of a collection of like fonts."""
FACES = ("organisation", "letterhead", "title", "body", "strong", "grid", "label", "small")


class Typesetter:
    """Sets papers with the fonts of the house and, before them, those of the office's own folder."""

    def __init__(self, fonts: Path | None) -> None:
        """Afterwards papers can be set; fonts and typst are loaded by the first."""
        self._own_fonts = fonts
        self._lock = Lock()

    def pdf(self, paper: Paper, style: Style, issued_on: date) -> bytes:
        """The paper as PDF/A-2b, the same bytes for the same paper, date and fonts."""
        midnight = datetime(issued_on.year, issued_on.month, issued_on.day, tzinfo=UTC)
        return self.compile(self._inputs(paper, style, issued_on), int(midnight.timestamp()))

    def compile(self, inputs: dict[str, str], timestamp: int) -> bytes:
        """The bare work of the typesetter: what sheet.typ is told, as PDF/A-2b."""
        with self._lock:
            made = self._compiler.compile(
                format="pdf", sys_inputs=inputs, pdf_standards=["a-2b"], timestamp=timestamp
            )
        assert isinstance(made, bytes)  # typst gives a list only for several pictures
        return made

    def pictures(self, paper: Paper, style: Style, issued_on: date, *, per_inch: int = 100) -> list[bytes]:
        """Each page as a PNG picture, for the eye."""
        with self._lock:
            made = self._compiler.compile(
                format="png", ppi=per_inch, sys_inputs=self._inputs(paper, style, issued_on)
            )
        return [made] if isinstance(made, bytes) else [page for page in made or [] if page]

    def told(self, paper: Paper, style: Style, issued_on: date) -> dict[str, Any]:
        """What paper.typ is told of one paper."""
        told = {
            "paper": asdict(paper),
            "author": plain(paper.organisation),
            "issued_on": [issued_on.year, issued_on.month, issued_on.day],
            "style": {
                "margins": style.around(form=paper.form),
                "pitch": style.pitch,
                "red": style.red,
                "faces": {name: self._face(getattr(style, name)) for name in FACES},
            },
        }
        said: dict[str, Any] = self._printable(told)
        return said

    def font_folders(self) -> list[str]:
        """Where the fonts are, the office's own first."""
        return [str(folder) for folder in self._folders]

    def plain_families(self) -> list[str]:
        """The families at hand, in which a number can be set."""
        return sorted(one for one in self._families if not one.startswith(COLLECTION))[:1]

    def _inputs(self, paper: Paper, style: Style, issued_on: date) -> dict[str, str]:
        return {"told": json.dumps(self.told(paper, style, issued_on), ensure_ascii=False)}

    def _face(self, face: Face) -> dict[str, Any]:
        """The families at hand; strokes thicken only the last choice, which has no bold of its own."""
        families = [family for family in face.pdf if family in self._families]
        stroke = face.stroke if families[:1] == [face.pdf[-1]] else 0
        rare = [RARE] if RARE in self._families else []
        return {"families": [*families, *rare], "size": face.size, "stroke": stroke}

    def _printable(self, node: Any) -> Any:
        if isinstance(node, str):
            return printable(node, self._covered)
        if isinstance(node, dict):
            return {key: self._printable(value) for key, value in node.items()}
        if isinstance(node, list | tuple):
            return [self._printable(value) for value in node]
        return node

    @cached_property
    def _folders(self) -> list[Path]:
        import manimgx_fonts_cjk  # type: ignore[import-untyped]  # fonts and nothing else
        import pylopdf_fonts_zh_cn

        house = [Path(one.__file__ or "").parent for one in (pylopdf_fonts_zh_cn, manimgx_fonts_cjk)]
        return house if self._own_fonts is None else [self._own_fonts, *house]

    @cached_property
    def _covered(self) -> frozenset[int]:
        return coverage(font_files(self._folders))

    @cached_property
    def _fonts(self) -> "typst.Fonts":
        import typst

        folders = [str(folder) for folder in self._folders]
        return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=folders)

    @cached_property
    def _families(self) -> frozenset[str]:
        return frozenset(self._fonts.families())

    @cached_property
    def _compiler(self) -> "typst.Compiler":
        import typst

        return typst.Compiler(str(PROGRAM), root=str(PROGRAM.parent), font_paths=self._fonts)
