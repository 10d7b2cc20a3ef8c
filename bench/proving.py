"""How long the proofs over a rulebook take as it grows, beside reading its files and trying its examples.

python -m bench.proving [RULES]
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from rules.conditions import Comparison, Condition, comparisons
from rules.edition import WORKED
from rules.examination import example_faults
from rules.facts import Value
from rules.proof.declared import Declared, load_declared
from rules.proof.prove import proof_of
from rules.proof.worked import Worked, load_worked
from rules.rulebook import ROOT, Rulebook, load_rulebook
from rules.schema import Rule

RULES = 200
VIOLATION = "violation"


class Grown:
    """The rulebook of the house `times` over: each time with violations, rules and signatures of its own.

    Rules that speak of no violation in particular stay as they are, and meet all the others.
    """

    def __init__(self, times: int) -> None:
        book = load_rulebook()
        self.times, self.book = times, replace(book, facts=replace(book.facts, **self._words(book, times)))
        own = {rule.id: rule for rule in book.rules if _speaks_of_one(rule)}
        self.named = [*own]
        everywhere = [rule for rule in book.rules if not _speaks_of_one(rule)]
        cloned = [_cloned(rule, n) for n in range(times) for rule in book.rules if rule.id in own]
        self.book = replace(self.book, rules=(*everywhere, *cloned))

    def declared(self) -> Declared:
        """What is signed, for every clone."""
        known = load_declared(ROOT, self.book.sets, self.book.facts)
        hands = tuple(
            replace(hand, violations=tuple(_name(code, n) for code in hand.violations))
            for n in range(self.times)
            for hand in known.by_hand
        )
        lawful = tuple(
            replace(one, rules=tuple(self._rule(id, n) for id in one.rules))
            for n in range(self.times)
            for one in known.lawful
        )
        return replace(known, by_hand=hands, lawful=lawful)

    def worked(self) -> tuple[Worked, ...]:
        """The worked rulings, for every clone."""
        known = load_worked(WORKED, load_rulebook().facts)
        return tuple(self._worked(one, n) for n in range(self.times) for one in known)

    def _worked(self, one: Worked, n: int) -> Worked:
        rules = {
            name: tuple(self._rule(id, n) for id in one.expect[name]) for name in ("fired", "suppressed")
        }
        rules = {name: tuple(sorted(ids)) for name, ids in rules.items()}
        return replace(one, facts=_renamed_facts(one.facts, n), expect={**one.expect, **rules})

    def _rule(self, id: str, n: int) -> str:
        return _name(id, n) if id in self.named else id

    def _words(self, book: Rulebook, times: int) -> dict[str, Any]:
        words = book.facts.vocabulary
        violations = {
            domain: {
                _name(code, n): replace(word, code=_name(code, n))
                for n in range(times)
                for code, word in known.items()
            }
            for domain, known in words.violations.items()
        }
        every = {code: word for known in violations.values() for code, word in known.items()}
        listed = {words.no_violation.code: words.no_violation, **every}
        fact = replace(book.facts.by_name[VIOLATION], vocabulary=listed)
        return {
            "vocabulary": replace(words, violations=violations),
            "by_name": {**book.facts.by_name, VIOLATION: fact},
        }


def _speaks_of_one(rule: Rule) -> bool:
    return any(c.fact == VIOLATION and c.operator != "!=" for c in comparisons(rule.when))


def _name(code: str, n: int) -> str:
    return code if n == 0 else f"{code}_{n}"


def _renamed_facts(facts: Mapping[str, Value], n: int) -> dict[str, Value]:
    named = str(facts.get(VIOLATION, "none"))
    return {**facts, VIOLATION: named if named == "none" else _name(named, n)}


def _cloned(rule: Rule, n: int) -> Rule:
    examples = tuple(replace(one, facts=_renamed_facts(one.facts, n)) for one in rule.examples)
    return replace(
        rule, id=_name(rule.id, n), rule=_name(rule.rule, n), when=_renamed(rule.when, n), examples=examples
    )


def _renamed(condition: Condition, n: int) -> Condition:
    if not isinstance(condition, Comparison):
        return replace(condition, parts=tuple(_renamed(part, n) for part in condition.parts))
    if condition.fact != VIOLATION:
        return condition
    if isinstance(condition.value, tuple):
        return replace(condition, value=tuple(_name(code, n) for code in condition.value))
    return (
        condition if condition.operator == "!=" else replace(condition, value=_name(str(condition.value), n))
    )


def _seconds(act: Callable[[], object]) -> float:
    begun = time.process_time()
    act()
    return time.process_time() - begun


def main() -> None:
    """The rulebook as it is and one of so many rules: seconds of processor, and times the floor."""
    most = int(sys.argv[1]) if len(sys.argv) > 1 else RULES
    one = Grown(1)
    own = len(one.book.rules)
    floor = _seconds(load_rulebook) + _seconds(lambda: example_faults(one.book))
    print(f"floor: reading the files and trying every example takes {floor:.2f} s of processor")
    for times in (1, -(-most // own) + 1):
        grown = Grown(times)
        declared, worked = grown.declared(), grown.worked()
        begun = time.process_time()
        proof = proof_of(grown.book, declared, worked)
        took = time.process_time() - begun
        faults = sorted({fault.kind for fault in proof.faults})
        print(
            f"{len(grown.book.rules)} rules, {proof.regions} regions: {took:.1f} s of processor, "
            f"{took / (floor * times):.1f} times the floor; faults: {', '.join(faults) or 'none'}"
        )


if __name__ == "__main__":
    main()
