"""Conditions as plain Python functions over complete facts."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from rules.conditions import All, Comparison, Condition
from rules.facts import Value

Facts: TypeAlias = Mapping[str, Value]
Predicate: TypeAlias = Callable[[Facts], bool]

COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "in": lambda value, codes: value in codes,
}
"""What each operator of a condition means."""


def predicate(condition: Condition) -> Predicate:
    """A plain Python function that says whether the condition holds for complete facts."""
    if isinstance(condition, Comparison):
        compare, name, value = COMPARE[condition.operator], condition.fact, condition.value
        return lambda facts: compare(facts[name], value)
    parts = tuple(predicate(part) for part in condition.parts)
    if isinstance(condition, All):
        return lambda facts: all(part(facts) for part in parts)
    return lambda facts: any(part(facts) for part in parts)
