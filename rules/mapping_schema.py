"""The shape of a mapping file: how an export of another system is read, as data."""

import re
from functools import cached_property
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

PLACEHOLDER = re.compile(r"\{([a-z][a-z0-9_.]*)\}")

Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)?$")]
"""A value of a row: a column, `lookup.column` of a second file, or a part taken out of a column."""

FieldPath = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*(\.([a-z][a-z0-9_]*|[0-9]))*$")]
"""A member of the record that is made: `party.identifiers.0.value`."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Words(_Strict):
    """One thing said in both languages."""

    zh: str
    en: str


class Notice(Words):
    """What the report says of a row, and whether the row is still taken; words may hold `{name}`."""

    code: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]
    severity: Literal["rejected", "warning"]
    each: Literal["row", "inspection"] = "row"


class Column(_Strict):
    """A column by its possible headings; `optional` columns may be absent from the file."""

    header: Annotated[tuple[str, ...], Field(min_length=1)]
    optional: bool = False
    explain: Words | None = None
    example: str = ""
    width: int = 14


class FileShape(_Strict):
    """How the file is laid out; a sheet is asked for in a workbook only."""

    delimiter: Literal[",", ";", "\t", "|"] = ","
    sheet: str | None = None
    extra_columns: Literal["ignored", "refused"] = "ignored"


class Lookup(_Strict):
    """A second file beside the imported one: `key` its heading → value of the row, `take` name → heading."""

    file: Annotated[str, StringConstraints(pattern=r"^[^/\\]+\.(csv|xlsx)$")]
    key: Annotated[dict[str, Name], Field(min_length=1)]
    take: dict[Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")], str]
    missing: Notice | None = None
    repeated: Notice | None = None


class Extract(_Strict):
    """Named groups of a pattern become values; what does not match is noticed or left out."""

    source: Annotated[Name, Field(alias="from")]
    pattern: str
    unmatched: Notice | None = None

    @property
    def groups(self) -> tuple[str, ...]:
        """The values it makes."""
        return tuple(re.compile(self.pattern).groupindex)


class Unreadable(Notice):
    """What to say of a text that is no date; with `matches`, only of such a text."""

    matches: str | None = None


class DateReading(_Strict):
    """A civil date, perhaps with a time: shapes of YYYY MM M DD D hh h mm ss and literal characters."""

    source: Annotated[Name, Field(alias="from")]
    shapes: Annotated[tuple[str, ...], Field(min_length=1)]
    unreadable: tuple[Unreadable, ...] = ()


class Check(Notice):
    """Two dates of the row compared: `date` before or after another, by more than so many days."""

    date: Name
    before: Name | None = None
    after: Name | None = None
    days: Annotated[int, Field(ge=0)] = 0


class Piece(_Strict):
    """A piece of text with `{name}`; it is left out when a name is empty, or as `when`/`unless` say."""

    text: str
    when: Name | None = None
    unless: Name | None = None

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The values that its text holds."""
        return tuple(PLACEHOLDER.findall(self.text))


def _piece(written: object) -> object:
    return {"text": written} if isinstance(written, str) else written


Pieces = tuple[Annotated[Piece, BeforeValidator(_piece)], ...]
"""A text in pieces; a bare string is a piece without conditions."""


class Recipe(_Strict):
    """Where one member comes from, how it is read, and what happens when it is not there."""

    column: Name | None = None
    constant: str | bool | int | list[str] | None = None
    text: Pieces | None = None
    date: Name | None = None
    join: str = ""
    kind: Annotated[
        Literal["text", "code", "integer", "fen", "yes_no", "list", "date", "instant"], Field(alias="as")
    ] = "text"
    at: Annotated[str, StringConstraints(pattern=r"^\d\d:\d\d$")] | None = None
    codes: str | None = None
    within: FieldPath | None = None
    otherwise: str | None = None
    blank: str | None = None
    required: bool = False
    longest: Annotated[int, Field(ge=1)] = 2000


class Noted(_Strict):
    """What an old record says in words: the dates it states, and what it leaves unknown."""

    stated_dates: Pieces = ()
    unknown_items: Pieces = ()


class Part(Noted):
    """The members of a record and, for a carried one, the state in which the old record shows it."""

    present_state: str | None = None
    fields: dict[FieldPath, Recipe]


class InspectionPart(Part):
    """How rows become an inspection: its key columns, and whether a blank cell repeats the row above."""

    key: Annotated[tuple[Name, ...], Field(min_length=1)]
    blank_means_as_above: bool = False


class StateChoice(_Strict):
    """A present state, taken when the named value is there; the first that fits stands."""

    present_state: str
    when: Name | None = None


class ProceedingPart(Noted):
    """A proceeding that every carried finding has, with the state in which the old record shows it."""

    kind: Literal["rectification", "penalty", "transfer", "copy_notice", "criminal_referral", "credit_flag"]
    states: Annotated[tuple[StateChoice, ...], Field(min_length=1)]


class MappingFile(_Strict):
    """A mapping file as it is written."""

    mapping: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_-]{0,30}$")]
    kind: Literal["carry_over", "intake"]
    title: Words
    guide: tuple[Words, ...] = ()
    source: Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,30}$")] | None = None
    file: FileShape = FileShape()
    columns: Annotated[dict[Name, Column], Field(min_length=1)]
    lookups: dict[Name, Lookup] = {}
    extract: tuple[Extract, ...] = ()
    dates: dict[Name, DateReading] = {}
    checks: tuple[Check, ...] = ()
    code_lists: dict[str, dict[str, str]] = {}
    inspection: InspectionPart
    finding: Part
    proceedings: tuple[ProceedingPart, ...] = ()
