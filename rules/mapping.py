"""Mapping files loaded and checked: every name in them leads somewhere before a row is read."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from collections.abc import Mapping as Lookup
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pydantic import ValidationError

from rules.data_file import DataFault, read_data
from rules.mapping_schema import DateReading, MappingFile, Noted, Pieces, Recipe, Words

HERE = Path(__file__).parent

_DATE_TOKENS = {
    "YYYY": r"(?P<year>\d{4})",
    "MM": r"(?P<month>\d{2})",
    "M": r"(?P<month>\d{1,2})",
    "DD": r"(?P<day>\d{2})",
    "D": r"(?P<day>\d{1,2})",
    "hh": r"(?P<hour>\d{2})",
    "h": r"(?P<hour>\d{1,2})",
    "mm": r"(?P<minute>\d{2})",
    "ss": r"(?P<second>\d{2})",
}


class MappingFault(ValueError):
    """A mapping file that cannot be used, with everything that is wrong with it."""

    def __init__(self, path: Path, problems: Iterable[str]) -> None:
        self.path, self.problems = path, tuple(problems)
        super().__init__(f"{path.name}: " + "; ".join(self.problems))


@dataclass(frozen=True, slots=True)
class Term:
    """One entry of a code list and every wording under which a cell may name it."""

    code: str
    zh: str
    en: str
    also: tuple[str, ...] = ()


Vocabularies = Lookup[str, tuple[Term, ...]]
"""Code lists by name; a list that depends on another value is named `violation.food`."""


@dataclass(frozen=True, slots=True)
class Mapping:
    """A mapping file that was checked, with its code lists resolved."""

    form: MappingFile
    vocabularies: Vocabularies
    labels: Lookup[str, Lookup[str, str]]
    shapes: Lookup[str, tuple[re.Pattern[str], ...]]

    @property
    def name(self) -> str:
        """The name by which `--mapping` asks for it."""
        return self.form.mapping

    @property
    def source(self) -> str | None:
        """The system the export comes from; the first part of every natural key when it is given."""
        return self.form.source

    def code_of(self, vocabulary: str, label: str) -> str | None:
        """Return the code that a cell names in a code list, None when it names none."""
        return self.labels.get(vocabulary, {}).get(plain(label))


def plain(label: str) -> str:
    """Return a label without the differences nobody means: width, case, spaces."""
    return "".join(unicodedata.normalize("NFKC", label).casefold().split())


def load_mapping(name: str | Path, vocabularies: Vocabularies | None = None) -> Mapping:
    """Return the mapping of this name, or of this file when a path is given; raise MappingFault."""
    known = isinstance(name, str) and re.fullmatch(r"[a-z][a-z0-9_-]{0,30}", name)
    path = HERE / "mappings" / f"{name}.yaml" if known else Path(name)
    try:
        form = MappingFile.model_validate(read_data(path))
    except FileNotFoundError:
        names = ", ".join(sorted(entry.stem for entry in (HERE / "mappings").glob("*.yaml")))
        raise MappingFault(path, [f"no such mapping; there are: {names}"]) from None
    except OSError as error:
        raise MappingFault(path, [error.strerror or "cannot be read"]) from error
    except DataFault as fault:
        raise MappingFault(path, [f"line {fault.line}: {fault.said}"]) from fault
    except ValidationError as error:
        places = (f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors())
        raise MappingFault(path, places) from error
    lists = dict(vocabularies or {}) | {
        name: tuple(Term(code, label, label) for label, code in labels.items())
        for name, labels in form.code_lists.items()
    }
    problems = list(_problems(form, lists))
    if problems:
        raise MappingFault(path, problems)
    labels = {name: _labels(terms) for name, terms in lists.items()}
    shapes = {name: tuple(map(date_shape, reading.shapes)) for name, reading in form.dates.items()}
    return Mapping(form, lists, labels, shapes)


def date_shape(shape: str) -> re.Pattern[str]:
    """Return the pattern of a date shape such as `YYYY-MM-DD` or `M/D/YYYY hh:mm`."""
    pieces = re.split(r"(YYYY|MM|M|DD|D|hh|h|mm|ss)", shape)
    return re.compile("".join(_DATE_TOKENS.get(piece, re.escape(piece)) for piece in pieces), re.ASCII)


@cache
def intake_words() -> Lookup[str, Words]:
    """Return every sentence an import report may hold, by code."""
    words = read_data(HERE / "intake_words.yaml")
    return {code: Words.model_validate(pair) for code, pair in words.items()}


def _labels(terms: Iterable[Term]) -> dict[str, str]:
    return {plain(label): term.code for term in terms for label in (*term.also, term.en, term.zh, term.code)}


def _values(form: MappingFile) -> Iterator[str]:
    yield from form.columns
    for name, lookup in form.lookups.items():
        yield from (f"{name}.{column}" for column in lookup.take)
    for extract in form.extract:
        yield from extract.groups
    yield from form.dates


def _problems(form: MappingFile, lists: Vocabularies) -> Iterator[str]:
    try:
        values = list(_values(form))
        shapes = [date_shape(shape) for reading in form.dates.values() for shape in reading.shapes]
    except re.error as error:
        yield f"a pattern or date shape cannot be read: {error}"
        return
    known = set(values)
    yield from (f"the value {name} is made twice" for name in known if values.count(name) > 1)
    yield from (
        f"a date shape lacks year, month or day: {shape.pattern}" for shape in shapes if not _whole(shape)
    )
    headings = [plain(heading) for column in form.columns.values() for heading in column.header]
    yield from (
        f"the heading {name} belongs to two columns" for name in set(headings) if headings.count(name) > 1
    )
    yield from (
        f"{where}: no value is called {name}" for where, name in _names_used(form) if name not in known
    )
    for part, fields in (("inspection", form.inspection.fields), ("finding", form.finding.fields)):
        for path, recipe in fields.items():
            yield from (
                f"{part}.{path}: {problem}" for problem in _recipe_problems(recipe, fields, form.dates, lists)
            )
    yield from _kind_problems(form)


def _whole(shape: re.Pattern[str]) -> bool:
    return {"year", "month", "day"} <= set(shape.groupindex)


def _names_used(form: MappingFile) -> Iterator[tuple[str, str]]:
    for name, lookup in form.lookups.items():
        yield from ((f"lookups.{name}", value) for value in lookup.key.values())
    yield from (("extract", extract.source) for extract in form.extract)
    yield from ((f"dates.{name}", reading.source) for name, reading in form.dates.items())
    for check in form.checks:
        yield from (
            (f"checks.{check.code}", name) for name in (check.date, check.before, check.after) if name
        )
    yield from (("inspection.key", name) for name in form.inspection.key)
    parts: tuple[Noted, ...] = (form.inspection, form.finding, *form.proceedings)
    for part in parts:
        yield from _piece_names("stated_dates", part.stated_dates)
        yield from _piece_names("unknown_items", part.unknown_items)
    for proceeding in form.proceedings:
        yield from ((proceeding.kind, choice.when) for choice in proceeding.states if choice.when)
    for fields in (form.inspection.fields, form.finding.fields):
        for path, recipe in fields.items():
            yield from ((path, name) for name in (recipe.column, recipe.date) if name)
            yield from _piece_names(path, recipe.text or ())


def _piece_names(where: str, pieces: Pieces) -> Iterator[tuple[str, str]]:
    for piece in pieces:
        yield from ((where, name) for name in piece.names)
        yield from ((where, name) for name in (piece.when, piece.unless) if name)


def _recipe_problems(
    recipe: Recipe, fields: Lookup[str, Recipe], dates: Lookup[str, DateReading], lists: Vocabularies
) -> Iterator[str]:
    sources = (recipe.column, recipe.constant, recipe.text, recipe.date)
    if sum(source is not None for source in sources) != 1:
        yield "exactly one of column, constant, text, date"
    if (recipe.kind in ("date", "instant")) != (recipe.date is not None):
        yield "`as: date` and `as: instant` go with `date`, and only they do"
    if recipe.date is not None and recipe.date not in dates:
        yield f"no date is called {recipe.date}"
    if recipe.within is not None and recipe.within not in fields:
        yield f"no member is called {recipe.within}"
    if recipe.codes is not None:
        whole = recipe.codes in lists
        parts = any(name.startswith(recipe.codes + ".") for name in lists)
        if not (parts if recipe.within else whole):
            yield f"no code list is called {recipe.codes}"
    elif recipe.within or recipe.otherwise or recipe.blank:
        yield "`within`, `otherwise` and `blank` go with `codes`"


def _kind_problems(form: MappingFile) -> Iterator[str]:
    carried = form.kind == "carry_over"
    stated = (form.inspection.present_state, form.finding.present_state)
    if carried and (form.source is None or None in stated):
        yield "carry_over needs source and the present_state of inspection and finding"
    if not carried and (any(stated) or form.proceedings or form.finding.stated_dates):
        yield "intake records are new: no present_state, stated_dates or proceedings"
    for check in form.checks:
        if (check.before is None) == (check.after is None):
            yield f"checks.{check.code}: exactly one of before, after"
