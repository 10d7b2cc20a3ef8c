"""Examples that pin a rule: whoever moves a bound, drops a line or shifts a day contradicts one of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

from rules.conditions import All, Comparison, Condition
from rules.facts import Value
from rules.predicates import predicate
from rules.proof.space import Space, differ
from rules.rulebook import Rulebook
from rules.schema import Rule

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Unpinned:
    """A slip in a rule that none of its examples notices, and an example that would.

    slip: what was changed, in the notation of the rule file. fired: whether the rule as it stands fires there.
    """

    rule: str
    slip: str
    on: date
    facts: Mapping[str, Value]
    fired: bool


def unpinned(book: Rulebook, rule: Rule) -> Iterator[Unpinned]:
    """Every slip in the rule that all its examples let pass; slips that change nothing for any facts aside."""
    for slip, other in slips(rule):
        if any(
            _fires(rule, e.facts, e.on, book) != _fires(other, e.facts, e.on, book) for e in rule.examples
        ):
            continue
        found = differing(book, rule, other)
        if found is not None:
            on, facts = found
            yield Unpinned(rule.key, slip, on, facts, _fires(rule, facts, on, book))


def slips(rule: Rule) -> Iterator[tuple[str, Rule]]:
    """The rule with one slip each: a bound moved by one, a line or a code lost, an end of its time moved by a day."""
    for slip, condition in condition_slips(rule.when):
        yield slip, replace(rule, when=condition)
    if rule.in_force_until is not None:
        for step in (-ONE_DAY, ONE_DAY):
            yield (
                f"until {rule.in_force_until + step}",
                replace(rule, in_force_until=rule.in_force_until + step),
            )
    for step in (-ONE_DAY, ONE_DAY):
        yield f"from {rule.in_force_from + step}", replace(rule, in_force_from=rule.in_force_from + step)


def condition_slips(condition: Condition) -> Iterator[tuple[str, Condition]]:
    """The condition with one slip each, and the slip in words."""
    if isinstance(condition, Comparison):
        yield from _of_comparison(condition)
        return
    for position, part in enumerate(condition.parts):
        rest = (*condition.parts[:position], *condition.parts[position + 1 :])
        if rest:
            yield f"without {_written(part)}", replace(condition, parts=rest)
        for slip, other in condition_slips(part):
            yield slip, replace(condition, parts=(*rest[:position], other, *rest[position:]))


def _of_comparison(c: Comparison) -> Iterator[tuple[str, Condition]]:
    if type(c.value) is int:
        for step in (-1, 1):
            moved = replace(c, value=c.value + step)
            yield _written(moved), moved
    elif isinstance(c.value, tuple) and len(c.value) > 1:
        for code in c.value:
            fewer = replace(c, value=tuple(other for other in c.value if other != code))
            yield f"{_written(c)} without {code}", fewer


def _written(condition: Condition) -> str:
    if isinstance(condition, Comparison):
        value = condition.value
        shown = f"[{', '.join(value)}]" if isinstance(value, tuple) else str(value)
        return f"[{condition.fact}, {condition.operator}, {shown}]"
    return "all: …" if isinstance(condition, All) else "any: …"


def _fires(rule: Rule, facts: Mapping[str, Value], on: date, book: Rulebook) -> bool:
    return rule.in_force(on) and predicate(rule.when)({**book.facts.defaults(), **facts})


def differing(book: Rulebook, rule: Rule, other: Rule) -> tuple[date, Mapping[str, Value]] | None:
    """A day and facts on which two readings of a rule differ, as plain as can be; None when they never do."""
    if rule.when == other.when:
        on = _day_between(rule, other)
        facts = next((e.facts for e in rule.examples if e.fired), None)
        return (on, facts) if facts is not None else None
    on = max(rule.in_force_from, min(date(2024, 6, 1), rule.in_force_until or date(2024, 6, 1)))
    for domain, violations in book.facts.vocabulary.violations.items():
        for violation in (book.facts.vocabulary.no_violation.code, *violations):
            space = Space(book.facts, {"domain": domain, "violation": violation})
            facts = space.example(differ(space.holds(rule.when), space.holds(other.when)))
            if facts is not None:
                defaults = book.facts.defaults()
                return on, {name: v for name, v in facts.items() if defaults.get(name) != v}
    return None


def _day_between(rule: Rule, other: Rule) -> date:
    """A day on which one of two versions is in force and the other is not."""
    days = {one.in_force_from for one in (rule, other)}
    days |= {end for one in (rule, other) if (end := one.in_force_until) is not None}
    return next(day for day in sorted(days) if rule.in_force(day) != other.in_force(day))
