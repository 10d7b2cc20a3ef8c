"""The press: kind and content in, a paper as PDF or DOCX out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path

from engine.documents.bound import Bound, Shelf, bound_from, load_shelf
from engine.documents.content import Content
from engine.documents.fill import Filling, filled
from engine.documents.paper import Paper
from engine.documents.typeset import Typesetter

PRESSED_WITH = "pressed_with"
"""The member of a paper's content that names the template it was issued with."""


class DocumentUnknown(LookupError):
    """There is no template for this kind of document."""


def _nothing_kept(_: str) -> str | None:
    return None


class DocumentPress:
    """Makes the papers for which there is a template; threads may share it.

    A paper is printed with the template it was issued with, whatever has become of the files since. One that was
    issued before templates were kept, or is no paper of the house yet, is printed with the program's own.
    """

    def __init__(
        self,
        templates: Path | Shelf,
        fonts: Path | None = None,
        kept: Callable[[str], str | None] = _nothing_kept,
    ) -> None:
        """Afterwards papers can be made; `fonts` holds the office's own typefaces.

        `kept` tells the text of a template by its digest. A folder is loaded, and raises as `load_shelf` does.
        """
        shelf = load_shelf(templates) if isinstance(templates, Path) else templates
        self.rules = shelf.rules
        self._program = dict(shelf.by_kind)
        self._office: Mapping[str, Bound] = {}
        self._kept = kept
        self._known = {one.digest: one for one in self._program.values()}
        self.typesetter = Typesetter(fonts)

    @property
    def program(self) -> Mapping[str, Bound]:
        """The templates that come with the program, by kind."""
        return self._program

    def use(self, office: Mapping[str, Bound]) -> None:
        """Papers of these kinds are issued with these templates of the office from now on, others with the program's."""
        self._known.update({one.digest: one for one in office.values()})
        self._office = dict(office)

    def kinds(self) -> frozenset[str]:
        """The kinds that have a template."""
        return frozenset(self._program) | frozenset(self._office)

    def in_force(self, kind: str) -> Bound:
        """The template that a paper of this kind is issued with now. Raises DocumentUnknown."""
        found = self._office.get(kind) or self._program.get(kind)
        if found is None:
            raise DocumentUnknown(kind)
        return found

    def fields(self, kind: str) -> tuple[str, ...]:
        """The fields that its template in force prints or asks about, as declared in house.yaml, in reading order."""
        return self.in_force(kind).fields

    def by_hand(self, kind: str) -> tuple[dict[str, str], ...]:
        """What an officer has to write on a paper of this kind before it is served; nothing of what has no template."""
        return self.in_force(kind).template.by_hand if kind in self.kinds() else ()

    def pdf(self, kind: str, content: Mapping[str, object], *, issued_on: date) -> bytes:
        """The paper as PDF/A-2b; the same input gives the same bytes. Raises DocumentUnknown."""
        template = self.template_of(kind, content)
        return self.typesetter.pdf(paper_of(template, content, issued_on), template.style, issued_on)

    def pictures(self, kind: str, content: Mapping[str, object], *, issued_on: date) -> list[bytes]:
        """The pages of the paper as PNG pictures, to look at. Raises DocumentUnknown."""
        template = self.template_of(kind, content)
        return self.typesetter.pictures(paper_of(template, content, issued_on), template.style, issued_on)

    def docx(self, kind: str, content: Mapping[str, object], *, issued_on: date) -> bytes:
        """The paper as an editable DOCX; the same input gives the same bytes. Raises DocumentUnknown."""
        from engine.documents.word import docx

        template = self.template_of(kind, content)
        return docx(paper_of(template, content, issued_on), template.style, issued_on)

    def title(self, kind: str, content: Mapping[str, object]) -> str:
        """What the paper is called on its face. Raises DocumentUnknown."""
        return title_of(self.template_of(kind, content), content)

    def sheet(self, paper: Paper, *, issued_on: date) -> bytes:
        """A paper that no template makes, as PDF/A-2b; the same paper and date give the same bytes."""
        return self.typesetter.pdf(paper, self.rules.style, issued_on)

    def editable(self, paper: Paper, *, issued_on: date) -> bytes:
        """The same as an editable DOCX."""
        from engine.documents.word import docx

        return docx(paper, self.rules.style, issued_on)

    def template_of(self, kind: str, content: Mapping[str, object]) -> Bound:
        """The template that the content was issued with, the program's own where it names none. Raises DocumentUnknown."""
        digest = content.get(PRESSED_WITH)
        if digest is None and kind in self._program:
            return self._program[kind]
        if not isinstance(digest, str):
            raise DocumentUnknown(kind)
        if digest not in self._known:
            text = self._kept(digest)
            if text is None:
                raise DocumentUnknown(kind)
            self._known[digest] = bound_from(text)
        return self._known[digest]


def title_of(template: Bound, content: Mapping[str, object]) -> str:
    """The title alone."""
    return Filling(template.template, template.choices, Content(content, template.declared)).title()


def paper_of(template: Bound, content: Mapping[str, object], issued_on: date) -> Paper:
    """The template filled with the content of one paper."""
    told = {**content, "issued_on": issued_on}
    return filled(template.template, template.choices, Content(told, template.declared))
