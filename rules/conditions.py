"""Conditions of rules: comparisons of one fact with a value, joined by `all` and `any`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import prod
from typing import Any, TypeAlias

from rules.facts import Value

ORDERED = ("<", "<=", ">", ">=")
OPERATORS = ("==", "!=", *ORDERED, "in")


@dataclass(frozen=True, slots=True)
class Comparison:
    """One fact, one operator, one value; for `in` the value is a tuple of codes."""

    fact: str
    operator: str
    value: Value | tuple[str, ...]


@dataclass(frozen=True, slots=True)
class All:
    """Holds when every part holds."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """Holds when at least one part holds."""

    parts: tuple[Condition, ...]


Condition: TypeAlias = Comparison | All | AnyOf


def comparisons(condition: Condition) -> Iterator[Comparison]:
    """Every comparison of the condition, in the order it is written."""
    if isinstance(condition, Comparison):
        yield condition
    else:
        for part in condition.parts:
            yield from comparisons(part)


def alternatives(condition: Condition) -> int:
    """How many plain ANDs the condition comes to, `in` as one for each code."""
    if isinstance(condition, Comparison):
        return len(condition.value) if isinstance(condition.value, tuple) else 1
    counts = [alternatives(part) for part in condition.parts]
    return prod(counts) if isinstance(condition, All) else sum(counts)


def condition_as_data(condition: Condition) -> Any:
    """The condition in the notation of the rule files and of the public contract."""
    if isinstance(condition, Comparison):
        value = list(condition.value) if isinstance(condition.value, tuple) else condition.value
        return [condition.fact, condition.operator, value]
    name = "all" if isinstance(condition, All) else "any"
    return {name: [condition_as_data(part) for part in condition.parts]}
