"""The press: kind and content in, a paper as PDF or DOCX out."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path

from engine.documents.content import Content
from engine.documents.fill import filled
from engine.documents.paper import Paper
from engine.documents.template import HOUSE, HouseRules, Template, load_house, load_template, names_in
from engine.documents.typeset import Typesetter


class DocumentUnknown(LookupError):
    """There is no template for this kind of document."""


class DocumentPress:
    """Makes the papers for which the folder holds a template; threads may share it."""

    def __init__(self, templates: Path, fonts: Path | None = None) -> None:
        """Afterwards every template of the folder is loaded; `fonts` holds the office's own typefaces.

        A template that says something unknown raises TemplateFault, DataFault or a ValidationError.
        """
        self._house: HouseRules = load_house(templates)
        self._templates: dict[str, Template] = {
            path.stem: load_template(path, self._house)
            for path in sorted(templates.glob("*.yaml"))
            if path.name != HOUSE
        }
        self._fields: dict[str, tuple[str, ...]] = {}
        self._typesetter = Typesetter(self._house.style, fonts)

    def kinds(self) -> frozenset[str]:
        """The kinds that have a template."""
        return frozenset(self._templates)

    def fields(self, kind: str) -> tuple[str, ...]:
        """The fields the template prints or asks about, as declared in house.yaml, in reading order."""
        if kind not in self._fields:
            names = (name for name, _, _ in names_in(self._template(kind)))
            self._fields[kind] = tuple(dict.fromkeys(name for name in names if name in self._house.fields))
        return self._fields[kind]

    def pdf(self, kind: str, content: Mapping[str, object], *, issued_on: date) -> bytes:
        """The paper as PDF/A-2b; the same input gives the same bytes. Raises DocumentUnknown."""
        return self._typesetter.pdf(self._paper(kind, content, issued_on), issued_on)

    def pictures(self, kind: str, content: Mapping[str, object], *, issued_on: date) -> list[bytes]:
        """The pages of the paper as PNG pictures, to look at. Raises DocumentUnknown."""
        return self._typesetter.pictures(self._paper(kind, content, issued_on), issued_on)

    def docx(self, kind: str, content: Mapping[str, object], *, issued_on: date) -> bytes:
        """The paper as an editable DOCX; the same input gives the same bytes. Raises DocumentUnknown."""
        from engine.documents.word import docx

        return docx(self._paper(kind, content, issued_on), self._house.style, issued_on)

    def sheet(self, paper: Paper, *, issued_on: date) -> bytes:
        """A paper that no template makes, as PDF/A-2b; the same paper and date give the same bytes."""
        return self._typesetter.pdf(paper, issued_on)

    def editable(self, paper: Paper, *, issued_on: date) -> bytes:
        """The same as an editable DOCX."""
        from engine.documents.word import docx

        return docx(paper, self._house.style, issued_on)

    def _template(self, kind: str) -> Template:
        try:
            return self._templates[kind]
        except KeyError:
            raise DocumentUnknown(kind) from None

    def _paper(self, kind: str, content: Mapping[str, object], issued_on: date) -> Paper:
        template = self._template(kind)
        told = {**content, "issued_on": issued_on}
        return filled(template, self._house.choices | template.choices, Content(told, self._house.fields))
