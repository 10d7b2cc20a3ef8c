"""Templates of papers as the office writes them (rules/documents/*.yaml), checked when they are loaded."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from engine.documents.paper import Align
from rules.data_file import read_data
from rules.faults import nearest

HOUSE = "house.yaml"
"""The file beside the templates that says style, fields and choices of all papers."""

PLACEHOLDER = re.compile(r"\{([a-z_.]+)((?:\|[a-z]+:[^|}]+)*)(?::(\d+))?\}")
"""`{field}`, `{field|boxes:choice}`, `{each.member}`, or `{blank:12}`."""

CONDITION = re.compile(r"(?P<negated>not )?(?P<name>[a-z_.]+)(?: (?P<test>is|has) (?P<value>[^,]+))?")
"""`field`, `not field`, `field is value`, `field has word`."""


def conditions(written: str) -> list[re.Match[str]]:
    """The conditions of a text such as `kind is dated, due_on`, all of which must hold; else ValueError."""
    found = [CONDITION.fullmatch(one) for one in written.split(", ")]
    if None in found:
        raise ValueError(f"not a condition: {written}")
    return [match for match in found if match]


Condition = Annotated[str, AfterValidator(lambda written: written if conditions(written) else "")]


class _Written(BaseModel):
    """Anything an office writes; a misspelt key is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Part(_Written):
    """A piece of a sentence that is printed only under its condition."""

    when: Condition
    text: str


Text = str | tuple[str | Part, ...]


class ParagraphTemplate(_Written):
    """A paragraph, indented by two characters unless it says otherwise."""

    text: Text
    when: Condition | None = None
    align: Align = "left"
    indent: bool = True
    strong: bool = False
    small: bool = False
    keep: bool = False
    space: int = 0


class CellTemplate(_Written):
    """A cell: a printed label, one text, or several paragraphs."""

    label: str | None = None
    text: Text | None = None
    lines: tuple[ParagraphTemplate, ...] = ()
    span: int = 1
    align: Align = "left"


class RowTemplate(_Written):
    """A row; with `each` one row per member of that field, filled up with empty rows to `least`."""

    cells: tuple[str | CellTemplate, ...]
    each: str | None = None
    least: int = 0
    when: Condition | None = None
    height: int = 0


class GridTemplate(_Written):
    """A form grid with relative column widths."""

    columns: tuple[int, ...]
    rows: tuple[RowTemplate, ...]
    border: bool = True
    when: Condition | None = None


class ListTemplate(_Written):
    """Numbered entries, one for each member of the field."""

    entries: str
    each: Text = "{each}"
    lead: str = ""
    when: Condition | None = None


class SealTemplate(_Written):
    """The signature block: organisation, mark of the seal, date of issue."""

    seal: tuple[str, ...]
    when: Condition | None = None


class SlipTemplate(_Written):
    """A slip to tear off below a cutting line."""

    slip: Text
    body: tuple["BlockTemplate", ...]
    when: Condition | None = None


BlockTemplate = ParagraphTemplate | GridTemplate | ListTemplate | SealTemplate | SlipTemplate


class Template(_Written):
    """One paper: its head, its blocks, its foot."""

    kind: str
    title: Text
    organisation: Text
    number: Text = ""
    letterhead: bool = False
    form: bool = False
    bare: bool = False
    choices: dict[str, dict[str, str]] = {}
    body: tuple[BlockTemplate, ...]
    note: Text = ""
    by_hand: tuple[dict[str, str], ...] = ()
    """What no fact says and an officer writes on the paper: told before it is issued and beside it."""


class FieldDeclaration(_Written):
    """What a placeholder means: its Chinese name, its sources, how it is written, how wide its blank is."""

    zh: str
    source: Annotated[tuple[str, ...], Field(alias="from")] = ()
    written: Annotated[
        Literal[
            "text",
            "sentence",
            "clause",
            "date",
            "moment",
            "lines",
            "identifiers",
            "code",
            "money",
            "capitals",
            "rows",
        ],
        Field(alias="as"),
    ] = "text"
    members: Annotated[tuple[str, ...], Field(alias="of")] = ()
    choice: str | None = None
    """Whose words a code is written in; left out, those that the desk tells."""
    blank: int = 8


class Face(_Written):
    """A typeface: families for the PDF, best first; one for Word; points; stroke in em in place of bold."""

    pdf: tuple[str, ...]
    word: str
    size: float
    stroke: float = 0


Margins = tuple[float, float, float, float]


class Style(_Written):
    """The look of every paper; margins (top, bottom, left, right) in millimetres, `pitch` in points."""

    margins: Margins
    form_margins: Margins
    pitch: float
    red: str
    organisation: Face
    letterhead: Face
    title: Face
    body: Face
    strong: Face
    grid: Face
    label: Face
    small: Face

    def around(self, *, form: bool) -> Margins:
        """The margins of a form, or those of any other paper."""
        return self.form_margins if form else self.margins


class HouseRules(_Written):
    """Style, fields and choices that all templates share."""

    style: Style
    choices: dict[str, dict[str, str]]
    fields: dict[str, FieldDeclaration]


class TemplateFault(ValueError):
    """A template names what nobody declared, or its cells do not fill its columns."""

    def __init__(self, file: str, zh: str, en: str, written: str) -> None:
        super().__init__(f"{file}: {zh} · {en}")
        self.zh, self.en, self.written = zh, en, written


def load_house(folder: Path) -> HouseRules:
    """Return what all papers of the folder share."""
    return HouseRules.model_validate(read_data(folder / HOUSE))


def load_template(path: Path, house: HouseRules) -> Template:
    """Return the template, every name in it declared; raise TemplateFault where one is not."""
    template = Template.model_validate(read_data(path))
    if template.kind != path.stem:
        zh, en = (
            f"kind 写的是 {template.kind}，应当与文件名相同",
            f"kind says {template.kind}, not the file's name",
        )
        raise TemplateFault(path.name, zh, en, template.kind)
    choices = house.choices | template.choices
    for name, filters, each in names_in(template):
        _check_name(path.name, name, each, house)
        for filter_name, argument in filters:
            if (filter_name == "boxes" and argument not in choices) or filter_name not in ("boxes", "unless"):
                _refuse(path.name, f"{name}|{filter_name}:{argument}", "不认识", "is not known")
    _check_columns(path.name, template)
    return template


def _refuse(file: str, written: str, zh: str, en: str) -> None:
    raise TemplateFault(file, f"{{{written}}} {zh}", f"{{{written}}} {en}", written)


def _check_columns(file: str, node: object) -> None:
    """Refuse a row whose cells are more or fewer than the columns of its grid."""
    if isinstance(node, GridTemplate):
        for number, row in enumerate(node.rows, start=1):
            width = sum(cell.span if isinstance(cell, CellTemplate) else 1 for cell in row.cells)
            if width != len(node.columns):
                zh = f"表格第{number}行占{width}栏，应当占满{len(node.columns)}栏"
                en = f"row {number} of the grid fills {width} of {len(node.columns)} columns"
                raise TemplateFault(file, zh, en, "columns")
    for block in getattr(node, "body", ()):
        _check_columns(file, block)


def _check_name(file: str, name: str, each: str | None, house: HouseRules) -> None:
    """Refuse a name that is neither a declared field nor a member of the row's field."""
    if name == "blank" or name in house.fields:
        return
    owner = house.fields.get(each or "")
    if owner and owner.written == "code" and name == "each.zh":
        return
    if owner and (name in ("each", "each.number") or name.removeprefix("each.") in owner.members):
        return
    near = nearest(name, house.fields)
    zh = f"没有在 {HOUSE} 中声明" + (f"；是不是想写 {near}？" if near else "")
    en = f"is not declared in {HOUSE}" + (f"; did you mean {near}?" if near else "")
    _refuse(file, name, zh, en)


Named = tuple[str, tuple[tuple[str, str], ...], str | None]


def filters_of(written: str) -> tuple[tuple[str, str], ...]:
    """The filters of a placeholder, each as name and argument."""
    pairs = (one.partition(":") for one in written.split("|")[1:])
    return tuple((name, argument) for name, _, argument in pairs)


def names_in(node: object, each: str | None = None) -> Iterator[Named]:
    """Every name the template uses, in reading order: name, filters, the field of the row it stands in."""
    if isinstance(node, str):
        for match in PLACEHOLDER.finditer(node):
            yield match[1], filters_of(match[2]), each
    elif isinstance(node, BaseModel):
        condition = getattr(node, "when", None)
        if condition:
            yield from ((match["name"], (), each) for match in conditions(condition))
        repeated = getattr(node, "entries", None) or getattr(node, "each", None)
        if isinstance(node, ListTemplate | RowTemplate) and isinstance(repeated, str):
            each = repeated
            yield repeated, (), None
        for name in type(node).model_fields:
            if name not in ("when", "entries", "choices") and not (
                name == "each" and isinstance(node, RowTemplate)
            ):
                yield from names_in(getattr(node, name), each)
    elif isinstance(node, tuple):
        for member in node:
            yield from names_in(member, each)
