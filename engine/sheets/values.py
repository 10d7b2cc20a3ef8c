"""How facts are written in cells: codes in words, money in yuan, days as days; what is not on record is nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from engine.core.calendar import SHANGHAI
from engine.core.chart import Charts
from engine.documents.content import clean
from rules.facts import FactDictionary
from rules.intake_lists import intake_vocabularies
from rules.offices import Office

Cell = str | int | Decimal | date | datetime | None
"""Text, number, sum in yuan, civil date, instant of Shanghai, or nothing."""
YES, NO = "是", "否"
BETWEEN = "；"
BEGINS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""Text that programs of tables would take for a formula when it is typed or read anew."""
CELL_LENGTH_MAX = 32_000
"""A cell of a workbook holds 32,767 characters."""


@dataclass(frozen=True, slots=True)
class Values:
    """The words that cells are written in."""

    charts: Charts
    vocabularies: Mapping[str, Mapping[str, str]]
    """Code lists of intake, and `department`: code → Chinese."""
    violations: Mapping[str, Mapping[str, str]]
    routes: Mapping[str, str]

    def fact(self, name: str, value: Any) -> Cell:
        """The value of a step's fact; money in yuan."""
        declared = self.charts.dictionary["facts"].get(name, {})
        write = _WRITERS.get(declared.get("type", "text"), _text)
        if isinstance(value, list) and declared.get("type") != "officers":
            return joined([write(self, declared, one) for one in value], "、")
        return write(self, declared, value)

    def coded(self, vocabulary: str, value: Any) -> Cell:
        """A code, or several, in the words of its list; plain text where it has none."""
        if isinstance(value, list):
            return joined([self.coded(vocabulary, one) for one in value], "、")
        if isinstance(value, Mapping):
            return person(value)
        return self.vocabularies.get(vocabulary, {}).get(str(value)) or text(value)


def values_of(charts: Charts, facts: FactDictionary, office: Office) -> Values:
    """The words of the house."""
    lists = {
        name: {term.code: term.zh for term in terms}
        for name, terms in intake_vocabularies(facts, office).items()
    }
    departments = {code: one.short for code, one in office.departments.items()}
    violations = {
        domain: {code: word.zh for code, word in listed.items()}
        for domain, listed in facts.vocabulary.violations.items()
    }
    routes = {code: word.zh for code, word in facts.vocabulary.routes.items()}
    return Values(charts, {**lists, "department": departments}, violations, routes)


def text(value: Any) -> str | None:
    """The value as inert text of one cell: no control characters, no switches of direction; nothing for none."""
    if value is None:
        return None
    told = str(value)
    # What is all printable holds nothing to be taken out, and most text is.
    kept = told.strip() if told.isprintable() else clean(told)
    return kept[:CELL_LENGTH_MAX] or None


def person(value: Mapping[str, Any]) -> str | None:
    """A person as sheets name one: name, and number of the certificate where it is known."""
    certificate = value.get("certificate_no")
    return text(f"{value.get('name', '')}（{certificate}）" if certificate else value.get("name"))


def civil(value: Any) -> Cell:
    """A civil date or an instant of Shanghai, whichever it is; text that is neither stays text."""
    if isinstance(value, datetime):
        return value.astimezone(SHANGHAI)
    if isinstance(value, date):
        return value
    try:
        if len(str(value)) == len("2024-05-13"):
            return date.fromisoformat(value)
        return datetime.fromisoformat(value).astimezone(SHANGHAI)
    except (TypeError, ValueError):
        return text(value)


def day(value: Any) -> Cell:
    """The civil day of a date or instant."""
    told = civil(value)
    return told.date() if isinstance(told, datetime) else told


def joined(cells: Sequence[Cell], between: str = BETWEEN) -> Cell:
    """The cell alone where there is one, else all different ones as one text."""
    kept = list(dict.fromkeys(cell for cell in cells if cell is not None))
    if len(kept) < 2:
        return kept[0] if kept else None
    return text(between.join(plain(cell) for cell in kept))


def plain(cell: Cell) -> str:
    """The cell as text: an instant to the minute, a sum with two decimals."""
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return cell.strftime("%Y-%m-%d %H:%M")
    return str(cell)


Write = Callable[[Values, Mapping[str, Any], Any], Cell]


def _text(_: Values, __: Mapping[str, Any], value: Any) -> Cell:
    return text(value)


def _code(values: Values, declared: Mapping[str, Any], value: Any) -> Cell:
    listed = values.charts.dictionary["vocabularies"].get(declared.get("vocabulary"), ())
    return next((str(one["zh"]) for one in listed if one["code"] == value), text(value))


def _people(_: Values, __: Mapping[str, Any], value: Any) -> Cell:
    people = value if isinstance(value, list) else [value]
    return joined([person(one) if isinstance(one, Mapping) else text(one) for one in people], "、")


_WRITERS: Mapping[str, Write] = {
    "text": _text,
    "code": _code,
    "department": lambda values, _, value: values.coded("department", value),
    "officers": _people,
    "officer": _people,
    "boolean": lambda _, __, value: YES if value else NO,
    "date": lambda _, __, value: civil(value),
    "instant": lambda _, __, value: civil(value),
    "money_fen": lambda _, __, value: yuan(value),
    "integer": lambda _, __, value: int(value),
}


def yuan(fen: int) -> Decimal:
    """The sum in yuan, exact to the fen."""
    return (Decimal(fen) / 100).quantize(Decimal("0.01"))
