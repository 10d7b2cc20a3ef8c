"""Slips of every usual kind, in every rule: each is found by an example or a worked ruling, or changes nothing at all."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

import pytest

from rules.conditions import All, AnyOf, Comparison, Condition
from rules.edition import WORKED
from rules.examination import example_faults
from rules.proof.pinned import differing
from rules.proof.worked import broken, load_worked
from rules.rulebook import Rulebook
from rules.schema import Rule
from tests.rules.any_facts import BOOK

WORKED_OUT = load_worked(WORKED, BOOK.facts)
MOST_CODES = 3
OTHER_OPERATOR = {">=": ">", "<": "<=", "<=": "<", ">": ">=", "==": "!=", "!=": "=="}


def conditions_of(condition: Condition) -> Iterator[tuple[str, Condition]]:
    """The condition with one slip each: yuan for fen, fen for yuan, ten thousand, another operator, `any` for `all`."""
    if isinstance(condition, Comparison):
        yield from _compared(condition)
        return
    swapped = AnyOf(condition.parts) if isinstance(condition, All) else All(condition.parts)
    if len(condition.parts) > 1:
        yield "all and any swapped", swapped
    for position, part in enumerate(condition.parts):
        for slip, other in conditions_of(part):
            parts = (*condition.parts[:position], other, *condition.parts[position + 1 :])
            yield slip, replace(condition, parts=parts)


def _compared(c: Comparison) -> Iterator[tuple[str, Condition]]:
    if type(c.value) is int:
        for slip, figure in (
            ("yuan for fen", c.value // 100),
            ("fen for yuan", c.value * 100),
            ("万", c.value * 10_000),
        ):
            yield f"{c.fact} {slip}", replace(c, value=figure)
    fact = BOOK.facts.by_name[c.fact]
    if c.operator in OTHER_OPERATOR and not (c.operator == "==" and fact.unknown is not None):
        yield f"{c.fact} {c.operator} turned", replace(c, operator=OTHER_OPERATOR[c.operator])
    if isinstance(c.value, str):
        others = [code for code in fact.vocabulary if code != c.value]
        for code in others[:MOST_CODES] if c.fact != "domain" else ():
            yield f"{c.fact} {code} for {c.value}", replace(c, value=code)


def slipped(rule: Rule) -> Iterator[tuple[str, tuple[Rule, ...]]]:
    """What may become of the rule: lost, or with a slip in its condition."""
    yield "lost", ()
    for slip, condition in conditions_of(rule.when):
        yield slip, (replace(rule, when=condition),)


def is_found(book: Rulebook, *changed: Rule) -> bool:
    """True when an example of a changed rule, or any worked ruling, contradicts the rulebook."""
    return bool(example_faults(replace(book, rules=changed))) or any(True for _ in broken(book, WORKED_OUT))


@pytest.mark.parametrize("key", [rule.key for rule in BOOK.rules])
def test_every_slip_in_a_condition_is_found_or_changes_nothing(key: str) -> None:
    rule = next(one for one in BOOK.rules if one.key == key)
    for slip, instead in slipped(rule):
        rules = [other for one in BOOK.rules for other in (instead if one is rule else (one,))]
        if not is_found(replace(BOOK, rules=tuple(rules)), *instead):
            assert instead and differing(BOOK, rule, instead[0]) is None, f"{key}: {slip} is not found"


@pytest.mark.parametrize("member", ["routes", "flags", "to", "notes", "rectify_first", "shut"])
def test_what_two_rules_bring_about_is_swapped_and_found(member: str) -> None:
    alive = [rule for rule in BOOK.rules if rule.in_force_until is None]
    swaps = [(one, two) for one, two in pairwise(alive) if getattr(one, member) != getattr(two, member)]
    assert swaps
    for one, two in swaps:
        turned = {
            one.key: replace(one, **{member: getattr(two, member)}),
            two.key: replace(two, **{member: getattr(one, member)}),
        }
        book = replace(BOOK, rules=tuple(turned.get(rule.key, rule) for rule in BOOK.rules))
        assert is_found(book), f"{member} of {one.key} and {two.key} swapped"


def test_a_date_in_a_wrong_year_is_found() -> None:
    for rule in BOOK.rules:
        if rule.in_force_until is None and rule.in_force_from.year < 2024:
            late = replace(rule, in_force_from=rule.in_force_from.replace(year=2025))
            book = replace(BOOK, rules=tuple(late if one is rule else one for one in BOOK.rules))
            assert is_found(book), rule.key
