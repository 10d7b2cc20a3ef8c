"""Facts and days near every bound of a rulebook, where two evaluators would differ if they did."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random
from typing import Any

from rules.conditions import Comparison, comparisons
from rules.facts import LARGEST_INTEGER, Fact
from rules.rulebook import Rulebook

STRANGE = (-1, 0, 1, LARGEST_INTEGER - 1, LARGEST_INTEGER, 2**31 - 1, 2**31, 2**32 + 1)


class Edges:
    """The figures and days next to which something changes."""

    def __init__(self, book: Rulebook) -> None:
        self.book = book
        bounds = {c.value for rule in book.rules for c in comparisons(rule.when) if type(c.value) is int}
        self.figures = sorted({bound + near for bound in bounds for near in (-1, 0, 1)} | {*STRANGE})
        ends = {rule.in_force_from for rule in book.rules} | {
            rule.in_force_until for rule in book.rules if rule.in_force_until is not None
        }
        self.days = sorted(
            {end + timedelta(days=near) for end in ends for near in (-1, 0, 1)}
            | {date(1990, 1, 1), date(2024, 6, 1), date(2026, 11, 23)}
        )
        self._choices = {fact.name: self._of(fact) for fact in book.facts.by_name.values()}

    def figures_of(self, fact: Fact) -> list[int]:
        """The figures that the fact may have."""
        return [figure for figure in self.figures if figure >= (fact.minimum or 0)]

    def case(self, chance: Random) -> tuple[dict[str, Any], date]:
        """Facts and a day; every second case is drawn near what a rule asks for."""
        facts, on = self.finding(chance), self.day(chance)
        if chance.random() < 0.5:
            return facts, on
        rule = chance.choice(self.book.rules)
        for c in comparisons(rule.when):
            if chance.random() < 0.9:
                facts[c.fact] = self._near(c, chance)
        if not self.book.facts.belongs(facts["domain"], facts["violation"]):
            facts["violation"] = "none"
        return facts, on if chance.random() < 0.3 else max(rule.in_force_from, date(2024, 6, 1))

    def finding(self, chance: Random) -> dict[str, Any]:
        """Facts that may be given: a domain, a violation of it, and about half of the others, unknown ones too."""
        words = self.book.facts.vocabulary
        domain = chance.choice([*words.domains])
        facts: dict[str, Any] = {
            "domain": domain,
            "violation": chance.choice(["none", *words.violations[domain]]),
        }
        for name, choices in self._choices.items():
            if name not in facts and chance.random() < 0.5:
                facts[name] = chance.choice(choices)
        return facts

    def day(self, chance: Random) -> date:
        """A day next to the end of a version, or any other."""
        if chance.random() < 0.8:
            return chance.choice(self.days)
        return date(2000, 1, 1) + timedelta(days=chance.randrange(12_000))

    def _near(self, c: Comparison, chance: Random) -> Any:
        """A value that meets the comparison, or misses it by one."""
        if isinstance(c.value, tuple):
            return chance.choice(c.value)
        if type(c.value) is int:
            return max(c.value + chance.choice((-1, 0, 1)), self.book.facts.by_name[c.fact].minimum or 0)
        return c.value if c.operator == "==" else chance.choice(self._choices[c.fact])

    def _of(self, fact: Fact) -> list[Any]:
        if fact.type == "boolean":
            return [True, False]
        return [*fact.vocabulary] if fact.type == "code" else self.figures_of(fact)
