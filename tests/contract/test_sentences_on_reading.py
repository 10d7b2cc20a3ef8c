"""Sentences of the HTTP contract on what is read: steps, lists, figures, facts, instants, who sees what."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.contract.asking import NOW, ask, found, opened, problem
from tests.contract.stage import Stage, finding_body, inspection_body
from tests.schemas import faults

CONTRACT = Path(__file__).parent.parent.parent / "docs/contract"


def test_a_missing_step_says_which_states_have_it(stage: Stage) -> None:
    finding = found(stage)
    steps = stage.get("C02", f"/findings/{finding}")["steps"]
    shut = [one for one in steps if not one["open"]]
    assert shut
    for one in shut:
        assert one["reasons"]
        for reason in one["reasons"]:
            named = reason.get("opens_when") or reason.get("not_before") or reason.get("roles")
            assert named or one["trigger"] in ("record_finding", "carry_over"), one["trigger"]
    told = ask(stage, "C02", finding, "verify").json()["reasons"]
    assert [(one["code"], one["opens_when"]) for one in told] == [("no_such_step", "状态为：待核验")]


def test_deadlines_come_worst_light_first(stage: Stage) -> None:
    finding = found(stage)
    opened(stage, finding, served=True)
    stage.town.at("2024-04-30T09:00")
    stage.town.house.desk.ring_after_jump()
    told = stage.get("W01", "/deadlines")
    assert faults("deadline_answer", told) == []
    assert [(one["term"], one["light"]) for one in told["items"]] == [
        ("DL13", "overdue"),
        ("DL10", "yellow"),
        ("DL01", "green"),
    ]
    first = stage.get("W01", "/deadlines", limit=2)
    rest = stage.get("W01", "/deadlines", limit=2, cursor=first["next"])
    assert [one["id"] for one in first["items"] + rest["items"]] == [one["id"] for one in told["items"]]
    for query, terms in (
        ({"light": ["overdue", "green"]}, ["DL13", "DL01"]),
        ({"before": "2024-05-06"}, ["DL13"]),
        ({"term": "DL10"}, ["DL10"]),
        ({"nature": "statutory"}, ["DL10", "DL01"]),
        ({"department": "fire_rescue"}, []),
    ):
        assert [one["term"] for one in stage.get("W01", "/deadlines", **query)["items"]] == terms, query


def test_every_number_of_the_ledger_is_the_length_of_its_list(stage: Stage) -> None:
    first = found(stage)
    opened(stage, first)
    second = found(stage, item="库房")
    ask(stage, "C01", second, "register")
    ledger = stage.get("S01", "/ledger")
    assert faults("ledger_answer", ledger) == []
    parts = [ledger, *(one for name in ledger if name.startswith("by_") for one in ledger[name])]
    for part in parts:
        assert part["found"]["count"] == part["open"]["count"] + part["closed"]["count"]
        for name in ("found", "open", "closed"):
            listed = stage.client("S01").get(part[name]["filter"]).json()
            assert len(listed["items"]) == part[name]["count"], part[name]
    assert ledger["found"]["count"] == 2
    assert sum(one["found"]["count"] for one in ledger["by_state"]) == 2
    assert sum(one["found"]["count"] for one in ledger["by_light"]) == 2


def test_instants_are_told_in_shanghai_without_fractions_that_nobody_sent(stage: Stage) -> None:
    stage.town.at(NOW)
    body = inspection_body(NOW, started_at="2024-04-26T07:00:00Z", finished_at="2024-04-26T08:00:00.500Z")
    answer = stage.post("W01", "/inspections", body).json()
    assert answer["inspection"]["started_at"] == "2024-04-26T15:00:00+08:00"
    assert answer["inspection"]["finished_at"] == "2024-04-26T16:00:00.5+08:00"
    assert answer["deadlines"][0]["history"][0]["occurred_at"] == "2024-04-26T16:00:00.5+08:00"
    early = {"inspection": answer["id"], **finding_body("2024-04-26T14:59")}
    refused = stage.post("W01", "/findings", early)
    assert problem(refused) == (422, "occurred_too_early")
    assert refused.json()["not_before"] == "2024-04-26T15:00:00+08:00"


def test_an_entry_names_one_role(stage: Stage) -> None:
    finding = found(stage)
    ask(stage, "C01", finding, "register")
    assert [one["role"] for one in stage.get("C01", f"/findings/{finding}/timeline")["items"]] == [
        "inspector",
        "case_officer",
    ]


@pytest.mark.parametrize("chart", ["inspection", "finding", "rectification", "transfer", "copy_notice"])
def test_charts_are_told_as_the_contract_has_them(stage: Stage, chart: str) -> None:
    wanted = json.loads((CONTRACT / "charts.json").read_text(encoding="utf-8"))["charts"][chart]
    told = stage.get("W01", "/charts")["charts"][chart]
    for state, named in told["states"].items():
        assert named == wanted["states"][state]
    members = (
        "trigger",
        "to",
        "by",
        "entered",
        "requires",
        "documents",
        "guards",
        "opens",
        "settles",
        "effects",
    )

    def plain(row: Any) -> str:
        sources = row["from"] if isinstance(row["from"], list) else [row["from"]]
        return json.dumps([sources, *(row.get(name, []) for name in (*members, "legal_date"))])

    expected = {plain(row) for row in wanted["rows"]}
    assert {plain(row) for row in told["rows"] if row["trigger"] != "correct_carry_over"} <= expected


def test_whoever_may_not_see_a_finding_finds_none(stage: Stage) -> None:
    finding = found(stage)
    for login in ("F01", "F02", "A01"):
        assert stage.client(login).get(f"/api/v1/findings/{finding}").status_code == 404
        assert stage.client(login).get(f"/api/v1/audit/{finding}").status_code == 404
        assert stage.get(login, "/findings")["items"] == []
    for login in ("S01", "O01"):
        assert stage.get(login, f"/findings/{finding}")["id"] == finding
    assert len(stage.get("E01", f"/audit/{finding}")["entries"]) == 1


def test_several_guards_that_read_the_record_are_told_at_once(stage: Stage) -> None:
    finding = found(stage)
    ask(stage, "C01", finding, "register")
    routes = ["rectification", "credit_flag"]
    ask(stage, "C01", finding, "propose_no_action")
    ask(stage, "H01", finding, "approve_no_action")
    ask(stage, "U01", finding, "fail_verification")
    ask(stage, "H01", finding, "add_route", routes=routes)
    answer = ask(stage, "C01", finding, "proceedings_done")
    assert problem(answer) == (409, "step_shut")
    assert [one["code"] for one in answer.json()["reasons"]] == ["all_proceedings_done"]
    assert answer.json()["reasons"][0]["opens_when"]


def test_facts_follow_the_orders_to_correct(stage: Stage) -> None:
    finding = found(stage)
    assert stage.get("W01", f"/findings/{finding}")["facts"]["rectification_state"] == "none"
    order = opened(stage, finding, served=True)
    assert stage.get("W01", f"/findings/{finding}")["facts"]["rectification_state"] == "ordered"
    assert ask(stage, "W01", finding, "reinspect_corrected", order).status_code == 200
    assert stage.get("W01", f"/findings/{finding}")["facts"]["rectification_state"] == "corrected"


def test_a_ruling_on_changed_facts_follows_the_one_before(stage: Stage) -> None:
    stage.town.at(NOW)
    inspection = stage.post("W01", "/inspections", inspection_body(NOW)).json()["id"]
    facts = {"item_class": "general", "circumstances": "slight", "affects_food_safety": "no"}
    body = {"inspection": inspection, "reference": "R-1", **finding_body(NOW, facts=facts)}
    first = stage.post("W01", "/findings", body).json()["rulings"]
    assert [one["fired"] for one in first] == [["R01"]]
    changed = {**body, "facts": {**facts, "item_class": "key"}}
    later = stage.post("W01", "/findings", changed).json()["rulings"]
    assert later[0] == first[0]
    assert len(later) == 2
    assert later[1]["fired"] != ["R01"]
