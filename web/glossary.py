"""The terms of the trade: their names in both languages, what they mean, and the article that says so."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from engine.core.basis import NO_ARTICLE, basis_of
from rules.data_file import Fields, read_as, read_data
from web.wording import Words

FILE = Path(__file__).with_name("glossary.yaml")
EXPLAINED = Path(__file__).with_name("explained.yaml")
READ = ("V", "SEED")
"""Marks of what was read; an article with another one is shown as not verified."""


@dataclass(frozen=True, slots=True)
class Term:
    """One term; `about` is empty where its name says all, `law` where no article was read."""

    id: str
    zh: str
    en: str
    about: Mapping[str, str]
    law: str
    verified: bool

    def meaning(self, words: Words) -> str:
        """What it means and where that stands, in one language; where nothing more is known, the name in the other."""
        said = self.about.get(words.language) or (self.en if words.language == "zh" else self.zh)
        pending = "" if self.verified or not self.law else words("common.pending_check")
        return " ".join(part for part in (said, self.law, pending) if part)


@dataclass(frozen=True, slots=True)
class Group:
    """Terms of one part of the trade, in the order of a case."""

    id: str
    zh: str
    en: str
    terms: tuple[Term, ...]


@cache
def glossary() -> tuple[Group, ...]:
    """Every group of terms; raises DataFault where the file says it wrongly."""
    return read_as(FILE, lambda data: tuple(_group(one, at) for at, one in enumerate(data)))


def _group(data: Any, at: int) -> Group:
    fields = Fields(data, f"/{at}", ("id", "zh", "en", "terms"))
    terms = tuple(_term(one, f"/{at}/terms/{place}") for place, one in enumerate(fields.items("terms")))
    return Group(fields.text("id"), fields.text("zh"), fields.text("en"), terms)


def _term(data: Any, at: str) -> Term:
    fields = Fields(data, at, ("id", "zh", "en", "about", "basis", "mark"))
    about = Fields(fields.take("about"), f"{at}/about", ("zh", "en")) if fields.has("about") else None
    basis, mark = fields.text_or_none("basis"), fields.text_or_none("mark") or ""
    return Term(
        fields.text("id"),
        fields.text("zh"),
        fields.text("en"),
        {name: about.text(name) for name in ("zh", "en")} if about else {},
        _law(basis, mark),
        mark.startswith(READ),
    )


def _law(basis: str | None, mark: str) -> str:
    told = basis_of(basis, mark) if basis else None
    if told is None:
        return ""
    return f"《{told['title']}》" + ("" if told["article"] == NO_ARTICLE else told["article"])


@cache
def _by_id() -> Mapping[str, Term]:
    return {term.id: term for group in glossary() for term in group.terms}


def term_of(id: str) -> Term:
    """The term of that id; raises KeyError, so that no page points at a term that is not explained."""
    return _by_id()[id]


@cache
def explained() -> Mapping[str, Mapping[str, str]]:
    """Chart → word in the name of a state or step → id of the term that explains it, in the order in which they count."""
    words: Mapping[str, Mapping[str, str]] = read_data(EXPLAINED)
    return words


def term_for(chart: str, zh: str) -> str:
    """The id of the term that explains a state or step of that chart by its Chinese name; empty where none does."""
    return next((id for word, id in explained().get(chart, {}).items() if word in zh), "")


def sought_terms(words: str) -> tuple[Group, ...]:
    """The groups with those of their terms that hold every word, in either language."""
    wanted = words.casefold().split()
    found = (
        Group(group.id, group.zh, group.en, tuple(one for one in group.terms if _holds(one, wanted)))
        for group in glossary()
    )
    return tuple(group for group in found if group.terms)


def _holds(term: Term, wanted: list[str]) -> bool:
    text = " ".join((term.zh, term.en, *term.about.values(), term.law)).casefold()
    return all(word in text for word in wanted)
