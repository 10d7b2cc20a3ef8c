"""The rules as plain Python predicates, and which facts a rule still lacks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from rules.conditions import All, Comparison, Condition
from rules.facts import FactDictionary
from rules.predicates import COMPARE, Facts, Predicate, predicate
from rules.rulebook import Rulebook
from rules.schema import Rule


def missing_facts(condition: Condition, facts: Facts, dictionary: FactDictionary) -> tuple[str, ...]:
    """The unknown facts that leave the condition undetermined (three-valued logic); empty when it is not."""
    verdict, missing = _kleene(condition, facts, dictionary)
    return tuple(dict.fromkeys(missing)) if verdict is None else ()


def _kleene(
    condition: Condition, facts: Facts, dictionary: FactDictionary
) -> tuple[bool | None, tuple[str, ...]]:
    if isinstance(condition, Comparison):
        value, unknown = facts[condition.fact], dictionary.by_name[condition.fact].unknown
        if unknown is not None and value == unknown:
            return None, (condition.fact,)
        return COMPARE[condition.operator](value, condition.value), ()
    decisive = not isinstance(condition, All)
    missing: tuple[str, ...] = ()
    for part in condition.parts:
        verdict, lacking = _kleene(part, facts, dictionary)
        if verdict is decisive:
            return decisive, ()
        missing += lacking
    return (None if missing else not decisive), missing


@dataclass(frozen=True, slots=True)
class PythonEvaluator:
    """The first of the two evaluators: predicates over the facts as they are."""

    rules: tuple[tuple[Rule, Predicate], ...]

    def fired(self, facts: Facts, on: date) -> tuple[str, ...]:
        """Keys of the rules in force whose condition holds, in the order of the rulebook."""
        return tuple(rule.key for rule, holds in self.rules if rule.in_force(on) and holds(facts))


def python_evaluator(rulebook: Rulebook) -> PythonEvaluator:
    """The rulebook as plain Python predicates."""
    return PythonEvaluator(tuple((rule, predicate(rule.when)) for rule in rulebook.rules))
