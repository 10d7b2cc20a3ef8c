"""Facts of every kind, near every figure that a rule compares with, and the days on which the law changes."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from rules.facts import LARGEST_INTEGER, Fact
from rules.rulebook import load_rulebook
from tests.rules.edges import Edges

BOOK = load_rulebook()
EDGES = Edges(BOOK)
DAYS = EDGES.days


def values_of(fact: Fact) -> st.SearchStrategy[Any]:
    """Any value of the fact, often near a figure that some rule compares with."""
    if fact.type == "boolean":
        return st.booleans()
    if fact.type == "code":
        return st.sampled_from(list(fact.vocabulary))
    return st.sampled_from(EDGES.figures_of(fact)) | st.integers(fact.minimum or 0, LARGEST_INTEGER)


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
