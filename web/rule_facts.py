"""Which rule facts matter in which domain, as the conditions of the rulebook say, and the violations of each."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from rules.rulebook import Rulebook
from rules.vocabulary import Vocabulary
from web.fields import Choice
from web.wording import Words

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


def violation_choices(vocabulary: Vocabulary, words: Words) -> Iterator[Choice]:
    """Every violation under its domain; those that stand in every domain once, at the end."""
    shared = {"other": None, vocabulary.no_violation.code: vocabulary.no_violation}
    for domain, listed in vocabulary.violations.items():
        group = words.of(vocabulary.domains[domain])
        for code, word in listed.items():
            if code in shared:
                shared[code] = word
            else:
                yield Choice(code, words.of(word), group)
    for code, last in shared.items():
        if last is not None:
            yield Choice(code, words.of(last), words("common.all"))
