"""The Chinese workbook of intake, built out of the same mapping that reads it back."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import xlsxwriter
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

from engine.intake.tables import MOST_ROWS
from rules import mapping as mappings
from rules.facts import FactDictionary
from rules.intake_lists import CODES, intake_vocabularies
from rules.mapping_schema import Column, MappingFile, Recipe
from rules.offices import Office

_OPTIONS = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
_LOOKS = {"inspection": "#D9E8F6", "finding": "#E3F0DA"}
_SHAPES = {"instant": "yyyy-mm-dd hh:mm", "date": "yyyy-mm-dd", "fen": "0.00", "integer": "0"}
"""Number formats by kind of recipe; all else is text, so that leading zeros stay."""

_OF_NO_DAY = datetime(2024, 1, 1, tzinfo=UTC)
"""A blank form was made on no day of its own: the same form is the same bytes."""


def write_intake_template(
    path: Path, *, facts: FactDictionary, office: Office, codes: Path = CODES, name: str = "intake"
) -> None:
    """Write the workbook that departments fill in: the rows, how to fill them in, and the code lists."""
    mapping = mappings.load_mapping(name, intake_vocabularies(facts, office, codes))
    with xlsxwriter.Workbook(path, _OPTIONS) as book:
        book.set_properties({"title": mapping.form.title.zh, "created": _OF_NO_DAY})
        rows = book.add_worksheet(mapping.form.file.sheet)
        guide, lists = (book.add_worksheet(_zh(sheet)) for sheet in ("sheet_guide", "sheet_lists"))
        _Template(book, mapping).write(rows, guide, lists)


def _zh(code: str) -> str:
    return mappings.intake_words()[code].zh


def _both(code: str) -> str:
    words = mappings.intake_words()[code]
    return f"{words.zh} {words.en}"


@dataclass(frozen=True, slots=True)
class _Column:
    """A column of the workbook: its place, the part it belongs to, and the recipe that reads it."""

    name: str
    place: int
    written: Column
    part: str
    recipe: Recipe
    required: bool

    @property
    def heading(self) -> str:
        """The heading as it is printed, with the mark of required columns."""
        return self.written.header[0] + ("*" if self.required else "")


@dataclass(frozen=True, slots=True)
class _List:
    """A code list on its sheet: headings, the columns below them, and where the first one stands."""

    name: str
    headings: tuple[str, ...]
    columns: tuple[tuple[str, ...], ...]
    place: int

    def range_of(self, offset: int) -> str:
        """The cells of one of its columns, as a formula names them."""
        letter = xl_col_to_name(self.place + offset, col_abs=True)
        return f"{_zh('sheet_lists')}!{letter}$2:{letter}${len(self.columns[0]) + 1}"


class _Template:
    """The three sheets of one workbook."""

    def __init__(self, book: Any, mapping: mappings.Mapping) -> None:
        self._book, self._mapping, self._form = book, mapping, mapping.form
        self._columns = tuple(_columns(mapping.form))
        self._lists = {listed.name: listed for listed in _lists(mapping, self._columns)}
        self._wrap = book.add_format({"text_wrap": True, "valign": "top"})
        self._bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1})

    def write(self, rows: Worksheet, guide: Worksheet, lists: Worksheet) -> None:
        """Fill the three sheets; the one with the rows is the one that opens."""
        self._write_rows(rows)
        self._write_guide(guide)
        self._write_lists(lists)
        rows.activate()

    def _write_rows(self, sheet: Worksheet) -> None:
        sheet.freeze_panes(1, 1)
        sheet.set_row(0, 32)
        for column in self._columns:
            look: dict[str, Any] = {"bold": True, "text_wrap": True, "bg_color": _LOOKS[column.part]}
            if column.required:
                look["font_color"] = "#9C0006"
            shape = self._book.add_format({"num_format": _SHAPES.get(column.recipe.kind, "@")})
            sheet.set_column(column.place, column.place, column.written.width, shape)
            sheet.write_string(0, column.place, column.heading, self._book.add_format(look))
            sheet.data_validation(1, column.place, MOST_ROWS, column.place, self._validation(column))

    def _validation(self, column: _Column) -> dict[str, Any]:
        explain, recipe = column.written.explain, column.recipe
        options: dict[str, Any] = {"validate": "any"}
        if explain is not None:
            options |= {"input_title": column.written.header[0][:32], "input_message": explain.zh[:255]}
        if recipe.kind == "yes_no":
            options |= {"validate": "list", "source": _zh("choices_yes_no").split("、")}
        elif recipe.codes and recipe.kind != "list":
            options |= {"validate": "list", "source": self._source(recipe)}
        return options

    def _source(self, recipe: Recipe) -> str:
        """Return the range of a code list; a dependent list shows what belongs to the cell it depends on."""
        listed = self._lists[str(recipe.codes)]
        if recipe.within is None:
            return "=" + listed.range_of(0)
        owner = self._form.finding.fields[recipe.within].column
        place = next(column.place for column in self._columns if column.name == owner)
        cell, owners = f"${xl_col_to_name(place)}2", listed.range_of(1)
        first = listed.range_of(0).split(":")[0]
        return f"=OFFSET({first},MATCH({cell},{owners},0)-1,0,COUNTIF({owners},{cell}),1)"

    def _write_guide(self, sheet: Worksheet) -> None:
        for place, width in enumerate((24, 10, 14, 60, 32, 28)):
            sheet.set_column(place, place, width)
        line = 0
        for words in self._form.guide:
            sheet.merge_range(line, 0, line, 5, "", self._wrap)
            sheet.write_string(line, 0, f"{line + 1}. {words.zh}\n{words.en}", self._wrap)
            sheet.set_row(line, 48)
            line += 1
        line += 1
        codes = ("guide_column", "guide_part", "guide_required", "guide_explain", "guide_example")
        for place, code in enumerate((*codes, "guide_choices")):
            sheet.write_string(line, place, _both(code), self._bold)
        for column in self._columns:
            line += 1
            explain = column.written.explain
            said = "" if explain is None else f"{explain.zh}\n{explain.en}"
            example = column.written.example
            cells = (column.heading, _both(f"part_{column.part}"), _required(column), said, example)
            for place, cell in enumerate((*cells, _choices(column.recipe))):
                sheet.write_string(line, place, cell, self._wrap)

    def _write_lists(self, sheet: Worksheet) -> None:
        columns = [
            (listed.place + offset, (heading, *cells))
            for listed in self._lists.values()
            for offset, (heading, cells) in enumerate(zip(listed.headings, listed.columns, strict=True))
        ]
        sheet.set_column(0, max(place for place, _ in columns), 22)
        sheet.freeze_panes(1, 0)
        for line in range(max(len(cells) for _, cells in columns)):
            for place, cells in columns:
                if line < len(cells):
                    sheet.write_string(line, place, cells[line], self._wrap if line else self._bold)


def _columns(form: MappingFile) -> Iterator[_Column]:
    """Yield the columns in their order, each with the first recipe that reads it."""
    dates = {date: reading.source for date, reading in form.dates.items()}
    readers: dict[str, tuple[str, Recipe]] = {}
    for part, fields in (("inspection", form.inspection.fields), ("finding", form.finding.fields)):
        for recipe in fields.values():
            source = recipe.column or dates.get(recipe.date or "")
            if source is not None:
                readers.setdefault(source, (part, recipe))
    for place, (name, written) in enumerate(form.columns.items()):
        part, recipe = readers.get(name, ("inspection", Recipe(column=name)))
        yield _Column(name, place, written, part, recipe, recipe.required or name in form.inspection.key)


def _lists(mapping: mappings.Mapping, columns: tuple[_Column, ...]) -> Iterator[_List]:
    """Yield every code list that a column uses, side by side with a free column between."""
    place = 0
    seen = set()
    for column in columns:
        name = column.recipe.codes
        if name is None or name in seen:
            continue
        seen.add(name)
        title = column.written.header[0]
        if column.recipe.within is None:
            terms = [("", term) for term in mapping.vocabularies[name]]
        else:
            owners = mapping.vocabularies[column.recipe.within]
            terms = [
                (owner.zh, term) for owner in owners for term in mapping.vocabularies[f"{name}.{owner.code}"]
            ]
        listed = (
            tuple(term.zh for _, term in terms),
            tuple(owner for owner, _ in terms),
            tuple(term.code for _, term in terms),
        )
        headings = (title, _both("list_within") if column.recipe.within else "", _both("list_code"))
        yield _List(name, headings, listed, place)
        place += len(headings) + 1


def _required(column: _Column) -> str:
    if not column.required:
        return _both("required_not")
    return _both("required_always" if column.part == "inspection" else "required_with_finding")


def _choices(recipe: Recipe) -> str:
    if recipe.kind == "yes_no":
        return _both("choices_yes_no")
    if recipe.codes is None:
        return _both("choices_none")
    return _both("choices_several" if recipe.kind == "list" else "choices_list")
