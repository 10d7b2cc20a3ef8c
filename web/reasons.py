"""Why a finding goes where it goes: the facts by which each rule fired, and the way to try others."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rules.reasons import deciding_facts
from web.asking import Asking
from web.changes import outcome_lines
from web.rule_words import RuleWords
from web.trial_form import TrialForm


def reasons(asking: Asking, ruling: Mapping[str, Any], facts: Mapping[str, Any]) -> dict[str, list[str]]:
    """Rule → the facts in words by which it fires; a rule that no longer holds, or is not known, has none."""
    house, said = asking.house, RuleWords(asking.house, asking.words)
    book = house.in_force.of_version(str(ruling.get("rulebook_version", "")))
    known = {rule.key: rule for rule in book.rules} if book else {}
    whole = {**house.facts.defaults(), **facts}
    told = {}
    for one in ruling.get("rules", ()):
        rule = known.get(f"{one['rule']}@{one['version']}")
        names = deciding_facts(rule.when, whole) if rule else ()
        told[one["rule"]] = [said.stated(name, whole[name]) for name in names]
    return told


def would_be(asking: Asking, finding: str) -> dict[str, Any] | None:
    """What the rules in force and the coming ones say of the finding, in words, where they differ."""
    differs = asking.house.shadow.of_finding(finding)
    if differs is None:
        return None
    now, then = (None if one is None else one.as_data() for one in (differs.now, differs.then))
    return {
        "version": differs.version,
        "since": differs.since.isoformat(),
        "now": outcome_lines(asking, now),
        "then": outcome_lines(asking, then),
    }


def two_laws(asking: Asking, finding: str, *, confidential: bool = False) -> dict[str, Any] | None:
    """What the rules of the day of the act and of discovery say, in words, where they differ (行政处罚法 第三十七条)."""
    both = asking.house.law_of_the_act.of_finding(finding, confidential=confidential)
    if both is None:
        return None
    words = asking.words
    return {
        "acted_on": both.acted_on.isoformat(),
        "today": both.today.isoformat(),
        "then": outcome_lines(asking, both.then.as_data()),
        "now": outcome_lines(asking, both.now.as_data()),
        "changed": [
            {
                "then": one.then.key if one.then else words("two_laws.none_then"),
                "now": one.now.key if one.now else words("two_laws.none_now"),
                "lighter": words(f"two_laws.lighter_{one.lighter}" if one.lighter else "two_laws.undeclared"),
            }
            for one in both.changed
        ],
    }


def trial_path(
    asking: Asking, ruling: Mapping[str, Any], facts: Mapping[str, Any], *, with_crimes: bool = False
) -> str:
    """The simulator with the facts of the finding filled in; without crimes as if nothing confidential existed."""
    return (
        TrialForm(asking.house, asking.words).path(facts, str(ruling["on"]), with_crimes=with_crimes)
        if ruling
        else ""
    )
