"""Which rule facts matter in which domain, as the conditions of the rulebook say."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from rules.rulebook import Rulebook

EVERY_DOMAIN = "*"
COMPARED = 3
"""A comparison is [fact, operator, value]."""


def domains_by_fact(rulebook: Rulebook) -> dict[str, tuple[str, ...]]:
    """For each fact that some rule asks for: the domains of those rules, `*` for rules of every domain."""
    found: dict[str, set[str]] = {}
    for rule in rulebook.rules:
        data = rule.as_data()
        asked = list(_comparisons([data["when"], data["urgent"], data["flags"]]))
        named = [value for fact, _, value in asked if fact == "domain"]
        domains = {one for value in named for one in (value if isinstance(value, list) else [value])}
        for fact, _, _ in asked:
            found.setdefault(fact, set()).update(domains or {EVERY_DOMAIN})
    return {fact: tuple(sorted(domains)) for fact, domains in found.items()}


def _comparisons(condition: Any) -> Iterator[tuple[str, str, Any]]:
    if isinstance(condition, dict):
        for part in condition.values():
            yield from _comparisons(part)
    elif isinstance(condition, list):
        if len(condition) == COMPARED and isinstance(condition[0], str) and isinstance(condition[1], str):
            yield condition[0], condition[1], condition[2]
        else:
            for part in condition:
                yield from _comparisons(part)
