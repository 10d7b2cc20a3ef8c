"""What is not verified says so, and only proposes (law 11)."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from engine.checking import Checked
from rules.arbiter import Arbiter
from rules.data_file import DataFault
from rules.rulebook import Rulebook, load_rulebook

from .conftest import copy_of_the_law

UNVERIFIED = ["R10c@1", "R17@2", "R18@1", "R25@1"]


def test_the_unverified_rules_are_those_that_rest_on_what_nobody_has_read(rulebook: Rulebook) -> None:
    assert [rule.key for rule in rulebook.rules if not rule.verified] == UNVERIFIED
    for rule in rulebook.rules:
        read = all(basis.verified for basis in rule.basis if basis.for_flag is None)
        assert rule.verified is read, rule.key


def test_only_the_serious_list_has_a_basis_of_its_own(rulebook: Rulebook) -> None:
    """令44 was recalled, not read; the flag's own procedure is checked with the flag."""
    own = {(basis.for_flag, basis.mark) for rule in rulebook.rules for basis in rule.basis if basis.for_flag}
    assert own == {("serious_list", "R-h")}


def test_an_unverified_rule_that_is_not_confidential_shuts_nothing(rulebook: Rulebook) -> None:
    for rule in rulebook.rules:
        if not rule.verified and not rule.confidential:
            assert not rule.shut
            assert rule.rectify_first != "required"


def test_every_unverified_rule_that_fires_is_listed_for_checking(
    rulebook: Rulebook, arbiter: Arbiter
) -> None:
    for rule in rulebook.rules:
        example = next(one for one in rule.examples if one.fired)
        pending = arbiter.rule(example.facts, example.on)["pending_check"]
        assert (rule.id in pending) is not rule.verified


def test_the_check_lists_what_waits_for_the_legal_section(checked: Checked) -> None:
    assert checked.faults == []
    rules = [line for line in checked.unverified if line.startswith("规则 ") and "：" in line]
    named = [line.removeprefix("规则 ").split("：")[0] for line in rules]
    assert named == [*UNVERIFIED, "R18@1 轻于 R18@2"]
    assert "公示档 K04：公示三年，可提前停止（待核）" in checked.unverified
    flags = [line for line in checked.unverified if line.startswith("信用惩戒 ")]
    assert len(flags) == 5
    assert flags[0] == (
        "信用惩戒 serious_list：市场监督管理严重违法失信名单管理办法（总局令44号）第七条（规则 R09@1）（R-h，待核）"
    )


@pytest.mark.parametrize(
    ("file", "old", "new", "field", "problem"),
    [
        ("R10c", "verified: false", "verified: true", "/verified", "not marked V or V2"),
        ("R25", "verified: false", "verified: true", "/verified", "not marked V or V2"),
        ("R11", ", for_flag: serious_list", "", "/verified", "not marked V or V2"),
        ("R11", "for_flag: serious_list", "for_flag: abnormal_list", "/basis/1/for_flag", "does not propose"),
        ("R11", "for_flag: serious_list", "for_flog: serious_list", "/basis/1/for_flog", "is not a field"),
        ("R30", "verified: true", "verified: false", "/verified", "only proposes"),
        ("R03a", "verified: true", "verified: false", "/verified", "only proposes"),
        ("R18", '["R18@2"]', '["R17@2"]', "/lighter_than", "no other version of it"),
        ("R18", '["R18@2"]', '["R18@1"]', "/lighter_than", "no other version of it"),
        ("R18-2", "from: 2025-04-26", "from: 2025-04-25", "/in_force", "in force on the same day"),
    ],
)
def test_a_mark_that_does_not_bear_the_rule_is_refused(
    file: str, old: str, new: str, field: str, problem: str, tmp_path: Path
) -> None:
    path = copy_of_the_law(tmp_path) / f"sets/national/routing/{file}.yaml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(DataFault) as found:
        load_rulebook(tmp_path)
    assert (found.value.field, problem in found.value.problem.en) == (field, True)
    assert found.value.problem.zh and found.value.remedy.zh and found.value.remedy.en


def test_the_old_figures_for_selling_fakes_are_the_lighter_ones(rulebook: Rulebook) -> None:
    """行政处罚法 第三十七条, 从旧兼从轻: for a person, never for the machine."""
    lighter = {rule.key: rule.lighter_than for rule in rulebook.rules if rule.lighter_than}
    assert lighter == {"R18@1": ("R18@2",)}
    standing = [
        rule.key for rule in rulebook.in_force(date(2025, 4, 26)) if rule.rule in ("R17", "R18", "R19")
    ]
    assert standing == ["R17@2", "R18@2", "R19@2"]
