"""Filling a template with content: what comes out is a paper ready to be set."""

from engine.documents.content import Content
from engine.documents.paper import Block, Cell, Grid, Listing, Paper, Paragraph, Row, Seal, Slip, Spans, plain
from engine.documents.template import (
    BlockTemplate,
    CellTemplate,
    GridTemplate,
    ListTemplate,
    ParagraphTemplate,
    RowTemplate,
    SealTemplate,
    Template,
)
from engine.documents.wording import Choices, Wording


class Filling:
    """One template being filled with one content."""

    def __init__(self, template: Template, choices: Choices, content: Content) -> None:
        """Afterwards the template can be filled."""
        self._template = template
        self._wording = Wording(choices)
        self._content = content

    def title(self) -> str:
        """The title of the paper."""
        return plain(self._spans(self._template.title))

    def paper(self) -> Paper:
        """The whole paper."""
        template = self._template
        return Paper(
            title=self.title(),
            organisation=self._spans(template.organisation),
            number=self._spans(template.number),
            letterhead=template.letterhead,
            form=template.form,
            bare=template.bare,
            blocks=self._blocks(template.body),
            note=self._spans(template.note),
        )

    def _spans(self, text: str | tuple[object, ...]) -> Spans:
        return self._wording.spans(text, self._content)  # type: ignore[arg-type]  # parts as the loader read them

    def _blocks(self, templates: tuple[BlockTemplate, ...]) -> tuple[Block, ...]:
        return tuple(
            block
            for template in templates
            if self._wording.holds(template.when, self._content)
            for block in self._block(template)
        )

    def _block(self, template: BlockTemplate) -> list[Block]:
        if isinstance(template, ParagraphTemplate):
            return [self._paragraph(template, self._content)]
        if isinstance(template, GridTemplate):
            return [Grid(template.columns, self._rows(template.rows), template.border)]
        if isinstance(template, ListTemplate):
            return self._listing(template)
        if isinstance(template, SealTemplate):
            lines = tuple(self._spans(line) for line in template.seal)
            return [Seal(lines)]
        return [Slip(self._spans(template.slip), self._blocks(template.body))]

    def _listing(self, template: ListTemplate) -> list[Block]:
        """Several entries are numbered; a single one, or the blank for them, is a plain paragraph."""
        members = self._content.members(template.entries)
        if not members:
            blank = self._wording.spans(f"{{{template.entries}}}", self._content)
            return [Paragraph((*self._wording.spans(template.lead, self._content), *blank))]
        listed = tuple(self._wording.spans(template.each, member) for member in members)
        if len(listed) == 1 and not template.lead:
            return [Paragraph(listed[0])]
        return [Listing(listed, template.lead)]

    def _paragraph(self, template: ParagraphTemplate, content: Content) -> Paragraph:
        return Paragraph(
            self._wording.spans(template.text, content),
            template.align,
            template.indent,
            template.strong,
            template.small,
            template.keep,
            template.space,
        )

    def _rows(self, templates: tuple[RowTemplate, ...]) -> tuple[Row, ...]:
        rows: list[Row] = []
        for template in templates:
            if not self._wording.holds(template.when, self._content):
                continue
            contents = [self._content]
            if template.each:
                contents = self._content.members(template.each)
                contents += [
                    self._content.empty_member(number)
                    for number in range(len(contents) + 1, template.least + 1)
                ]
            rows += [
                Row(tuple(self._cell(cell, content) for cell in template.cells), template.height)
                for content in contents
            ]
        return tuple(rows)

    def _cell(self, template: str | CellTemplate, content: Content) -> Cell:
        if isinstance(template, str):
            template = CellTemplate(text=template)
        if template.label is not None:
            label = Paragraph(self._wording.spans(template.label, content), "center", indent=False)
            return Cell((label,), template.span, label=True, align="center")
        if template.lines:
            lines = [line for line in template.lines if self._wording.holds(line.when, content)]
            return Cell(tuple(self._paragraph(line, content) for line in lines), template.span)
        answer = self._wording.spans(template.text or "", content, answer=True)
        return Cell((Paragraph(answer, template.align, indent=False),), template.span, align=template.align)


def filled(template: Template, choices: Choices, content: Content) -> Paper:
    """The template filled with the content."""
    return Filling(template, choices, content).paper()
