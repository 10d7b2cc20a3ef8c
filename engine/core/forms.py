"""The form of a row: which facts a step asks for, of which type, with one JSON schema and one reader."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from engine.core.chart import Row
from engine.core.fact_types import (
    DOCUMENT_SCHEMA,
    TEXT_LENGTH_MAX,
    FactType,
    Names,
    escaped,
    read_document,
    read_fact,
    schema_of,
)
from engine.core.refusals import Faults

HEADS = frozenset({"unit_head", "department_head"})
"""Who may enter late what happened before, and says why."""


@dataclass(frozen=True, slots=True)
class Form:
    """The facts of one row: required, optional, and the papers that may stand in for or beside the house's own."""

    required: tuple[FactType, ...]
    optional: tuple[FactType, ...]
    documents: tuple[tuple[str, str], ...]

    def schema(self) -> dict[str, Any]:
        """JSON Schema 2020-12 of the facts."""
        properties = {fact.name: schema_of(fact) for fact in (*self.required, *self.optional)}
        for kind, title in self.documents:
            # a fact may bear the name of the paper that shows it; the house then issues the paper from the fact
            properties.setdefault(kind, {**DOCUMENT_SCHEMA, "title": title})
        return {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "type": "object",
            "properties": properties,
            "required": [fact.name for fact in self.required],
            "additionalProperties": False,
        }

    def read(self, given: Mapping[str, Any], faults: Faults, names: Names) -> dict[str, Any]:
        """The facts as the core keeps them (codes, ISO texts, named persons); every fault goes to `faults`."""
        known = {fact.name: fact for fact in (*self.required, *self.optional)}
        papers = {kind for kind, _ in self.documents}
        read: dict[str, Any] = {}
        for name, value in given.items():
            pointer = f"/facts/{escaped(name)}"
            if name in known:
                read[name] = read_fact(known[name], value, pointer, faults, names)
            elif name in papers:
                read[name] = read_document(value, pointer, faults, names)
            else:
                faults.add(pointer, "unknown_field")
        for fact in self.required:
            if fact.name not in given:
                faults.add(f"/facts/{fact.name}", "missing", f"{fact.zh}：必填", f"{fact.en}: required")
        return read


class Forms:
    """The forms of all rows, made once from the dictionary."""

    def __init__(self, dictionary: Mapping[str, Any]) -> None:
        self._dictionary = dictionary
        self.facts = {name: self._fact(name) for name in dictionary["facts"]}
        self.of = lru_cache(maxsize=None)(self._form)

    def fact(self, name: str) -> FactType:
        """The fact of that name; KeyError when the dictionary has none."""
        return self.facts[name]

    def _fact(self, name: str) -> FactType:
        declared = self._dictionary["facts"][name]
        words = self._dictionary["vocabularies"].get(declared.get("vocabulary"), [])
        codes = tuple((word["code"], word["zh"], word["en"]) for word in words)
        longest = declared.get("longest", TEXT_LENGTH_MAX)
        many = bool(declared.get("many"))
        return FactType(name, declared["type"], declared["zh"], declared["en"], codes, many, longest)

    def _form(self, row: Row) -> Form:
        optional = [self.facts[name] for name in row.optional]
        if not row.at_once or (row.legal_date is not None and row.by & HEADS):
            optional.append(self.facts["late_reason"])
        documents = tuple((kind, self._dictionary["documents"][kind]["zh"]) for kind in row.documents)
        allowed = dict(row.allows)
        required = tuple(_narrowed(self.facts[name], allowed.get(name)) for name in row.requires)
        return Form(required, tuple(optional), documents)


def _narrowed(fact: FactType, codes: tuple[str, ...] | None) -> FactType:
    if codes is None:
        return fact
    return replace(fact, vocabulary=tuple(word for word in fact.vocabulary if word[0] in codes))
