"""Tries every example of every rule: by the plain reading, in its file's line, and before both evaluators."""

from __future__ import annotations

from collections.abc import Iterator

from rules.arbiter import Arbiter, Undecided
from rules.conditions import All, Comparison, Condition
from rules.data_file import DataFault
from rules.faults import phrase
from rules.predicates import COMPARE, Facts
from rules.rulebook import Rulebook
from rules.schema import Example, Rule

NEAR = 1
"""An example nearly fires when so many comparisons, or the date, keep it from firing."""


def examined(arbiter: Arbiter) -> list[str]:
    """What is wrong with the examples, one sentence each; the evaluators are asked once the plain reading is content."""
    plain = [str(fault) for fault in example_faults(arbiter.rulebook)]
    return plain or examine(arbiter)


def example_faults(book: Rulebook) -> list[DataFault]:
    """What the plain reading finds: examples that do not come out as stated, and kinds of example that lack."""
    return [book.in_file(rule, fault) for rule in book.rules for fault in _faults_of(rule, book)]


def _faults_of(rule: Rule, book: Rulebook) -> Iterator[DataFault]:
    lacking = []
    for number, example in enumerate(rule.examples, start=1):
        failing, in_force = _failing(rule.when, book.facts.complete(example.facts)), rule.in_force(example.on)
        if not example.fired:
            lacking.append(failing + (not in_force))
        wrong = _wrong(example, failing=failing, in_force=in_force)
        if wrong is not None:
            field = f"/examples/{number - 1}/fired"
            yield DataFault(wrong, field=field, rule=rule.key, number=number, day=example.on)
    for fired, code in ((True, "no_firing_example"), (False, "no_still_example")):
        if not any(example.fired is fired for example in rule.examples):
            yield DataFault(code, field="/examples", rule=rule.key)
    if lacking and min(lacking) > NEAR:
        yield DataFault("no_near_example", field="/examples", rule=rule.key)


def _wrong(example: Example, *, failing: int, in_force: bool) -> str | None:
    if not example.fired:
        return "example_fires" if in_force and not failing else None
    if failing:
        return "example_not_so"
    return None if in_force else "example_not_in_force"


def _failing(condition: Condition, facts: Facts) -> int:
    """How many comparisons would have to come out otherwise for the condition to hold; 0 when it does."""
    if isinstance(condition, Comparison):
        return int(not COMPARE[condition.operator](facts[condition.fact], condition.value))
    counts = [_failing(part, facts) for part in condition.parts]
    return sum(counts) if isinstance(condition, All) else min(counts)


def examine(arbiter: Arbiter) -> list[str]:
    """What both evaluators find wrong with the examples of the arbiter's rulebook; empty when nothing is."""
    return [
        f"{rule.key}, example {number}: {fault}"
        for rule in arbiter.rulebook.rules
        for number, example in enumerate(rule.examples, start=1)
        for fault in _found_by_both(arbiter, rule, example)
    ]


def _found_by_both(arbiter: Arbiter, rule: Rule, example: Example) -> Iterator[str]:
    try:
        decision = arbiter.decide(example.facts, example.on)
    except Undecided as undecided:
        yield str(phrase("evaluators_disagree", trace=undecided.trace))
        return
    if (rule in decision.rules) is not example.fired:
        yield str(phrase("evaluators_contradict", stated=example.fired))
