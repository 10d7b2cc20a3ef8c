"""Conditions of rules: comparisons of one fact with a value, joined by `all` and `any`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from rules.data_file import DataFault
from rules.facts import Fact, FactDictionary, Value

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


def condition_as_data(condition: Condition) -> Any:
    """The condition in the notation of the rule files and of the public contract."""
    if isinstance(condition, Comparison):
        value = list(condition.value) if isinstance(condition.value, tuple) else condition.value
        return [condition.fact, condition.operator, value]
    name = "all" if isinstance(condition, All) else "any"
    return {name: [condition_as_data(part) for part in condition.parts]}


def read_condition(data: Any, at: str, facts: FactDictionary) -> Condition:
    """The condition that the data states; raises DataFault where it means nothing safe."""
    if isinstance(data, list):
        return _comparison(data, at, facts)
    if not isinstance(data, Mapping) or len(data) != 1 or next(iter(data)) not in ("all", "any"):
        raise DataFault(
            "is no condition",
            "Write [fact, operator, value], or all: / any: with a list of conditions.",
            field=at,
        )
    name, parts = next(iter(data.items()))
    if not isinstance(parts, list) or not parts:
        raise DataFault("must list at least one condition", "Add a condition below it.", field=f"{at}/{name}")
    read = tuple(read_condition(part, f"{at}/{name}/{i}", facts) for i, part in enumerate(parts))
    return All(read) if name == "all" else AnyOf(read)


def _comparison(data: list[Any], at: str, facts: FactDictionary) -> Comparison:
    if len(data) != 3 or not isinstance(data[0], str):
        raise DataFault("a comparison has three parts", 'Write [fact, "==", value].', field=at)
    name, operator, value = data
    fact = facts.by_name.get(name)
    if fact is None:
        raise DataFault(f"there is no fact {name!r}", "Use a name of facts.yaml.", field=f"{at}/0")
    if operator not in OPERATORS:
        raise DataFault(
            f"there is no operator {operator!r}", f"Use one of: {' '.join(OPERATORS)}.", field=f"{at}/1"
        )
    if operator in ORDERED and fact.type != "integer":
        raise DataFault(f"{name} has no order", 'Compare codes and booleans with "==".', field=f"{at}/1")
    if operator == "!=" and fact.unknown is not None:
        raise DataFault(
            f"{name} may be unknown, and unknown would hold", 'Use "in" with codes.', field=f"{at}/1"
        )
    if operator == "in":
        return Comparison(name, operator, _listed(fact, value, f"{at}/2"))
    _check_value(fact, value, f"{at}/2")
    return Comparison(name, operator, value)


def _listed(fact: Fact, value: Any, at: str) -> tuple[str, ...]:
    if fact.type != "code" or not isinstance(value, list) or not value:
        raise DataFault('"in" takes a list of codes of a code fact', "List at least one code.", field=at)
    for position, code in enumerate(value):
        _check_value(fact, code, f"{at}/{position}")
        if code in value[:position]:
            raise DataFault(f"{code!r} appears twice", "Keep one of the two.", field=f"{at}/{position}")
    return tuple(value)


def _check_value(fact: Fact, value: Any, at: str) -> None:
    fault = fact.fault(value)
    if fault is not None:
        allowed = ", ".join(fact.vocabulary) if fact.type == "code" else f"a value of type {fact.type}"
        raise DataFault(f"{value!r} is no value of {fact.name} ({fault})", f"Use {allowed}.", field=at)
