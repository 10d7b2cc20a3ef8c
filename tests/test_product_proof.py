"""Law 2 and law 1 over the product of penalty and criminal referral: the proof holds, and fails when anything is opened."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable
from typing import Any

import pytest

from engine.core import prove_product
from engine.core.chart import Chart, Charts, build_chart
from engine.core.law2 import Law2, Suspicion, law2_of
from engine.core.prove import faults_of
from engine.core.prove_product import OPENERS, PUNISHED
from rules.charts import chart_files, load_charts
from rules.terms import load_terms
from tests.test_charts import CONTRACT

FILES, WHOLE, TERMS = chart_files(), load_charts(), load_terms()
SHUT = [name for name, state in FILES["criminal_referral"]["states"].items() if name not in OPENERS]


def proven(**changes: Callable[[dict[str, Any]], None]) -> list[str]:
    """What the product proof finds in the house with these charts changed."""
    charts = dict(WHOLE.by_name)
    for name, change in changes.items():
        data = copy.deepcopy(FILES[name])
        change(data)
        charts[name] = build_chart(data)
    found = [str(fault) for fault in faults_of(Charts(charts, WHOLE.dictionary), TERMS)]
    return [line for line in found if line.startswith("penalty and referral: ")]


def test_the_laws_hold_in_every_pair_of_states() -> None:
    assert proven() == []


def test_the_states_that_open_a_fine_are_those_of_the_contract() -> None:
    states = CONTRACT["charts"]["criminal_referral"]["states"]
    assert {name for name, state in states.items() if state["law2"]["fine"] == "open"} == OPENERS
    assert {name for name, state in states.items() if state["law2"]["close"] == "open"} == OPENERS | PUNISHED


@pytest.mark.parametrize("state", SHUT)
def test_a_state_that_opens_the_fine_too_early_is_found_with_the_path(state: str) -> None:
    def opened(chart: dict[str, Any]) -> None:
        chart["states"][state]["law2"] = {"fine": "open", "close": "open"}

    found = proven(criminal_referral=opened)

    assert any(
        "decide_fine from decision_proposed decides money" in line and f"is {state} (path: " in line
        for line in found
    )
    assert any("decide_on_spot_fine" in line for line in found), "the summary procedure is no way around it"


def test_a_way_back_from_a_courts_fine_is_found() -> None:
    def way_back(chart: dict[str, Any]) -> None:
        row = next(one for one in chart["rows"] if one["trigger"] == "waive_remedies")
        chart["rows"].append({**row, "trigger": "forget_the_judgment", "from": "result_court_fine"})

    assert any(
        "forget_the_judgment leads from result_court_fine" in line
        for line in proven(criminal_referral=way_back)
    )


def test_a_penalty_that_could_never_go_on_after_the_outcome_is_found() -> None:
    gone = {"resume_after_outcome", "settle_with_referral", "continue_without_money"}

    def stuck(chart: dict[str, Any]) -> None:
        chart["rows"] = [row for row in chart["rows"] if row["trigger"] not in gone]

    assert any(
        "from awaiting_criminal" in line and "no loop closes" in line for line in proven(penalty=stuck)
    )


def test_an_act_that_is_split_in_two_is_found_when_only_the_own_suspicion_counts(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Whoever forgot the other findings of the same party and act would open a fine by splitting the act."""

    def own_alone(referrals: Chart, suspicions: Iterable[Suspicion], *, threshold: bool) -> Law2:
        return law2_of(referrals, [one for one in suspicions if one.own], threshold=threshold)

    monkeypatch.setattr(prove_product, "law2_of", own_alone)

    assert any(
        "split into two findings, refused and recorded, the act is not as shut" in line for line in proven()
    )
