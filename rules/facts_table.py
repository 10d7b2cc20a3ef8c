"""The facts dictionary as a page of documentation: what may be asked, in which unit, and who says it."""

from __future__ import annotations

from collections.abc import Iterator

from rules.facts import Fact, FactDictionary

HEAD = """# The facts that rules ask for

Made from `rules/facts.yaml` by `./dev bihuan rules facts`; a test holds the two together. Money is in fen. A fact left out
has its default; `unknown` is the value that says that nobody knows. Confidential facts belong to the record of the
criminal referral.
"""
COLUMNS = ("fact", "名称", "type", "unit", "default", "unknown", "where it comes from", "codes")


def facts_table(facts: FactDictionary) -> str:
    """Markdown with one row for each fact, in the order of the dictionary."""
    lines = [f"| {' | '.join(COLUMNS)} |", f"|{'---|' * len(COLUMNS)}"]
    lines += (f"| {' | '.join(_cells(fact))} |" for fact in facts.by_name.values())
    return "\n".join((HEAD, *lines, ""))


def _cells(fact: Fact) -> Iterator[str]:
    yield f"`{fact.name}`" + (" (confidential)" if fact.confidential else "")
    yield fact.title
    yield fact.type
    yield fact.unit or ""
    yield _value(fact.default)
    yield _value(fact.unknown)
    yield f"derived from {fact.derived_from}" if fact.derived_from else ", ".join(fact.entered_by)
    yield "; ".join(f"`{code}` {word.zh}" for code, word in fact.vocabulary.items())


def _value(value: object) -> str:
    return "" if value is None else f"`{str(value).lower() if isinstance(value, bool) else value}`"
