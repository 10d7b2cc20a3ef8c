"""The data files of the law say what the contract says."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from rules.arbiter import Arbiter
from rules.data_file import read_data
from rules.examination import examine
from rules.rule_file import read_rule
from rules.rulebook import ROOT, Rulebook, load_rulebook
from tests.rules.conftest import copy_of_the_law
from tests.schemas import contract, faults


def test_the_rules_of_the_house_are_the_contracts_rules_in_every_field(rulebook: Rulebook) -> None:
    wanted = {(rule["id"], rule["version"]): rule for rule in contract("facts.json")["rules"]}
    assert {(rule.id, rule.version): rule.as_data() for rule in rulebook.rules} == wanted
    assert len({rule.id for rule in rulebook.rules}) == 45
    assert len(rulebook.rules) == 48


def test_the_rules_that_stand_back_while_a_crime_is_suspected_are_the_contracts(rulebook: Rulebook) -> None:
    """The contract names these two in its resolution, step 2; a rule file says it of itself."""
    assert {rule.id for rule in rulebook.rules if rule.yields_to_criminal} == {"R29a", "R29b"}


def test_classes_of_publication_regimes_and_repair_terms_are_the_contracts(rulebook: Rulebook) -> None:
    wanted, credit = contract("facts.json")["credit"], rulebook.credit
    assert [one.as_data() for one in credit.classes] == wanted["classes"]
    assert [{"id": id, **period.as_data()} for id, period in credit.regimes] == wanted["regimes"]
    assert [
        {"term": term, "in_force": period.as_data(), "mark": mark}
        for term, period, mark in credit.repair_terms
    ] == wanted["repair"]


def test_the_dictionary_of_facts_is_the_contracts(rulebook: Rulebook) -> None:
    facts = contract("facts.json")["facts"]
    for fact in facts:
        del fact["used_by"]
    assert [fact.as_data() for fact in rulebook.facts.by_name.values()] == facts


def test_a_person_may_enter_exactly_what_the_intake_schema_lists(rulebook: Rulebook) -> None:
    assert rulebook.facts.entered == set(contract("schemas/rule_facts.json")["properties"])


def test_the_closed_lists_are_the_contracts(rulebook: Rulebook) -> None:
    facts, words = contract("facts.json"), rulebook.facts.vocabulary
    assert [word.as_data() for word in words.domains.values()] == facts["domains"]
    assert {
        domain: [word.as_data() for word in listed.values()] for domain, listed in words.violations.items()
    } == facts["violations"]
    routes = [
        {**word.as_data(), "severity": words.severity[code], "proceeding": code in words.proceedings}
        for code, word in words.routes.items()
    ]
    assert routes == facts["routes"]
    assert words.urgent_transfer_severity == 50
    for name in ("flags", "shut", "grounds", "notes"):
        assert [word.as_data() for word in getattr(words, name).values()] == facts[name]
    assert {code: list(guards) for code, guards in words.shut_guards.items()} == facts["shut_guards"]


def test_the_office_is_the_contracts(rulebook: Rulebook) -> None:
    wanted, office = contract("office.json"), rulebook.office
    for name in ("office_id", "region", "province", "time_zone"):
        assert getattr(office, name) == wanted[name]
    assert office.effective_from.isoformat() == wanted["effective_from"]
    assert _plain(office.departments.values()) == wanted["departments"]
    assert _plain(office.units.values()) == wanted["units"]
    assert _plain(office.powers) == wanted["powers"]
    assert _plain(office.common_superiors) == wanted["common_superiors"]
    assert _plain(office.thresholds.values()) == wanted["thresholds"]
    assert dict(office.internal_terms) == wanted["internal_terms"]
    series = {one["kind"]: one["pattern"] for one in wanted["document_series"]}
    assert series.items() <= office.document_series.items()
    more = office.document_series.keys() - series.keys()
    assert all(office.document_series[kind].endswith("〔{year}〕{n}号") for kind in more)
    assert len(set(office.document_series.values())) == len(office.document_series)


def _plain(values: Any) -> list[dict[str, Any]]:
    """Entries as the contract writes them: lists for tuples, and no note where there is none."""
    entries = []
    for value in values:
        entry = {name: getattr(value, name) for name in value.__slots__}
        if entry.get("note", "") is None:
            del entry["note"]
        entries.append({n: list(v) if isinstance(v, tuple) else v for n, v in entry.items()})
    return entries


def test_the_examples_written_beside_each_rule_hold_for_both_evaluators(arbiter: Arbiter) -> None:
    assert examine(arbiter) == []


def test_a_wrong_example_is_found(rulebook: Rulebook, arbiter: Arbiter) -> None:
    first = rulebook.rules[0]
    turned = tuple(replace(example, fired=not example.fired) for example in first.examples)
    wrong = replace(rulebook, rules=(replace(first, examples=turned), *rulebook.rules[1:]))
    other = Arbiter(wrong, wrong.facts, wrong.office, timeout_seconds=20)
    try:
        faults = examine(other)
    finally:
        other.close()
    assert len(faults) == len(turned)
    assert all(fault.startswith("R01@1, example") for fault in faults)


def test_ordinary_yaml_readers_see_the_same_rules() -> None:
    """A lawyer's editor must not read `no` as false or a date as something else than we do."""
    for path in [
        *sorted(ROOT.glob("sets/national/routing/*.yaml")),
        *sorted(ROOT.glob("sets/national/credit/*.yaml")),
        ROOT / "facts.yaml",
        ROOT / "vocabulary.yaml",
    ]:
        assert _dates_as_text(yaml.safe_load(path.read_text("utf-8"))) == read_data(path), path.name


def _dates_as_text(value: Any) -> Any:
    if isinstance(value, dict):
        return {_dates_as_text(name): _dates_as_text(one) for name, one in value.items()}
    if isinstance(value, list):
        return [_dates_as_text(one) for one in value]
    return value.isoformat() if hasattr(value, "isoformat") else value


def test_every_ruling_has_the_shape_of_the_contract(arbiter: Arbiter) -> None:
    example = contract("examples/ruling_request.json")["example"]
    answer = arbiter.rule(example["facts"], date.fromisoformat(example["on"]))
    assert faults("ruling_answer", answer) == []
    wanted = contract("examples/ruling_answer.json")["example"]
    assert answer == wanted


def test_the_digest_changes_with_every_file(rulebook: Rulebook, tmp_path: Path) -> None:
    copy_of_the_law(tmp_path)
    assert load_rulebook(tmp_path).digest == rulebook.digest
    seen = {rulebook.digest}
    for path in (
        tmp_path / "facts.yaml",
        tmp_path / "offices" / "yuanping.yaml",
        tmp_path / "sets/national/routing/R01.yaml",
        tmp_path / "sets/national/credit/K04.yaml",
        tmp_path / "sets/national/credit/regimes.yaml",
    ):
        path.write_text(path.read_text("utf-8") + "# read again\n", "utf-8")
        seen.add(load_rulebook(tmp_path).digest)
    assert len(seen) == 6


def test_the_rule_shown_to_the_lawyer_is_a_rule(rulebook: Rulebook, tmp_path: Path) -> None:
    """The example of the README is read as a rule, and it is the rule of the house."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    shown = text.split("```yaml\n", 1)[1].split("```", 1)[0]
    path = tmp_path / "R20.yaml"
    path.write_text(shown, encoding="utf-8")
    rule = read_rule(read_data(path), rulebook.facts, rulebook.office.departments)
    (own,) = (one for one in rulebook.rules if one.id == "R20")
    assert rule.as_data() == own.as_data()


def test_the_rulebook_of_a_date_lists_rules_and_facts(rulebook: Rulebook) -> None:
    answer = rulebook.as_answer(date(2020, 1, 1))
    assert answer["version"] == rulebook.version == "yuanping-2024.1"
    assert answer["on"] == "2020-01-01"
    assert {rule["id"] for rule in answer["rules"]} == {
        rule["id"] for rule in contract("facts.json")["rules"] if _stands(rule["in_force"], "2020-01-01")
    }
    assert {"R01", "R17", "R29a"}.isdisjoint(rule["id"] for rule in answer["rules"])
    assert len(answer["facts"]) == len(rulebook.facts.by_name)


def _stands(in_force: dict[str, Any], on: str) -> bool:
    """True when the date, as text, lies within the dates of the contract."""
    return bool(in_force["from"] <= on <= (in_force["until"] or "9999-12-31"))
