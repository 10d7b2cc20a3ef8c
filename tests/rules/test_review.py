"""A draft of the rulebook is reviewed: it passes when it is sound, and never when a fine could replace a referral."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from rules.basis import Basis
from rules.notice import notice
from rules.proof.declared import Declared, Lawful
from rules.proof.review import review
from rules.proof.weaker import weaker_faults
from rules.rulebook import Rulebook, load_rulebook
from tests.rules.conftest import copy_of_the_law

ROUTING = "sets/national/routing"
EXAMPLES = "\nexamples:\n"


@pytest.fixture
def draft(tmp_path: Path) -> Callable[..., Path]:
    """A draft under a version of its own, with these replacements in its files; None removes a file."""

    def made(*changes: tuple[str, str, str | None]) -> Path:
        root = copy_of_the_law(tmp_path)
        for file, old, new in (("rulebook.yaml", "yuanping-2024.1", "yuanping-2024.2"), *changes):
            path = root / file
            if new is None:
                path.unlink()
                continue
            text = path.read_text(encoding="utf-8")
            assert old in text
            path.write_text(text.replace(old, new), encoding="utf-8")
        return root

    return made


def test_the_same_rules_may_be_published_and_change_nothing(
    draft: Callable[..., Path], rulebook: Rulebook
) -> None:
    begun: list[str] = []

    found = review(draft(), rulebook, told=begun.append)

    assert (found.faults, found.notice) == ((), ())
    assert found.as_data()["publishable"] is True
    assert begun[:7] == ["load", "version", "house", "examples", "evaluators", "thresholds", "proof"]


def test_what_a_draft_changes_is_told_in_words(draft: Callable[..., Path], rulebook: Rulebook) -> None:
    changed = load_rulebook(
        draft(
            (f"{ROUTING}/R14.yaml", "rectify_first: parallel", "rectify_first: none"),
            (f"{ROUTING}/R15.yaml", "", None),
        )
    )

    told = list(notice(changed, rulebook))

    assert [(one["rule"], one["change"]) for one in told] == [
        ("R14@1", "rule_changed"),
        ("R14@1", "rule_rewritten"),
        ("R15@1", "rule_gone"),
    ]
    assert told[0]["zh"].endswith("的先行责令改正：由“可以同时责令改正”改为“不要求先行责令改正”")
    assert [one["change"] for one in notice(rulebook, changed)] == [
        "rule_changed",
        "rule_rewritten",
        "rule_added",
    ]


def test_other_law_under_the_same_version_is_refused(draft: Callable[..., Path], rulebook: Rulebook) -> None:
    root = draft(
        ("rulebook.yaml", "yuanping-2024.2", "yuanping-2024.1"),
        (f"{ROUTING}/R14.yaml", "rectify_first: parallel", "rectify_first: none"),
    )

    assert "请提高 rulebook.yaml 的 version" in review(root, rulebook).faults[0]


@pytest.mark.parametrize("rule", ["R07", "R12", "R16b", "R24b"])
def test_a_draft_that_suspects_less_is_refused_even_where_nobody_has_an_example(
    rule: str, draft: Callable[..., Path], rulebook: Rulebook
) -> None:
    """The rule is gone with all its examples, and the draft brings a folder of worked rulings that is empty."""
    root = draft((f"{ROUTING}/{rule}.yaml", "", None))
    (root / "rulings").mkdir()

    faults = review(root, rulebook).faults

    assert any(f"现行规则 {rule}@1 认定涉嫌犯罪的情形" in fault for fault in faults), faults
    assert all("罚款就能代替移送" in fault for fault in faults)


@pytest.mark.parametrize(("mark", "passes"), [("R-h", False), ("V[S01]", True)])
def test_only_a_basis_that_was_read_makes_it_lawful(rulebook: Rulebook, mark: str, passes: bool) -> None:
    without = replace(rulebook, rules=tuple(rule for rule in rulebook.rules if rule.id != "R16b"))
    read = Lawful("threshold", ("R16b",), None, None, "试验", (Basis("甲法", "第一条", mark),))

    found = list(weaker_faults(without, rulebook, Declared((), (read,))))

    assert [fault.rules for fault in found] == ([] if passes else [("R16b@1",)])
    assert all(fault.example["circumstances"] == "serious" for fault in found)


SINCE = date(2026, 12, 1)


@pytest.mark.parametrize(
    ("until", "told"),
    [
        (SINCE - timedelta(days=1), ["rule_changed"]),
        (date(2022, 12, 31), ["rule_changed", "rule_reaches_back"]),
    ],
)
def test_a_version_that_ends_before_its_day_is_said_to_reach_back(
    rulebook: Rulebook, until: date, told: list[str]
) -> None:
    ended = tuple(
        replace(rule, in_force_until=until) if rule.id == "R26" else rule for rule in rulebook.rules
    )
    lines = list(notice(replace(rulebook, rules=ended), rulebook, SINCE))
    assert [one["change"] for one in lines] == told
    gone = tuple(rule for rule in rulebook.rules if rule.id != "R26")
    assert [one["change"] for one in notice(replace(rulebook, rules=gone), rulebook, SINCE)] == [
        "rule_gone",
        "rule_reaches_back",
    ]


def test_what_is_declared_lawful_is_told_line_by_line(draft: Callable[..., Path], rulebook: Rulebook) -> None:
    root = draft()
    lawful = root / "sets" / "national" / "proof" / "lawful.yaml"
    line = "  - {kind: threshold, rules: [R07], basis: [{title: 某法, article: 第一条, mark: V}]}"
    lawful.write_text(lawful.read_text(encoding="utf-8").rstrip() + "\n" + line + "\n", encoding="utf-8")
    lines = list(notice(load_rulebook(root), rulebook))
    assert [(one["rule"], one["change"]) for one in lines] == [
        ("sets/national/proof/lawful.yaml", "line_added")
    ]
    assert "R07" in lines[0]["zh"] and "某法" in lines[0]["en"]
