"""Why a rule fired: the facts by which its condition holds."""

from __future__ import annotations

from rules.conditions import All, Comparison, Condition
from rules.predicates import Facts, predicate


def deciding_facts(condition: Condition, facts: Facts) -> tuple[str, ...]:
    """The facts by which the condition holds, each once, in the order it is written; none where it does not hold.

    Of alternatives those that hold count, each as a whole.
    """
    return tuple(dict.fromkeys(one.fact for one in _holding(condition, facts)))


def _holding(condition: Condition, facts: Facts) -> tuple[Comparison, ...]:
    if not predicate(condition)(facts):
        return ()
    if isinstance(condition, Comparison):
        return (condition,)
    parts = condition.parts
    held = parts if isinstance(condition, All) else [one for one in parts if predicate(one)(facts)]
    return tuple(one for part in held for one in _holding(part, facts))
