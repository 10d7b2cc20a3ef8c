"""A kept ruling says what it was made from, and nothing of what only a referral's list may know."""

from __future__ import annotations

import json
import sys
from datetime import date
from typing import Any

import pytest

from engine.judging import Judging, followed_by, without_facts
from models import records
from rules.arbiter import Arbiter
from rules.rulebook import Rulebook
from rules.ruling import SetAside
from tests.builders import Town
from tests.schemas import faults

ON = date(2024, 6, 1)
FIRE = {"domain": "fire", "violation": "fire_exit_blocked", "own_power": False}
SICK = {
    "domain": "food",
    "violation": "food_unsafe",
    "unsafe_food_kind": "sick_dead_animal",
    "circumstances": "slight",
    "corrected_in_time": "yes",
    "harm": "none",
}


def test_a_ruling_keeps_facts_both_answers_and_the_rulebook(rulebook: Rulebook, arbiter: Arbiter) -> None:
    kept = Judging(rulebook.office, arbiter).judge(FIRE, ON).shown
    trace = kept["trace"]
    assert trace["python"] == trace["durable_rules"] == {"fired": ["R20@1"]}
    assert (trace["rulebook_version"], trace["rulebook_digest"]) == (rulebook.version, rulebook.digest)
    assert trace["facts"] == {
        name: value for name, value in rulebook.facts.complete(FIRE).items() if name != "criminal_outcome"
    }
    assert trace["set_aside"] == []
    assert faults("ruling_answer", kept) == faults("ruling_answer", without_facts(kept)) == []
    assert {name: value for name, value in kept.items() if name != "trace"} == arbiter.rule(FIRE, ON)


def test_what_is_set_aside_says_why(arbiter: Arbiter) -> None:
    def set_aside(facts: dict[str, Any]) -> list[SetAside]:
        return list(arbiter.decide(facts, ON).ruling.set_aside)

    assert SetAside("rule", "R29a", "suspected_crime") in set_aside(SICK)
    refused = {**SICK, "circumstances": "serious", "criminal_outcome": "refused"}
    assert SetAside("route", "criminal_referral", "criminal_case_ended") in set_aside(refused)
    no_power = {"domain": "food", "violation": "food_unlicensed", "own_power": False}
    found = set_aside(no_power)
    assert SetAside("route", "penalty", "no_competence") in found
    assert {one.reason for one in found} == {"no_competence"}


@pytest.mark.parametrize("outcome", ["none", "pending", "refused", "convicted"])
def test_the_kept_trace_is_the_same_whatever_only_the_list_knows(
    outcome: str, rulebook: Rulebook, arbiter: Arbiter
) -> None:
    judging = Judging(rulebook.office, arbiter)
    kept = judging.judge({**SICK, "criminal_outcome": outcome}, ON)
    assert kept.criminal is True
    assert kept.shown == judging.judge(SICK, ON).shown
    told = json.dumps(kept.shown)
    assert "criminal" not in told and "suspected_crime" not in told and "R06" not in told


def test_what_waits_for_a_person_keeps_its_facts_too(rulebook: Rulebook) -> None:
    gone = (sys.executable, "-I", "-c", "raise SystemExit(3)")
    arbiter = Arbiter(rulebook, rulebook.facts, rulebook.office, worker_command=gone)
    trace = (
        Judging(rulebook.office, arbiter).judge({**SICK, "criminal_outcome": "refused"}, ON).shown["trace"]
    )
    assert "the process ended" in trace["durable_rules"]["error"]
    assert trace["facts"]["harm"] == "none" and "criminal_outcome" not in trace["facts"]
    assert trace["rulebook_digest"] == rulebook.digest


def test_a_ruling_that_says_the_same_on_other_facts_is_no_new_one() -> None:
    first = {"routes": ["penalty"], "trace": {"rulebook_digest": "a", "facts": {"sales_fen": 1}}}
    second = {"routes": ["penalty"], "trace": {"rulebook_digest": "a", "facts": {"sales_fen": 2}}}
    other_law = {"routes": ["penalty"], "trace": {"rulebook_digest": "b", "facts": {"sales_fen": 1}}}
    assert followed_by([first], second) == [first]
    assert followed_by([first], other_law) == [first, other_law]


def test_the_finding_keeps_the_trace_and_shows_it_without_the_facts(town: Town) -> None:
    finding = town.finding(domain="food", violation="food_fake_inferior", facts={"sales_fen": 5_000_000})
    with town.house.database.read() as connection:
        (kept,) = records.finding_row(connection, finding, False).rulings
    assert kept["trace"]["facts"]["sales_fen"] == 5_000_000
    (shown,) = town.house.reader.finding(town.who("C01"), finding)["rulings"]
    assert shown == without_facts(kept) and "facts" not in shown["trace"]
