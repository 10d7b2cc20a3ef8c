"""On facts of every kind the two evaluators agree, and what a ruling may never be, it is not."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from rules.arbiter import Arbiter, Decision
from rules.conditions import comparisons
from rules.facts import LARGEST_INTEGER, Fact
from rules.rulebook import Rulebook, load_rulebook
from tests.rules.edges import Edges

BOOK = load_rulebook()
MANY = settings(max_examples=300, deadline=None)

EDGES = Edges(BOOK)
NOT_SHOWN = {"R03a", "R19"}
"""Rules that hold while something is not shown, and give way when it is: by `unknown` in a list, or by `<`."""


def _values(fact: Fact) -> st.SearchStrategy[Any]:
    if fact.type == "boolean":
        return st.booleans()
    if fact.type == "code":
        return st.sampled_from(list(fact.vocabulary))
    return st.sampled_from(EDGES.figures_of(fact)) | st.integers(fact.minimum or 0, LARGEST_INTEGER)


@st.composite
def facts_of_a_finding(draw: st.DrawFn) -> dict[str, Any]:
    """Facts that may be given: a domain, a violation of it, and any of the others."""
    names = BOOK.facts.by_name
    domain = draw(st.sampled_from(list(BOOK.facts.vocabulary.domains)))
    codes = ["none", *BOOK.facts.vocabulary.violations[domain]]
    facts: dict[str, Any] = {"domain": domain, "violation": draw(st.sampled_from(codes))}
    others = [name for name in names if name not in facts]
    for name in draw(st.lists(st.sampled_from(others), unique=True, max_size=len(others))):
        facts[name] = draw(_values(names[name]))
    return facts


def _check(decision: Decision, book: Rulebook) -> None:
    ruling, facts = decision.ruling, decision.facts
    words = book.facts.vocabulary
    weights = [50 if r == "transfer" and ruling.urgent else words.severity[r] for r in ruling.routes]
    assert weights == sorted(weights, reverse=True)
    assert len(set(ruling.routes)) == len(ruling.routes) > 0
    assert ("ledger_only" in ruling.routes) == (ruling.routes == ("ledger_only",))
    assert ("credit_flag" in ruling.routes) == bool(ruling.flags)
    for listed, order in (
        (ruling.flags, words.flags),
        (ruling.shut, words.shut),
        (ruling.notes, words.notes),
    ):
        assert list(listed) == [code for code in order if code in listed]
    if "transfer" in ruling.routes:
        assert ruling.to and ruling.grounds
    if not facts["own_power"]:
        assert not {"penalty", "rectification"} & set(ruling.routes)
        assert {"penalty", "rectification"} <= set(ruling.shut)
        assert not ruling.flags
        passed_on = {"transfer", "copy_notice", "criminal_referral"} & set(ruling.routes)
        assert passed_on or facts["violation"] == "none"
    if any(rule.confidential for rule in decision.rules):
        assert "fine" in ruling.shut or facts["criminal_outcome"] not in (
            "none",
            "pending",
            "court_fine",
            "convicted",
        )
        assert {"R29a", "R29b"} & set(ruling.fired) == set(ruling.suppressed)
    else:
        assert not ruling.suppressed and "criminal_referral" not in ruling.routes
    if "impose" in ruling.shut:
        assert not {"penalty_publicity", "serious_list"} & set(ruling.flags)
    assert not set(decision.open) & set(ruling.fired)
    for missing in decision.open.values():
        assert missing
        assert all(facts[name] == book.facts.by_name[name].unknown for name in missing)


@MANY
@given(facts=facts_of_a_finding(), on=st.sampled_from(EDGES.days))
def test_both_evaluators_agree_and_every_ruling_is_lawful(
    facts: dict[str, Any], on: date, arbiter: Arbiter
) -> None:
    _check(arbiter.decide(facts, on), arbiter.rulebook)


@MANY
@given(facts=facts_of_a_finding(), on=st.sampled_from(EDGES.days), data=st.data())
def test_the_order_in_which_facts_are_given_changes_nothing(
    facts: dict[str, Any], on: date, data: st.DataObject, arbiter: Arbiter
) -> None:
    shuffled = dict(data.draw(st.permutations(list(facts.items()))))
    assert json.dumps(arbiter.rule(shuffled, on)) == json.dumps(arbiter.rule(facts, on))


@MANY
@given(facts=facts_of_a_finding(), on=st.sampled_from(EDGES.days))
def test_nothing_confidential_is_in_the_ruling_for_everybody(
    facts: dict[str, Any], on: date, arbiter: Arbiter
) -> None:
    shown = arbiter.rule(facts, on, confidential=False)
    secret = {rule.id for rule in arbiter.rulebook.rules if rule.confidential}
    named = {
        *shown["fired"],
        *shown["suppressed"],
        *shown["pending_check"],
        *(o["rule"] for o in shown["open"]),
    }
    assert not named & secret
    assert "criminal_referral" not in shown["routes"]
    assert not any("criminal_outcome" in entry["missing"] for entry in shown["open"])
    other_outcome = {**facts, "criminal_outcome": "court_fine"}
    assert arbiter.rule(other_outcome, on, confidential=False) == shown


def test_only_two_rules_read_unknown_as_not_shown() -> None:
    """The contract's conventions name R19; R03a lists `unknown` among the circumstances of the first stage."""
    reading = {
        rule.id
        for rule in BOOK.rules
        for c in comparisons(rule.when)
        if (unknown := BOOK.facts.by_name[c.fact].unknown) is not None
        and (c.operator in ("<", "<=") or unknown in (c.value if isinstance(c.value, tuple) else (c.value,)))
    }
    assert reading == NOT_SHOWN


@MANY
@given(facts=facts_of_a_finding(), on=st.sampled_from(EDGES.days), data=st.data())
def test_a_rule_that_is_neither_fired_nor_open_cannot_fire_whatever_is_learned(
    facts: dict[str, Any], on: date, data: st.DataObject, arbiter: Arbiter
) -> None:
    before = arbiter.decide(facts, on)
    unknown = [
        fact
        for fact in BOOK.facts.by_name.values()
        if fact.unknown is not None and before.facts[fact.name] == fact.unknown
    ]
    learned = {fact.name: data.draw(_values(fact), label=fact.name) for fact in unknown}
    after = arbiter.decide({**facts, **learned}, on)
    assert set(after.ruling.fired) <= {*before.ruling.fired, *before.open}
    assert set(before.ruling.fired) - set(after.ruling.fired) <= NOT_SHOWN
