"""The rules as durable_rules takes them; what is beyond its safe limits is refused here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import product
from typing import Any, TypeAlias

from rules.condition_file import MOST_COMPARISONS
from rules.conditions import All, Comparison, Condition, alternatives
from rules.data_file import DataFault
from rules.facts import Fact, FactDictionary, Value
from rules.predicates import COMPARE, Facts
from rules.rulebook import Rulebook
from rules.schema import Rule

Term: TypeAlias = tuple[str, str, int]
"""A comparison as it crosses to the worker: fact, operator of durable_rules, integer."""

ALWAYS = "always"
"""Name of the rule that fires on every evaluation: an action must run in each session."""
DAY = "on"
"""Name under which the date of the ruling crosses, as a day number."""

MOST_BRANCHES = 64
"""With MOST_COMPARISONS far below the 512 distinct comparisons at which the library runs into an endless loop."""

_DURABLE = {"==": "", "!=": "$neq", "<": "$lt", "<=": "$lte", ">": "$gt", ">=": "$gte"}


@dataclass(frozen=True, slots=True)
class DurableRulesets:
    """The rulebook as durable_rules takes it: one ruleset for each domain, and the facts that cross to it.

    definitions: domain → name of the branch → rule. A branch is called `key#n`; its key is the rule's.
    """

    definitions: Mapping[str, Mapping[str, Any]]
    crossing: Mapping[str, tuple[Fact, ...]]
    numbers: Mapping[str, Mapping[Value, int]]

    def encode(self, facts: Facts, on: date) -> dict[str, int]:
        """The facts that the domain's ruleset compares, as integers: codes by place, true as 1."""
        domain = str(facts["domain"])
        message = {fact.name: self._number(fact, facts[fact.name]) for fact in self.crossing[domain]}
        message[DAY] = on.toordinal()
        return message

    def _number(self, fact: Fact, value: Value) -> int:
        return self.numbers[fact.name][value] if fact.type == "code" else int(value)


def durable_rulesets(rulebook: Rulebook) -> DurableRulesets:
    """The rulebook as rulesets; raises DataFault for a rule that is beyond what is safe to hand over."""
    dictionary = rulebook.facts
    for rule in rulebook.rules:
        # Counted before they are made: a few lists within lists come to more than any memory holds.
        count = alternatives(rule.when)
        if count > MOST_BRANCHES:
            said: dict[str, object] = {"rule": rule.key, "count": count, "most": MOST_BRANCHES}
            raise rulebook.in_file(rule, DataFault("too_many_alternatives", said, field="/when"))
    numbers: dict[str, dict[Value, int]] = {
        name: {code: place for place, code in enumerate(fact.vocabulary)}
        for name, fact in dictionary.by_name.items()
        if fact.type == "code"
    }
    definitions, crossing = {}, {}
    for domain in dictionary.vocabulary.domains:
        branches = {
            f"{rule.key}#{n}": terms
            for rule in rulebook.rules
            for n, terms in enumerate(_branches(rule, domain, dictionary, numbers))
        }
        distinct = {term for terms in branches.values() for term in terms}
        if len(distinct) > MOST_COMPARISONS:
            said = {"domain": domain, "count": len(distinct), "most": MOST_COMPARISONS}
            raise DataFault("too_many_in_domain", said, field="/when")
        names = {fact for fact, _, _ in distinct} - {DAY}
        crossing[domain] = tuple(fact for name, fact in dictionary.by_name.items() if name in names)
        definitions[domain] = {name: _definition(terms) for name, terms in branches.items()}
        definitions[domain][ALWAYS] = _definition(((DAY, "$gte", 0),))
    return DurableRulesets(definitions, crossing, numbers)


def _branches(
    rule: Rule,
    domain: str,
    dictionary: FactDictionary,
    numbers: Mapping[str, Mapping[Value, int]],
) -> list[tuple[Term, ...]]:
    """The rule as alternatives, each a plain AND; those that cannot hold in the domain are left out."""
    dates: tuple[Term, ...] = ((DAY, "$gte", rule.in_force_from.toordinal()),)
    if rule.in_force_until is not None:
        dates += ((DAY, "$lte", rule.in_force_until.toordinal()),)
    found = []
    for alternative in _alternatives(rule.when):
        here = [c for c in alternative if c.fact == "domain"]
        if not all(COMPARE[c.operator](domain, c.value) for c in here):
            continue
        terms = [_term(c, dictionary, numbers) for c in alternative if c.fact != "domain"]
        found.append(tuple(dict.fromkeys((*dates, *terms))))
    return found


def _alternatives(condition: Condition) -> Iterator[tuple[Comparison, ...]]:
    """The condition in disjunctive normal form; `in` becomes one alternative for each code."""
    if isinstance(condition, Comparison):
        if isinstance(condition.value, tuple):
            for code in condition.value:
                yield (Comparison(condition.fact, "==", code),)
        else:
            yield (condition,)
    elif isinstance(condition, All):
        for chosen in product(*(tuple(_alternatives(part)) for part in condition.parts)):
            yield tuple(comparison for part in chosen for comparison in part)
    else:
        for part in condition.parts:
            yield from _alternatives(part)


def _term(c: Comparison, dictionary: FactDictionary, numbers: Mapping[str, Mapping[Value, int]]) -> Term:
    if isinstance(c.value, tuple):
        raise TypeError("`in` is expanded before it crosses")
    number = numbers[c.fact][c.value] if dictionary.by_name[c.fact].type == "code" else int(c.value)
    return c.fact, _DURABLE[c.operator], number


def _definition(terms: tuple[Term, ...]) -> dict[str, Any]:
    parts = [{name: number} if not op else {op: {name: number}} for name, op, number in terms]
    return {"all": [{"m": parts[0] if len(parts) == 1 else {"$and": parts}}]}
