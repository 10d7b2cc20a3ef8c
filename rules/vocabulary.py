"""The closed lists that rules and rulings speak in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rules.data_file import Fields, read_as


@dataclass(frozen=True, slots=True)
class Word:
    """One code of a closed list, with its two names."""

    code: str
    zh: str
    en: str

    def as_data(self) -> dict[str, str]:
        """The shape the public contract gives it."""
        return {"code": self.code, "zh": self.zh, "en": self.en}


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Every closed list, by code and in its order."""

    domains: Mapping[str, Word]
    violations: Mapping[str, Mapping[str, Word]]
    no_violation: Word
    routes: Mapping[str, Word]
    severity: Mapping[str, int]
    proceedings: frozenset[str]
    urgent_transfer_severity: int
    flags: Mapping[str, Word]
    shut: Mapping[str, Word]
    grounds: Mapping[str, Word]
    notes: Mapping[str, Word]
    shut_guards: Mapping[str, tuple[str, ...]]

    def of_proceedings(self) -> dict[str, Word]:
        """The routes that open a proceeding: those a rule may name."""
        return {code: word for code, word in self.routes.items() if code in self.proceedings}

    def every_violation(self) -> dict[str, Word]:
        """All violation codes once, `none` first and the shared `other` last."""
        words = {self.no_violation.code: self.no_violation}
        for listed in self.violations.values():
            words.update(listed)
        words["other"] = words.pop("other")
        return words


def load_vocabulary(path: Path) -> Vocabulary:
    """The closed lists of the file; raises DataFault."""
    return read_as(path, _vocabulary)


def read_words(items: list[Any], at: str) -> dict[str, Word]:
    """Words by code, in order."""
    return _words([Fields(item, f"{at}/{position}") for position, item in enumerate(items)])


def _words(entries: list[Fields]) -> dict[str, Word]:
    words: dict[str, Word] = {}
    for entry in entries:
        word = Word(entry.text("code"), entry.text("zh"), entry.text("en"))
        if word.code in words:
            raise entry.fault("code", "twice", value=word.code)
        entry.done()
        words[word.code] = word
    return words


def _vocabulary(data: Any) -> Vocabulary:
    fields = Fields(data)
    domains = read_words(fields.items("domains"), "/domains")
    listed = Fields(fields.take("violations"), "/violations")
    violations = {code: read_words(listed.items(code), f"/violations/{code}") for code in domains}
    listed.done()
    severity: dict[str, int] = {}
    proceedings: set[str] = set()
    routes = [Fields(item, f"/routes/{position}") for position, item in enumerate(fields.items("routes"))]
    for entry, item in zip(routes, data["routes"], strict=True):
        severity[item.get("code", "")] = entry.integer("severity")
        if entry.boolean("proceeding"):
            proceedings.add(item.get("code", ""))
    shut = read_words(fields.items("shut"), "/shut")
    guards = Fields(fields.take("shut_guards"), "/shut_guards")
    vocabulary = Vocabulary(
        domains=domains,
        violations=violations,
        no_violation=read_words([fields.take("no_violation")], "/no_violation").popitem()[1],
        routes=_words(routes),
        severity=severity,
        proceedings=frozenset(proceedings),
        urgent_transfer_severity=fields.integer("urgent_transfer_severity"),
        flags=read_words(fields.items("flags"), "/flags"),
        shut=shut,
        grounds=read_words(fields.items("grounds"), "/grounds"),
        notes=read_words(fields.items("notes"), "/notes"),
        shut_guards={code: guards.codes(code) for code in shut},
    )
    guards.done()
    fields.done()
    return vocabulary
