"""Which of the open steps stands as the next one: what leads the case on, before what may be done besides in any state."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from engine.core.commands import Principal
from rules.charts import load_charts
from web.next_steps import NextStep
from web.records import NO_SITUATION
from web.steps import Offer, act_book, offers
from web.work_rows import shown_steps

CHARTS = load_charts()
HEAD = Principal("H01", "负责人", frozenset({"department_head"}), department="market_regulation")


def offered(state: str, **known: Any) -> list[Offer]:
    """What is open to a head on a penalty in that state, all guards apart."""
    triggers = dict.fromkeys(row.trigger for row in CHARTS["penalty"].rows if row.source == state)
    steps = [{"chart": "penalty", "trigger": one, "proceeding": "p", "open": True} for one in triggers]
    states = {None: ("finding", "in_progress"), "p": ("penalty", state)}
    situation = replace(NO_SITUATION, **known)
    return offers(CHARTS, HEAD, steps, states, situation, lambda *_: state.endswith("_proposed"))


def test_what_leads_on_stands_before_what_may_be_done_besides() -> None:
    decided, *rest = offered("decision_proposed")
    assert decided.triggers == "decide_fine" and decided.first
    besides = [one for one in rest if one.triggers in ("decide_preserved_evidence", "release_measure")]
    assert len(besides) == 2 and not any(one.first for one in besides)
    assert not any(one.first for one in offered("prior_notice_served"))


def test_what_is_preserved_is_decided_on_while_its_clock_runs() -> None:
    assert [
        one.triggers for one in offered("prior_notice_served", running=frozenset({"DL22"})) if one.first
    ] == ["decide_preserved_evidence"]


def test_penalties_are_decided_one_by_one() -> None:
    rows = [
        {"next": NextStep("penalty.decide_fine", "处罚")},
        {"next": NextStep("finding.register", "登记")},
        {"next": None},
    ]
    assert [one["name"] for one in shown_steps(rows)] == ["finding.register"]
    assert act_book().is_single("credit_flag.approve_listing")
