"""A rule file with a mistake is named with line, field and remedy; nothing is loaded from it."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest

from rules.data_file import DataFault, read_data
from rules.fence.rulesets import durable_rulesets
from rules.rulebook import ROOT, Rulebook, load_rulebook

from .conftest import copy_of_the_law

R20 = (ROOT / "sets/national/routing/R20.yaml").read_text(encoding="utf-8")


@pytest.fixture
def book(tmp_path: Path) -> Path:
    """A copy of the law that a test may spoil."""
    return copy_of_the_law(tmp_path)


def _line(text: str, words: str) -> int:
    return text[: text.index(words)].count("\n") + 1


@pytest.mark.parametrize(
    ("old", "new", "field", "problem"),
    [
        ("version: 1\n", "", "/version", "is missing"),
        ("version: 1\n", "version: one\n", "/version", "must be a whole number"),
        ("version: 1\n", "version: 0\n", "/version", "versions count from 1"),
        ("version: 1\n", "version: true\n", "/version", "must be a whole number"),
        ("version: 1\n", "version: 1.0\n", "/version", "must be a whole number"),
        ("version: 1\n", "version: 1\nversion: 2\n", "/version", "appears twice"),
        ("version: 1\n", "version: 1\nverson: 2\n", "/verson", "is not a field"),
        ("version: 1\n", "version: &a 1\n", "/version", "anchors"),
        ("version: 1\n", "version: !!int 1\n", "/version", "tags"),
        ("id: R20", "id: R31", "/id", "does not begin with its family"),
        ("id: R20", "id: R20a", "/id", "the file is not named after what it states"),
        ("from: 2021-09-01", "from: 1 September", "/in_force/from", "is no date"),
        ("until: null", "until: 2020-01-01", "/in_force", "ends before it begins"),
        ("[own_power, ", "[own_powers, ", "/when/all/2/0", "there is no fact"),
        ('[own_power, "=="', "[own_power, is", "/when/all/2/1", "there is no operator"),
        ('[own_power, "=="', '[own_power, ">="', "/when/all/2/1", "has no order"),
        ('[own_power, "==", false]', '[own_power, "==", 0]', "/when/all/2/2", "is no value of own_power"),
        ('[own_power, "==", false]', '[own_power, "=="]', "/when/all/2", "three parts"),
        ('[own_power, "==", false]', "own_power", "/when/all/2", "is no condition"),
        ('[own_power, "==", false]', "{none: []}", "/when/all/2", "is no condition"),
        ('[own_power, "==", false]', "any: []", "/when/all/2/any", "at least one condition"),
        ('[own_power, "==", false]', '[harm, "!=", none]', "/when/all/2/1", "may be unknown"),
        ('[own_power, "==", false]', '[own_power, "in", [false]]', "/when/all/2/2", "list of codes"),
        (
            '[own_power, "==", false]',
            "[own_power, !=, true]",
            "/when/all/2/1",
            "operator != is not in quotes",
        ),
        ("[fire_exit_blocked, ", "[fire_exit, ", "/when/all/1/2/0", "is no value of violation"),
        ("[fire_exit_blocked, ", "[fire_facility_damaged, ", "/when/all/1/2/1", "appears twice"),
        ("routes: [transfer]", "routes: [transport]", "/routes/0", "is not in the list"),
        ("routes: [transfer]", "routes: transfer", "/routes", "must be a list"),
        ("routes: [transfer]", "routes: [ledger_only]", "/routes/0", "is not in the list"),
        ("routes: [transfer]", "routes: [criminal_referral]", "/confidential", "criminal referral"),
        ("routes: [transfer]", "routes: []", "/routes", "does nothing"),
        ("to: [fire_rescue]", "to: [fire_brigade]", "/to/0", "is not in the list"),
        ("ground: not_own_jurisdiction", "ground: because", "/ground", "is not in the list"),
        ("human_confirm: true", "human_confirm: false", "/human_confirm", "no rule acts without a person"),
        ("verified: true", "verified: yes", "/verified", "must be true or false"),
        ("notes: [tell_on_the_spot]", "notes: [tell]", "/notes/0", "is not in the list"),
        ("domain: fire,", "domain: food,", "/examples/0/facts/violation", "not of that domain"),
        ("date: 2024", "date: 2024-13", "/examples/0/date", "is no date"),
    ],
)
def test_a_mistake_is_named_with_file_line_field_and_remedy(
    old: str, new: str, field: str, problem: str, book: Path
) -> None:
    path = book / "sets/national/routing/R20.yaml"
    path.write_text(R20.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(DataFault) as found:
        load_rulebook(book)
    fault = found.value
    assert (fault.field, Path(fault.file).name) == (field, "R20.yaml")
    assert problem in fault.problem.en
    assert fault.problem.zh and fault.remedy.zh and fault.remedy.en
    if problem not in ("is missing", "criminal referral"):
        assert 0 <= fault.line - _line(R20, old) <= 1
    assert str(fault).startswith(f"{path}:{fault.line}: {field}: ")


@pytest.mark.parametrize(
    "text",
    ["", "{", "- [", "\t- a", "a: *b", "%YAML 9", "just words", "[1, 2]", "a: b\n---\na: c\n# x\n? [1]\n: 2"],
)
def test_what_is_no_rule_at_all_is_refused_with_its_file(text: str, book: Path) -> None:
    path = book / "sets/national/routing/R20.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(DataFault) as found:
        load_rulebook(book)
    assert found.value.file == str(path)
    assert found.value.line >= 1


def test_a_file_that_is_no_text_is_refused(book: Path) -> None:
    path = book / "sets/national/routing/R20.yaml"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(DataFault) as found:
        load_rulebook(book)
    assert found.value.file == str(path)


def test_a_rule_under_another_ending_is_not_passed_over_in_silence(book: Path) -> None:
    shutil.move(book / "sets/national/routing/R20.yaml", book / "sets/national/routing/R20.yml")
    with pytest.raises(DataFault, match="is no rule file"):
        load_rulebook(book)


def test_two_versions_of_a_rule_may_not_stand_on_the_same_day(book: Path) -> None:
    folder = book / "sets/national/routing"
    second = R20.replace("version: 1", "version: 2").replace("from: 2021-09-01", "from: 2026-01-01")
    (folder / "R20-2.yaml").write_text(second, encoding="utf-8")
    with pytest.raises(DataFault, match="in force on the same day"):
        load_rulebook(book)
    (folder / "R20.yaml").write_text(R20.replace("until: null", "until: 2025-12-31"), encoding="utf-8")
    loaded = load_rulebook(book)
    standing = [
        [r.key for r in loaded.in_force(day) if r.id == "R20"]
        for day in (date(2025, 12, 31), date(2026, 1, 1))
    ]
    assert standing == [["R20@1"], ["R20@2"]]


@pytest.mark.parametrize(
    ("name", "old", "new", "field"),
    [
        ("facts.yaml", "type: code, required: true", "type: word, required: true", "/facts/0/type"),
        ("facts.yaml", "vocabulary: domains", "vocabulary: domain", "/facts/0/vocabulary"),
        ("facts.yaml", "default: enterprise", "default: company", "/facts/5/default"),
        ("vocabulary.yaml", "{code: food, zh: 食品,", "{code: food,", "/domains/0/zh"),
        (
            "offices/yuanping.yaml",
            "superior: xinzhou_fire_rescue",
            "superior: moon",
            "/departments/1/superior",
        ),
        ("offices/yuanping.yaml", "value: 1000000,", 'value: "1000000",', "/thresholds/0/value"),
        ("rulebook.yaml", "sets: [national]", "set: [national]", "/set"),
    ],
)
def test_a_mistake_in_the_other_files_of_the_law_is_named_too(
    name: str, old: str, new: str, field: str, book: Path
) -> None:
    text = (book / name).read_text(encoding="utf-8")
    assert old in text
    (book / name).write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(DataFault) as found:
        load_rulebook(book)
    assert found.value.field == field
    assert found.value.file == str(book / name)
    assert found.value.line == _line(text, old)


def test_a_rule_with_too_many_alternatives_never_reaches_the_library(book: Path) -> None:
    """Five hundred comparisons at one level send the library into an endless loop."""
    codes = "[violation, in, [food_item_failed, food_system_missing, food_unlicensed, food_unsafe, other]]"
    either = "\n".join(f"    - any: [{codes}, [harm, '==', none], [sales_fen, '>=', {n}]]" for n in range(3))
    text = (
        R20.replace("id: R20", "id: R31")
        .replace("rule: R20", "rule: R31")
        .replace('"==", fire]', '"==", food]')
    )
    head, tail = text.split("    - [violation")[0], text[text.index("\nroutes:") :]
    head, tail = head + either + "\n", tail[: tail.index("\nexamples:")] + "\n"
    (book / "sets/national/routing/R31.yaml").write_text(head + tail, encoding="utf-8")
    loaded = load_rulebook(book)
    with pytest.raises(DataFault, match="alternatives"):
        durable_rulesets(loaded)


def test_what_crosses_to_the_library_is_only_integers_and_plain_ands(rulebook: Rulebook) -> None:
    rulesets = durable_rulesets(rulebook)
    assert set(rulesets.definitions) == set(rulebook.facts.vocabulary.domains)
    for rules in rulesets.definitions.values():
        assert "always" in rules
        for rule in rules.values():
            test = rule["all"][0]["m"]
            for part in test.get("$and", [test]):
                ((name, value),) = part.items()
                number = next(iter(value.values())) if name.startswith("$") else value
                assert name[0] != "$" or name in ("$neq", "$lt", "$lte", "$gt", "$gte")
                assert type(number) is int


def test_dates_and_yes_and_no_are_text_to_this_house(tmp_path: Path) -> None:
    path = tmp_path / "words.yaml"
    path.write_text(
        '{a: yes, b: no, c: 2024-01-01, d: 1.5, e: 007, f: "7", g: on, h: ~, i: -3}', encoding="utf-8"
    )
    assert read_data(path) == {
        "a": "yes",
        "b": "no",
        "c": "2024-01-01",
        "d": "1.5",
        "e": "007",
        "f": "7",
        "g": "on",
        "h": None,
        "i": -3,
    }
