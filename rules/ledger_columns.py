"""The columns of a sheet of the ledger (台账) as data: where each cell comes from, and what an office prints in which order."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rules.data_file import Fields, read_as
from rules.vocabulary import Word

FOLDER = Path(__file__).parent / "sheets"
COLUMNS = FOLDER / "columns.yaml"
KINDS = ("text", "integer", "date", "instant", "yuan")
RECORDS = ("finding", "inspection", "party")
GIVES = ("fact", "day", "paper", "who", "words", "title")
TOLD = (
    *("serial", "uscc", "problem", "routes", "handler", "cause", "extensions", "published_on"),
    *("abnormal_list", "supervision", "overdue", "closed_on", "closed_by"),
)
"""What follows from several records; engine/sheets/told.py says how."""
SOURCES = ("record", "charts", "terms", "state", "told")
PAPERS = ("A3", "A4")


@dataclass(frozen=True, slots=True)
class Clause:
    """Which steps a cell is made of and what it takes of them; None stands for any step or state."""

    gives: str
    name: str = ""
    """The fact or the kind of paper."""
    words: Mapping[str, str] = field(default_factory=dict)
    taken: frozenset[str] | None = None
    into: frozenset[str] | None = None
    every: bool = False


@dataclass(frozen=True, slots=True)
class Edit:
    """What a changed cell asks for: one of these steps, with the cell as its fact and others beside it."""

    charts: tuple[str, ...]
    take: tuple[str, ...]
    fact: str
    given: Mapping[str, str]
    beside: Mapping[str, str]
    """Fact → the other column of the row that says it; the step needs both."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its words, the look of its cells, and its source."""

    code: str
    band: str
    zh: str
    en: str
    width: int
    kind: str
    record: str = ""
    members: tuple[str, ...] = ()
    vocabulary: str = ""
    charts: tuple[str, ...] = ()
    clauses: tuple[Clause, ...] = ()
    terms: tuple[str, ...] = ()
    state: str = ""
    told: str = ""
    edits: tuple[Edit, ...] = ()
    """The first that is open is taken."""
    comment: bool = False
    """A changed cell is a comment on the finding."""
    elsewhere: str = ""
    """Where a change of the cell is made instead, told to whoever makes it in a sheet."""

    @property
    def is_read(self) -> bool:
        """True where a changed cell asks for something."""
        return bool(self.edits) or self.comment


@dataclass(frozen=True, slots=True)
class Layout:
    """How a sheet is printed."""

    paper: str
    pages_wide: int
    repeated: int
    """So many of the first columns stand on every page."""


@dataclass(frozen=True, slots=True)
class LedgerSheet:
    """The ledger sheet of an office: its columns in their order, the bands they stand under, and the layout."""

    title: Word
    layout: Layout
    columns: tuple[Column, ...]
    bands: Mapping[str, Word]


@dataclass(frozen=True, slots=True)
class Known:
    """What the columns may name: charts with their steps and states, facts, papers, terms, code lists."""

    triggers: Mapping[str, Collection[str]]
    states: Mapping[str, Collection[str]]
    facts: Collection[str]
    papers: Collection[str]
    terms: Collection[str]
    vocabularies: Collection[str]


def load_ledger_sheet(office_id: str, known: Known, folder: Path = FOLDER) -> LedgerSheet:
    """The sheet of the office, its columns those of the catalogue; raises DataFault."""
    bands, columns = read_as(folder / COLUMNS.name, lambda data: _catalogue(data, known))
    return read_as(folder / f"{office_id}.yaml", lambda data: _sheet(data, bands, columns))


def _sheet(data: Any, bands: Mapping[str, Word], columns: Mapping[str, Column]) -> LedgerSheet:
    fields = Fields(data, known=("title", "print", "columns"))
    title, chosen = _word(fields, "title"), _chosen(fields, columns)
    layout = _layout(Fields(fields.take("print"), "/print"), chosen)
    fields.done()
    return LedgerSheet(title, layout, tuple(columns[code] for code in chosen), bands)


def _chosen(fields: Fields, columns: Mapping[str, Column]) -> list[str]:
    """The codes in their order; the list may be broken into lists, so that it reads."""
    chosen: list[str] = []
    for position, part in enumerate(fields.items("columns")):
        line = Fields({"columns": part}, f"/columns/{position}").codes("columns", columns)
        for code in line:
            if code in chosen:
                raise fields.fault(f"columns/{position}", "twice", value=code)
            chosen.append(code)
    if not chosen:
        raise fields.fault("columns", "missing", name="columns")
    return chosen


def _layout(fields: Fields, chosen: list[str]) -> Layout:
    repeated = fields.codes("rows_repeated", chosen)
    layout = Layout(
        paper=fields.code("paper", PAPERS),
        pages_wide=fields.integer("pages_wide"),
        repeated=max((chosen.index(code) + 1 for code in repeated), default=0),
    )
    fields.done()
    return layout


def _catalogue(data: Any, known: Known) -> tuple[dict[str, Word], dict[str, Column]]:
    fields = Fields(data, known=("bands", "columns"))
    said, listed = fields.take("bands"), fields.take("columns")
    fields.done()
    bands = {code: _word(Fields({code: word}, "/bands"), code) for code, word in said.items()}
    columns = {
        code: _column(code, Fields(one, f"/columns/{code}"), bands, known, listed)
        for code, one in listed.items()
    }
    return bands, columns


def _word(fields: Fields, code: str) -> Word:
    word = Fields(fields.take(code), fields.where(code))
    read = Word(code, word.text("zh"), word.text("en"))
    word.done()
    return read


def _column(
    code: str, fields: Fields, bands: Collection[str], known: Known, listed: Collection[str]
) -> Column:
    source = _source(fields)
    edits = [
        _edit(Fields(one, fields.where(f"edit/{place}")), known, listed)
        for place, one in enumerate(fields.items("edit"))
    ]
    column = Column(
        code=code,
        band=fields.code("band", bands),
        zh=fields.text("zh"),
        en=fields.text("en"),
        width=fields.integer("width"),
        kind=fields.code("kind", KINDS) if fields.has("kind") else "text",
        edits=tuple(edits),
        comment=fields.boolean("comment", False),
        elsewhere=fields.text_or_none("elsewhere") or "",
        **_SOURCES[source](fields, known),
    )
    fields.done()
    return column


def _edit(fields: Fields, known: Known, listed: Collection[str]) -> Edit:
    charts = fields.codes("charts", known.triggers)
    steps = sorted({one for chart in charts for one in known.triggers[chart]})
    said = Fields(fields.take("given"), fields.where("given"), known.facts) if fields.has("given") else None
    given = {name: said.text(name) for name in known.facts if said.has(name)} if said is not None else {}
    told = (
        Fields(fields.take("beside"), fields.where("beside"), known.facts) if fields.has("beside") else None
    )
    beside = {name: told.code(name, listed) for name in known.facts if told.has(name)} if told else {}
    edit = Edit(charts, fields.codes("take", steps), fields.code("fact", known.facts), given, beside)
    fields.done()
    return edit


def _source(fields: Fields) -> str:
    named = [name for name in SOURCES if fields.has(name)]
    if len(named) != 1:
        raise fields.fault("record", "not_one_source", allowed=SOURCES)
    return named[0]


def _of_record(fields: Fields, known: Known) -> dict[str, Any]:
    found = {"record": fields.code("record", RECORDS), "members": fields.codes("members")}
    coded = fields.has("vocabulary")
    return {**found, "vocabulary": fields.code("vocabulary", known.vocabularies) if coded else ""}


def _of_charts(fields: Fields, known: Known) -> dict[str, Any]:
    charts = fields.codes("charts", known.triggers)
    clauses = [
        _clause(Fields(one, fields.where(f"from/{position}")), charts, known)
        for position, one in enumerate(fields.items("from"))
    ]
    return {"charts": charts, "clauses": tuple(clauses)}


def _clause(fields: Fields, charts: Collection[str], known: Known) -> Clause:
    triggers = {one for chart in charts for one in known.triggers[chart]}
    states = {one for chart in charts for one in known.states[chart]}
    named = [name for name in GIVES if fields.has(name)]
    if len(named) != 1:
        raise fields.fault("fact", "not_one_source", allowed=GIVES)
    gives, name, words = named[0], "", {}
    if gives == "words":
        said = Fields(fields.take("words"), fields.where("words"), triggers)
        words = {trigger: said.text(trigger) for trigger in sorted(triggers) if said.has(trigger)}
    elif gives in ("fact", "paper"):
        name = fields.code(gives, known.facts if gives == "fact" else known.papers)
    else:
        fields.boolean(gives)
    taken = frozenset(words) if words else _some(fields, "taken", triggers)
    clause = Clause(
        gives, name, words, taken, _some(fields, "into", states), fields.boolean("every", default=False)
    )
    fields.done()
    return clause


def _some(fields: Fields, name: str, allowed: Collection[str]) -> frozenset[str] | None:
    return frozenset(fields.codes(name, sorted(allowed))) if fields.has(name) else None


def _of_terms(fields: Fields, known: Known) -> dict[str, Any]:
    return {"terms": fields.codes("terms", known.terms)}


def _of_state(fields: Fields, known: Known) -> dict[str, Any]:
    return {"state": fields.code("state", known.states)}


def _of_told(fields: Fields, _: Known) -> dict[str, Any]:
    return {"told": fields.code("told", TOLD)}


_SOURCES = {
    "record": _of_record,
    "charts": _of_charts,
    "terms": _of_terms,
    "state": _of_state,
    "told": _of_told,
}
