"""Rules in words: facts, their values, conditions and what follows, in the reader's language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from engine.house import House
from rules.conditions import All, Comparison, Condition
from rules.facts import Value
from rules.schema import Rule
from rules.teller import OPERATORS
from web.naming import AMOUNT, Names
from web.wording import Words


class RuleWords:
    """Says rules in one language; titles of rules are Chinese, and in English their description stands instead."""

    def __init__(self, house: House, words: Words) -> None:
        self._facts, self._words = house.facts, words
        self._names = Names(house, words)

    def fact(self, name: str) -> str:
        """What the fact is called; sums are told in yuan."""
        if self._words.language == "zh":
            return self._facts.by_name[name].title
        return name.removesuffix(AMOUNT).replace("_", " ").capitalize()

    def facts(self, names: Iterable[str]) -> str:
        """What the facts are called, in one line."""
        return self._words.comma.join(self.fact(name) for name in names)

    def value(self, name: str, value: Value) -> str:
        """The value of a fact in words; where nothing is known, that."""
        fact = self._facts.by_name[name]
        if fact.unknown is not None and value == fact.unknown:
            return self._words("common.unknown")
        word = fact.vocabulary.get(value) if isinstance(value, str) else None
        return self._words.of(word) if word else self._names.value(name, value)

    def stated(self, name: str, value: Value) -> str:
        """The fact with its value."""
        return f"{self.fact(name)}{self._words.colon}{self.value(name, value)}"

    def condition(self, condition: Condition) -> dict[str, Any]:
        """The condition as pages lay it out: a sentence, or `all` or `any` of the parts below it."""
        if isinstance(condition, Comparison):
            return {"kind": "one", "text": self._comparison(condition)}
        kind = "all" if isinstance(condition, All) else "any"
        return {"kind": kind, "parts": [self.condition(part) for part in condition.parts]}

    def title(self, rule: Rule) -> str:
        """What the rule is called."""
        return rule.title if self._words.language == "zh" else rule.description

    def routes(self, codes: Iterable[str]) -> str:
        """The names of routes, in one line."""
        return self._words.comma.join(self._names.route(code) for code in codes)

    def flags(self, codes: Iterable[str]) -> str:
        """The names of credit flags, in one line."""
        return self._listed(self._facts.vocabulary.flags, codes)

    def shut(self, codes: Iterable[str]) -> str:
        """What is shut, in one line."""
        return self._listed(self._facts.vocabulary.shut, codes)

    def grounds(self, codes: Iterable[str]) -> str:
        """The names of grounds, in one line."""
        return self._listed(self._facts.vocabulary.grounds, codes)

    def notes(self, codes: Iterable[str]) -> list[str]:
        """The sentences of notes."""
        return [self._names.note(code) for code in codes]

    def departments(self, codes: Iterable[str]) -> str:
        """The names of departments, in one line."""
        return self._words.comma.join(self._names.department(code) for code in codes)

    def outcome(self, word: str) -> str:
        """The name of a route or of a flag."""
        return self.flags([word]) if word in self._facts.vocabulary.flags else self.routes([word])

    def _comparison(self, one: Comparison) -> str:
        values = one.value if isinstance(one.value, tuple) else (one.value,)
        said = self._words.comma.join(self.value(one.fact, value) for value in values)
        operator = "is" if len(values) == 1 and one.operator == "in" else OPERATORS[one.operator]
        return self._words(f"operator.{operator}", fact=self.fact(one.fact), value=said)

    def _listed(self, words: Mapping[str, Any], codes: Iterable[str]) -> str:
        return self._words.comma.join(self._words.of(words.get(code, {})) or code for code in codes)
