"""The facts as z3 sees them: a variable each, unless fixed, and conditions as propositions over them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from threading import local
from typing import TypeAlias

import z3

from rules.conditions import All, Comparison, Condition
from rules.facts import LARGEST_INTEGER, Fact, FactDictionary, Value
from rules.predicates import COMPARE

Proposition: TypeAlias = "bool | z3.BoolRef"
"""Decided already, or a formula: what fixed facts decide never reaches z3."""
_OF_THREAD = local()


def all_of(parts: Iterable[Proposition]) -> Proposition:
    """True when every part is."""
    open_parts = []
    for part in parts:
        if part is False:
            return False
        if part is not True:
            open_parts.append(part)
    return z3.And(open_parts) if len(open_parts) > 1 else open_parts[0] if open_parts else True


def any_of(parts: Iterable[Proposition]) -> Proposition:
    """True when a part is."""
    return negated(all_of(negated(part) for part in parts))


def negated(part: Proposition) -> Proposition:
    """True when the part is not."""
    return not part if isinstance(part, bool) else z3.Not(part)


def differ(one: Proposition, other: Proposition) -> Proposition:
    """True when exactly one of the two is."""
    if isinstance(one, bool):
        return negated(other) if one else other
    if isinstance(other, bool):
        return negated(one) if other else one
    return False if one.eq(other) else z3.Xor(one, other)


def _context_of_this_thread() -> z3.Context:
    """Contexts cost more than most proofs, and may not be shared by threads."""
    if not hasattr(_OF_THREAD, "context"):
        _OF_THREAD.context = z3.Context()
    context: z3.Context = _OF_THREAD.context
    return context


class Space:
    """Every set of facts that agrees with the fixed ones; variables are made when a condition asks for them."""

    def __init__(self, dictionary: FactDictionary, fixed: Mapping[str, Value]) -> None:
        self.dictionary, self.fixed = dictionary, fixed
        self._context = _context_of_this_thread()
        self._variables: dict[str, z3.ExprRef] = {}
        self._numbers = {
            name: {code: number for number, code in enumerate(fact.vocabulary)}
            for name, fact in dictionary.by_name.items()
        }

    @property
    def asked(self) -> tuple[str, ...]:
        """Names of the facts that are open and that a condition asked for."""
        return tuple(self._variables)

    def holds(self, condition: Condition) -> Proposition:
        """The condition as a proposition over the open facts."""
        if isinstance(condition, Comparison):
            return self._compared(condition)
        parts = (self.holds(part) for part in condition.parts)
        return all_of(parts) if isinstance(condition, All) else any_of(parts)

    def equals(self, name: str, value: Value) -> Proposition:
        """True when the fact has the value."""
        return self._compared(Comparison(name, "==", value))

    def variable(self, name: str) -> z3.ExprRef:
        """The open fact: a Boolean, or an integer that counts fen, pieces or the places of its codes."""
        if name not in self._variables:
            boolean = self.dictionary.by_name[name].type == "boolean"
            self._variables[name] = (z3.Bool if boolean else z3.Int)(name, self._context)
        return self._variables[name]

    def within(self) -> Iterator[z3.BoolRef]:
        """That every open fact has a value of its own."""
        for name, variable in self._variables.items():
            fact = self.dictionary.by_name[name]
            if fact.type != "boolean":
                lowest, highest = self._bounds(fact)
                yield z3.And(variable >= lowest, variable <= highest)

    def determined(self) -> Proposition:
        """That no open fact is unknown."""
        named = ((name, self.dictionary.by_name[name].unknown) for name in self._variables)
        return all_of(negated(self.equals(name, value)) for name, value in named if value is not None)

    def example(self, *wanted: Proposition) -> dict[str, Value] | None:
        """A complete set of facts for which all that is wanted holds, as near to the defaults as can be; or None."""
        whole = all_of(wanted)
        if isinstance(whole, bool):
            return self.facts_of(None) if whole else None
        quick = z3.SimpleSolver(ctx=self._context)
        quick.add(whole, *self.within())
        if quick.check() != z3.sat:
            return None
        search = z3.Optimize(ctx=self._context)
        search.add(whole, *self.within())
        for name in self._variables:
            default = self.dictionary.by_name[name].default
            if default is not None:
                search.add_soft(self.equals(name, default))
        return self.facts_of(search.model() if search.check() == z3.sat else quick.model())

    def possible(self, *wanted: Proposition) -> bool:
        """True when some set of facts makes all of it hold."""
        whole = all_of(wanted)
        if isinstance(whole, bool):
            return whole
        solver = z3.SimpleSolver(ctx=self._context)
        solver.add(whole, *self.within())
        return bool(solver.check() == z3.sat)

    def optimize(self) -> z3.Optimize:
        """A search of its own for what is nearest or smallest."""
        return z3.Optimize(ctx=self._context)

    def number(self, name: str, value: Value) -> int:
        """The integer that stands for the value of a fact that is no Boolean."""
        return self._numbers[name][str(value)] if self._numbers[name] else int(value)

    def _compared(self, comparison: Comparison) -> Proposition:
        name, operator, value = comparison.fact, comparison.operator, comparison.value
        if name in self.fixed:
            return COMPARE[operator](self.fixed[name], value)
        if isinstance(value, tuple):
            return any_of(self.equals(name, code) for code in value)
        variable = self.variable(name)
        if isinstance(value, bool):
            return variable if value is (operator == "==") else z3.Not(variable)
        formula: z3.BoolRef = COMPARE[operator](variable, self.number(name, value))
        return formula

    def _bounds(self, fact: Fact) -> tuple[int, int]:
        if fact.type == "code":
            return 0, len(fact.vocabulary) - 1
        return fact.minimum or 0, LARGEST_INTEGER

    def facts_of(self, model: z3.ModelRef | None) -> dict[str, Value]:
        """The complete facts that the model stands for; without one, defaults beside what is fixed."""
        facts = {**self.dictionary.defaults(), **self.fixed}
        if model is None:
            return facts
        for name, variable in self._variables.items():
            facts[name] = self._value(
                self.dictionary.by_name[name], model.eval(variable, model_completion=True)
            )
        return facts

    def _value(self, fact: Fact, found: z3.ExprRef) -> Value:
        if fact.type == "boolean":
            return bool(z3.is_true(found))
        number = int(found.as_long())
        return [*fact.vocabulary][number] if fact.type == "code" else number
