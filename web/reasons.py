"""Why a finding goes where it goes: the facts by which each rule fired, and the way to try others."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rules.reasons import deciding_facts
from web.asking import Asking
from web.rule_words import RuleWords
from web.trial_form import TrialForm


def reasons(asking: Asking, ruling: Mapping[str, Any], facts: Mapping[str, Any]) -> dict[str, list[str]]:
    """Rule → the facts in words by which it fires; a rule that no longer holds, or is not known, has none."""
    house, said = asking.house, RuleWords(asking.house, asking.words)
    known = {rule.key: rule for rule in house.rulebook.rules}
    whole = {**house.facts.defaults(), **facts}
    told = {}
    for one in ruling.get("rules", ()):
        rule = known.get(f"{one['rule']}@{one['version']}")
        names = deciding_facts(rule.when, whole) if rule else ()
        told[one["rule"]] = [said.stated(name, whole[name]) for name in names]
    return told


def trial_path(asking: Asking, ruling: Mapping[str, Any], facts: Mapping[str, Any]) -> str:
    """The simulator with the facts of the finding filled in, as if nothing confidential existed."""
    return (
        TrialForm(asking.house, asking.words).path(facts, str(ruling["on"]), with_crimes=False)
        if ruling
        else ""
    )
