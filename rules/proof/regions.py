"""Where proofs look: each violation of each domain, under each set of rules that stands for it on some day."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from rules.facts import Value
from rules.proof.space import Space
from rules.rulebook import Rulebook
from rules.schema import Rule

PROVEN_FROM = date(2024, 1, 1)
"""The plan of the office is that of 2024: what stood before decides nothing that is found under it."""


@dataclass(frozen=True, slots=True)
class Region:
    """All facts with this domain and violation, from the day on as long as the same rules stand for them."""

    domain: str
    violation: str
    on: date
    rules: tuple[Rule, ...]

    def space(self, book: Rulebook, **fixed: Value) -> Space:
        """Its facts; those named besides are fixed too."""
        return Space(book.facts, {"domain": self.domain, "violation": self.violation, **fixed})

    def as_data(self) -> dict[str, str]:
        """The region as a report names it."""
        return {"domain": self.domain, "violation": self.violation, "on": self.on.isoformat()}


def regions(book: Rulebook, since: date = PROVEN_FROM) -> Iterator[Region]:
    """Every region, each set of rules once."""
    days = sorted(days_of_change(book, since))
    for domain, violations in book.facts.vocabulary.violations.items():
        for violation in (book.facts.vocabulary.no_violation.code, *violations):
            space = Space(book.facts, {"domain": domain, "violation": violation})
            possible = [rule for rule in book.rules if space.holds(rule.when) is not False]
            seen: set[tuple[str, ...]] = set()
            for on in days:
                rules = tuple(rule for rule in possible if rule.in_force(on))
                keys = tuple(rule.key for rule in rules)
                if keys not in seen:
                    seen.add(keys)
                    yield Region(domain, violation, on, rules)


def days_of_change(book: Rulebook, since: date) -> set[date]:
    """The first day, and each later one on which a rule begins or has just ended."""
    begun = {rule.in_force_from for rule in book.rules}
    over = {rule.in_force_until + timedelta(days=1) for rule in book.rules if rule.in_force_until}
    return {since, *(day for day in begun | over if day > since)}


def shown(book: Rulebook, facts: Mapping[str, Value]) -> dict[str, Value]:
    """The facts of an example that say something: those that differ from their default."""
    defaults = book.facts.defaults()
    return {name: value for name, value in facts.items() if defaults.get(name) != value}
