"""Facts of every kind, near every figure that a rule compares with, and the days on which the law changes."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from hypothesis import strategies as st

from rules.conditions import comparisons
from rules.facts import LARGEST_INTEGER, Fact
from rules.rulebook import load_rulebook

BOOK = load_rulebook()
FIGURES = {
    c.value + near
    for rule in BOOK.rules
    for c in comparisons(rule.when)
    if type(c.value) is int
    for near in (-1, 0, 1)
} | {-1, 0, 1, LARGEST_INTEGER - 1, LARGEST_INTEGER, 2**31 - 1, 2**31, 2**32 + 1}
ENDS = {rule.in_force_from for rule in BOOK.rules} | {
    rule.in_force_until for rule in BOOK.rules if rule.in_force_until is not None
}
DAYS = sorted(
    {end + timedelta(days=near) for end in ENDS for near in (-1, 0, 1)}
    | {date(1990, 1, 1), date(2024, 6, 1), date(2026, 11, 23)}
)


def values_of(fact: Fact) -> st.SearchStrategy[Any]:
    """Any value of the fact, often near a figure that some rule compares with."""
    if fact.type == "boolean":
        return st.booleans()
    if fact.type == "code":
        return st.sampled_from(list(fact.vocabulary))
    lowest = fact.minimum or 0
    near = st.sampled_from(sorted(figure for figure in FIGURES if figure >= lowest))
    return near | st.integers(lowest, LARGEST_INTEGER)


@st.composite
def facts_of_a_finding(draw: st.DrawFn) -> dict[str, Any]:
    """Facts that may be given: a domain, a violation of it, and any of the others."""
    names = BOOK.facts.by_name
    domain = draw(st.sampled_from(list(BOOK.facts.vocabulary.domains)))
    codes = ["none", *BOOK.facts.vocabulary.violations[domain]]
    facts: dict[str, Any] = {"domain": domain, "violation": draw(st.sampled_from(codes))}
    others = [name for name in names if name not in facts]
    for name in draw(st.lists(st.sampled_from(others), unique=True, max_size=len(others))):
        facts[name] = draw(values_of(names[name]))
    return facts
