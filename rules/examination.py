"""Puts every example of every rule before both evaluators."""

from __future__ import annotations

from rules.arbiter import Arbiter, Undecided
from rules.schema import Example, Rule


def examine(arbiter: Arbiter) -> list[str]:
    """What is wrong with the examples of the arbiter's rulebook, one sentence each; empty when nothing is."""
    faults = []
    for rule in arbiter.rulebook.rules:
        for fired in (True, False):
            if not any(example.fired is fired for example in rule.examples):
                faults.append(
                    f"{rule.key}: no example in which the rule {'fires' if fired else 'keeps still'}."
                )
        for number, example in enumerate(rule.examples, start=1):
            faults += [f"{rule.key}, example {number}: {fault}" for fault in _faults(arbiter, rule, example)]
    return faults


def _faults(arbiter: Arbiter, rule: Rule, example: Example) -> list[str]:
    try:
        decision = arbiter.decide(example.facts, example.on)
    except Undecided as undecided:
        return [f"the evaluators do not agree: {undecided.trace}"]
    if (rule in decision.rules) is not example.fired:
        return [f"stated as fired: {example.fired}, and it is not so."]
    return []
