"""What a draft of the rulebook would change, in words: of all findings together, and of one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from web.asking import Asking
from web.naming import AMOUNT, Names
from web.rule_words import RuleWords

OWN_GROUPS = ("route", "flag")
"""What turns most often has a table of its own; all else stands together."""


def turn_groups(asking: Asking, turns: Sequence[Mapping[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    """What is lost and gained, by the name of the table it stands in."""
    said, words = RuleWords(asking.house, asking.words), asking.words
    groups: dict[str, list[dict[str, Any]]] = {}
    for one in turns:
        own = one["subject"] in OWN_GROUPS
        title = _code(one["subject"], one["code"], said, asking)
        if not own:
            subject = words(f"backtest.subject_{one['subject']}")
            title = f"{subject}{words.colon}{title}" if title else subject
        line = {**one, "title": title, "said": words(f"backtest.{one['turn']}")}
        groups.setdefault(one["subject"] if own else "other", []).append(line)
    return groups


def _code(subject: str, code: str, said: RuleWords, asking: Asking) -> str:
    """The code of a turn in words; empty where the subject says it all."""
    if subject == "rectify_first":
        return asking.words(f"rectify_first.{code}")
    named = {"route": said.routes, "flag": said.flags, "shut": said.shut, "to": said.departments}
    return named[subject]([code]) if subject in named else ""


def change_row(asking: Asking, item: Mapping[str, Any], names: Names) -> dict[str, Any]:
    """One finding that is decided otherwise, both outcomes in words."""
    money = item["fine_fen"] or item["amount_fen"]
    return {
        **item,
        "department_title": names.department(item["department"]),
        "domain_title": names.domain(item["domain"]),
        "was_said": outcome_lines(asking, item["was"]),
        "becomes_said": outcome_lines(asking, item["becomes"]),
        "money": names.value("sum" + AMOUNT, money) if money else "",
    }


def outcome_lines(asking: Asking, outcome: Mapping[str, Any] | None) -> list[str]:
    """What an outcome says, a line for each thing that it says."""
    words, said = asking.words, RuleWords(asking.house, asking.words)
    if outcome is None:
        return [words("backtest.none")]
    lines = [said.routes(outcome["routes"]), said.departments(outcome["to"]), said.flags(outcome["flags"])]
    if outcome["shut"]:
        lines.append(f"{words('trial.shut')}{words.colon}{said.shut(outcome['shut'])}")
    if outcome["rectify_first"] != "none":
        lines.append(words(f"rectify_first.{outcome['rectify_first']}"))
    if outcome["urgent"]:
        lines.append(words("finding.urgent"))
    return [line for line in lines if line]
