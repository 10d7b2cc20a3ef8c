"""The proofs over the rulebook hold, mean what the evaluators mean, and find what is wrong with an example case."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rules.arbiter import Arbiter
from rules.condition_file import read_condition
from rules.conditions import condition_as_data
from rules.proof.checks import (
    basis_faults,
    criminal_faults,
    idle_faults,
    milder_faults,
    overlap_faults,
)
from rules.proof.declared import Declared, load_declared
from rules.proof.faults import ProofFault
from rules.proof.gaps import gap_faults
from rules.proof.nearest import STAYS, what_ifs
from rules.proof.prove import WORKED, pinned_faults, proof_of
from rules.proof.regions import regions
from rules.proof.space import Space
from rules.proof.spoken import Spoken
from rules.proof.symbolic import severity, symbolic_ruling
from rules.proof.worked import as_worked, load_worked, ruled
from rules.rulebook import ROOT, Rulebook
from rules.schema import Rule
from tests.rules.any_facts import BOOK, DAYS, facts_of_a_finding

DECLARED = load_declared(ROOT, BOOK.sets, BOOK.facts)


@settings(max_examples=200, deadline=None)
@given(facts_of_a_finding(), st.sampled_from(DAYS))
def test_a_proof_speaks_of_the_rulings_that_are_made(given: dict[str, Any], on: date) -> None:
    facts, words = BOOK.facts.complete(given), BOOK.facts.vocabulary
    made = ruled(BOOK.rules, BOOK, facts, on)

    spoken = symbolic_ruling(BOOK.in_force(on), Space(BOOK.facts, facts), BOOK.office, words)

    said: dict[str, set[str]] = {}
    for member, word, when in spoken.said():
        assert isinstance(when, bool), "where every fact is fixed nothing is left open"
        if when:
            said.setdefault(member, set()).add(word)
    for member in ("routes", "flags", "shut", "to", "notes", "grounds"):
        assert said.get(member, set()) == {*getattr(made, member)}, member
    assert said["rectify_first"] == {made.rectify_first}
    assert ("urgent" in said) is made.urgent
    weights = [50 if r == "transfer" and made.urgent else words.severity[r] for r in made.routes]
    assert severity(spoken, words) == max(weights)


def test_every_proof_holds_and_every_slip_would_be_noticed() -> None:
    proof = proof_of(BOOK, DECLARED, load_worked(WORKED, BOOK.facts))

    assert [str(fault) for fault in proof.faults] == []
    assert {one["domain"] for one in proof.by_hand} == {*BOOK.facts.vocabulary.domains}


def book_with(**changed: Callable[[Rule], Rule | None]) -> Rulebook:
    """The rulebook with these rules (all their versions) changed, or without them."""
    rules = [changed[rule.id](rule) if rule.id in changed else rule for rule in BOOK.rules]
    return replace(BOOK, rules=tuple(rule for rule in rules if rule is not None))


def gone(_rule: Rule) -> None:
    """The rule is lost."""


def when(condition: Any) -> Callable[[Rule], Rule]:
    """The rule with another condition."""
    return lambda rule: replace(rule, when=read_condition(condition, "/when", BOOK.facts))


def proven(book: Rulebook, domain: str, declared: Declared = DECLARED) -> Iterator[ProofFault]:
    """What the proofs find in one domain."""
    around = [region for region in regions(book) if region.domain == domain]
    hands = tuple(one for one in declared.by_hand if one.domain == domain)
    yield from gap_faults(book, replace(declared, by_hand=hands), around)
    spoken = Spoken(book)
    yield from overlap_faults(spoken, declared, around)
    yield from milder_faults(spoken, declared, around)
    yield from criminal_faults(spoken, around)
    yield from basis_faults(book)


FALSE_AD = ["violation", "==", "ad_false"]
GAINS = ["illegal_gains_fen", ">=", 10_000_000]
SOLD = ["violation", "==", "price_not_marked"]
CASES: dict[str, tuple[dict[str, Callable[[Rule], Rule | None]], str, str, str]] = {
    "a rule is lost": ({"R11": gone}, "advertising", "gap", "自2024-01-01起，没有任何规则适用"),
    "a criminal rule is lost": ({"R07": gone}, "product_quality", "gap", "没有任何规则适用"),
    "a bound is one too high": (
        {"R07": lambda rule: _moved(rule, "sales_fen", 5_000_001)},
        "product_quality",
        "gap",
        "没有任何规则适用",
    ),
    "a bound is in yuan and not in fen": (
        {"R19": lambda rule: _moved(rule, "illegal_gains_fen", 30_000)},
        "trademark",
        "gap",
        "没有任何规则适用",
    ),
    "a version ends too early": (
        {"R19": lambda rule: replace(rule, in_force_until=date(2025, 3, 1)) if rule.version == 1 else rule},
        "trademark",
        "gap",
        "自2025-03-02起",
    ),
    "an order and a fine at once for one thing": (
        {"R13b": when({"all": [["domain", "==", "price"], SOLD]})},
        "price",
        "overlap",
        "同时适用而说法相反",
    ),
    "the more, the milder": (
        {
            "R12": lambda rule: _no_crime(rule),
            "R11": when({"all": [FALSE_AD, ["illegal_gains_fen", "<", 10_000_000]]}),
        },
        "advertising",
        "milder",
        "违法所得更多，处理反而更轻（由 penalty 到 copy_notice）",
    ),
    "a criminal rule that gives way": (
        {"R12": lambda rule: replace(rule, yields_to_criminal=True)},
        "advertising",
        "waivable",
        "涉罪，却可以让位",
    ),
    "a threshold that shuts nothing": (
        {"R12": lambda rule: replace(rule, confidential=False)},
        "advertising",
        "criminal",
        "达到涉罪标准（R12@1）时，仍可罚款",
    ),
    "a flag without law": (
        {"R11": lambda rule: replace(rule, basis=tuple(b for b in rule.basis if b.for_flag))},
        "advertising",
        "basis",
        "没有法律依据",
    ),
}


def _moved(rule: Rule, fact: str, figure: int) -> Rule:
    """The rule with every comparison of the fact at this figure."""

    def moved(data: Any) -> Any:
        if isinstance(data, list):
            return [data[0], data[1], figure] if data[0] == fact else data
        return {name: [moved(part) for part in parts] for name, parts in data.items()}

    return when(moved(condition_as_data(rule.when)))(rule)


def _no_crime(rule: Rule) -> Rule:
    """The rule as one that only notifies where a crime was suspected."""
    return replace(
        rule, confidential=False, routes=("copy_notice",), when=when({"all": [FALSE_AD, GAINS]})(rule).when
    )


@pytest.mark.parametrize("case", CASES)
def test_a_fault_is_found_with_an_example_that_shows_it(case: str) -> None:
    changed, domain, kind, words = CASES[case]
    book = book_with(**changed)

    found = [one for one in proven(book, domain) if one.kind == kind]

    assert any(words in one.zh for one in found), [str(one) for one in found]
    for one in found:
        if one.kind in ("gap", "overlap"):
            facts = BOOK.facts.complete({"domain": domain, **one.example})
            made = ruled(book.rules, book, facts, date.fromisoformat(str(one.on)))
            fired = {rule.key for rule in book.rules if rule.id in made.fired}
            assert made.routes == ("ledger_only",) if one.kind == "gap" else {*one.rules} <= fired


def test_a_rule_that_never_holds_and_one_that_never_matters_are_found() -> None:
    never = when({"all": [["domain", "==", "price"], FALSE_AD]})
    twin = replace(next(rule for rule in BOOK.rules if rule.id == "R14"), id="R14x")
    book = book_with(R13a=never)
    price = tuple(rule for rule in book.rules if rule.id.startswith(("R13", "R14")))
    book = replace(book, rules=(*price, twin))
    around = [region for region in regions(book) if region.domain == "price"]

    found = {(one.kind, *one.rules) for one in idle_faults(Spoken(book), around)}

    assert ("dead", "R13a@1") in found
    assert {("shadowed", "R14@1"), ("shadowed", "R14x@1")} <= found


def test_a_signature_for_no_gap_is_found() -> None:
    hand = replace(DECLARED.by_hand[0], domain="price", violations=("price_fraud",), when=None)
    around = [region for region in regions(BOOK) if region.domain == "price"]
    price = tuple(one for one in DECLARED.by_hand if one.domain == "price")

    found = [str(one) for one in gap_faults(BOOK, replace(DECLARED, by_hand=(*price, hand)), around)]

    assert [one.partition(" / ")[0] for one in found] == [
        "签署为人工处理的 price/price_fraud 已有规则适用或者不存在"
    ]


@settings(max_examples=8, deadline=None)
@given(facts_of_a_finding(), st.sampled_from([date(2024, 6, 1), date(2026, 6, 1)]))
def test_what_if_is_true_and_nothing_nearer_is(arbiter: Arbiter, given: dict[str, Any], on: date) -> None:
    facts = BOOK.facts.complete(given)
    now = arbiter.decide(facts, on).ruling

    for one in what_ifs(BOOK, facts, on):
        then = arbiter.decide(one.facts, on).ruling
        assert (one.word in (*then.routes, *then.flags)) is one.comes
        assert (one.word in (*now.routes, *now.flags)) is not one.comes
        assert {name for name, value in one.facts.items() if facts[name] != value} == {*one.changes}
        assert not {*STAYS} & {*one.changes}
        for name, (before, after) in one.changes.items():
            assert _still(one.facts | {name: before}, one, on), "a change that is not needed"
            if type(after) is int and type(before) is int and abs(after - before) > 1:
                nearer = after - 1 if after > before else after + 1
                assert _still(one.facts | {name: nearer}, one, on), "one step less is enough"


def _still(given: Any, one: Any, on: date) -> bool:
    """True when the word is as it was before the change."""
    made = as_worked(ruled(BOOK.rules, BOOK, given, on))
    return (one.word in (*made["routes"], *made["flags"])) is not one.comes


def test_who_may_not_know_of_a_crime_is_told_of_none() -> None:
    facts = BOOK.facts.complete({"domain": "metrology", "violation": "meter_cheat"})

    words = {one.word for one in what_ifs(BOOK, facts, date(2024, 6, 1), confidential=False)}

    assert "criminal_referral" in {one.word for one in what_ifs(BOOK, facts, date(2024, 6, 1))}
    assert "criminal_referral" not in words


def test_a_slip_that_no_example_notices_is_told_with_the_example_that_would() -> None:
    rule = next(one for one in BOOK.rules if one.id == "R26")
    bare = replace(rule, examples=rule.examples[:2])
    book = replace(BOOK, rules=(bare,))

    told = [one for one in pinned_faults(Spoken(book), (), ()) if one.kind == "unpinned"]

    bound = next(one for one in told if "[letters_unsigned, >=, 1]" in one.zh)
    assert "请加一个 fired: false 的示例（2024-06-01）" in bound.zh
    assert bound.example["letters_unsigned"] == 1
