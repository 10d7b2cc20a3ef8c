"""Sentences of the HTTP contract that no story tells: order of checks, what raises what, lists, papers, readers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.contract.player import STANDARD
from tests.contract.stage import Stage, finding_body, inspection_body
from tests.reading.contract import faults

CONTRACT = Path(__file__).parent.parent.parent / "docs/contract"
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
NOW = "2024-04-26T17:00"
ON_THE_SPOT = {"legal_ground": "行政处罚法第二十八条", "urgent_ground": "on_the_spot"}


def found(stage: Stage, **given: Any) -> str:
    """The id of a finding just recorded."""
    stage.town.at(NOW)
    body = inspection_body(NOW, findings=[finding_body(NOW, **given)])
    return str(stage.post("W01", "/inspections", body).json()["findings"][0]["id"])


def facts_of(trigger: str, **given: Any) -> dict[str, Any]:
    """The facts of an ordinary step on the day of the stage."""
    standard = {name: value for name, value in STANDARD[trigger].items() if name != "as"}
    return {name: NOW[:10] if value == "$today" else value for name, value in standard.items()} | given


def ask(stage: Stage, login: str, finding: str, trigger: str, on: str | None = None, **facts: Any) -> Any:
    """The answer to one step in the present version."""
    version = stage.get("S01", f"/findings/{finding}")["version"]
    body = {"trigger": trigger, "proceeding": on, "expected_version": version}
    return stage.post(login, f"/findings/{finding}/steps", {**body, "facts": facts_of(trigger, **facts)})


def opened(stage: Stage, finding: str, *, served: bool = False) -> str:
    """The id of a rectification of the finding, ordered and, when told so, served."""
    answer = ask(stage, "W01", finding, "open_rectification", **ON_THE_SPOT)
    order = str(answer.json()["proceedings"][-1]["id"])
    assert ask(stage, "W01", finding, "order", order).status_code == 200
    if served:
        assert ask(stage, "W01", finding, "serve_directly", order).status_code == 200
    return order


def problem(answer: Any) -> tuple[int, str]:
    """Status and code of a refusal that obeys the schema."""
    assert faults("problem", answer.json()) == []
    return answer.status_code, answer.json()["code"]


def test_checks_come_in_the_order_of_the_contract(stage: Stage) -> None:
    finding = found(stage)
    path = f"/findings/{finding}/steps"
    stage.town.add_person("T01", "market_regulation", ("hearing_presider",))
    stale = {"trigger": "nonsense", "expected_version": 7}
    assert problem(stage.post("F01", path, stale)) == (404, "not_found")
    assert problem(stage.post("T01", path, stale)) == (403, "not_yours")
    assert problem(stage.post("C01", path, stale)) == (409, "stale_version")
    unknown = {"trigger": "nonsense", "expected_version": 1}
    assert problem(stage.post("C01", path, unknown)) == (422, "unknown_trigger")
    shut = {"trigger": "approve_close", "expected_version": 1}
    assert problem(stage.post("C02", path, shut)) == (409, "step_shut")
    others = {"trigger": "register", "expected_version": 1}
    assert problem(stage.post("H01", path, others)) == (403, "not_yours")
    assert problem(stage.post("C01", path, others)) == (422, "facts_invalid")


def test_times_are_looked_at_before_the_form(stage: Stage) -> None:
    finding = found(stage)
    order = opened(stage, finding)
    body = {
        "trigger": "serve_directly",
        "proceeding": order,
        "expected_version": 3,
        "facts": {"served_on": "2024-04-27"},
    }
    assert problem(stage.post("W01", f"/findings/{finding}/steps", body)) == (422, "occurred_in_future")
    body["facts"] = {"served_on": "2024-04-25"}
    early = stage.post("W01", f"/findings/{finding}/steps", body)
    assert problem(early) == (422, "occurred_too_early")
    assert early.json()["not_before"] == "2024-04-26"
    body["facts"] = {"served_on": "2024-04-26"}
    told = stage.post("W01", f"/findings/{finding}/steps", body).json()
    assert {(one["pointer"], one["code"]) for one in told["errors"]} == {
        ("/facts/officers", "missing"),
        ("/facts/signer", "missing"),
    }


def test_a_key_that_is_bound_is_told_before_the_shape_of_another_body(stage: Stage) -> None:
    finding = found(stage)
    path = f"/findings/{finding}/steps"
    body = {"trigger": "add_facts", "expected_version": 1, "facts": facts_of("add_facts")}
    assert stage.post("C01", path, body, key="one").status_code == 200
    assert problem(stage.post("C01", path, {"trigger": "add_facts"}, key="one")) == (422, "key_reused")
    again = stage.post("C01", path, body, key="one")
    assert (again.status_code, again.headers["Idempotent-Replay"]) == (200, "true")
    assert again.json()["decision"]["replayed"] is True
    assert again.json()["decision"]["sequence_to"] == 2


def test_a_key_answers_what_was_decided_whatever_came_after(stage: Stage) -> None:
    finding = found(stage)
    path = f"/findings/{finding}/steps"
    body = {"trigger": "add_facts", "expected_version": 1, "facts": facts_of("add_facts")}
    first = stage.post("C01", path, body, key="one").json()["decision"]
    assert ask(stage, "C01", finding, "register").status_code == 200
    again = stage.post("C01", path, body, key="one").json()
    assert again["decision"] == {**first, "replayed": True}
    assert (again["version"], again["sequence"]) == (3, 3)


def test_instants_of_one_request_do_not_decrease(stage: Stage) -> None:
    finding = found(stage)
    first, second = opened(stage, finding), opened(stage, finding)
    served = [
        {
            "trigger": "serve_directly",
            "proceeding": order,
            "facts": facts_of("serve_directly"),
            "occurred_at": f"2024-04-26T17:0{minute}:00+08:00",
        }
        for order, minute in ((first, 4), (second, 2))
    ]
    stage.town.at("2024-04-26T17:05")
    path = f"/findings/{finding}/steps"
    version = stage.get("W01", f"/findings/{finding}")["version"]
    backwards = stage.post("W01", path, {"steps": served, "expected_version": version})
    assert problem(backwards) == (422, "occurred_too_early")
    onward = stage.post("W01", path, {"steps": served[::-1], "expected_version": version})
    assert onward.status_code == 200
    assert onward.json()["version"] == version + 1


def test_a_head_enters_late_with_reasons(stage: Stage) -> None:
    finding = found(stage)
    order = opened(stage, finding)
    stage.town.at("2024-05-09T09:00")
    stage.town.house.desk.ring_after_jump()
    late = ask(stage, "W01", finding, "serve_directly", order, served_on="2024-04-28")
    assert problem(late) == (422, "too_late_entry")
    assert late.json()["limit_days"] == 5
    unsaid = ask(stage, "U01", finding, "serve_directly", order, served_on="2024-04-28")
    assert [one["pointer"] for one in unsaid.json()["errors"]] == ["/facts/late_reason"]
    said = ask(stage, "U01", finding, "serve_directly", order, served_on="2024-04-28", late_reason="公文在途")
    assert said.status_code == 200
    entry = stage.get("C01", f"/findings/{finding}/timeline", limit=200)["items"][-1]
    assert entry["trigger"] == "serve_directly"
    assert (entry["late"], entry["occurred_at"]) == (True, "2024-04-28T00:00:00+08:00")
    assert (entry["by"], entry["role"]) == ("U01", "unit_head")


def test_attachments_are_kept_once_and_named_by_their_digest(stage: Stage) -> None:
    finding, other = found(stage), found(stage, item="库房")
    kept = stage.attach("W01", finding, "送达回证.pdf", PDF)
    assert kept.status_code == 201
    assert faults("attachment_answer", kept.json()) == []
    [paper] = kept.json()["attachments"]
    again = stage.attach("W02", finding, "送达回证.pdf", PDF)
    assert (again.status_code, again.json()["attachments"][0]["digest"]) == (200, paper["digest"])
    seen = stage.get("W01", f"/findings/{finding}")
    assert (seen["version"], seen["sequence"]) == (1, 2)
    order, elsewhere = opened(stage, finding), opened(stage, other)
    named = {"service_receipt": {"digest": paper["digest"], "title": "送达回证"}}
    foreign = ask(stage, "W01", other, "serve_directly", elsewhere, **named)
    assert problem(foreign) == (422, "document_unknown")
    assert ask(stage, "W01", finding, "serve_directly", order, **named).status_code == 200
    papers = stage.get("W01", f"/findings/{finding}/timeline", limit=200)["items"][-1]["documents"]
    assert [(one["kind"], one["status"], one["digest"]) for one in papers] == [
        ("service_receipt", "attached", paper["digest"])
    ]


def test_an_extension_keeps_its_reason_and_paper(stage: Stage) -> None:
    finding = found(stage)
    order = opened(stage, finding, served=True)
    paper = {"digest": stage.attach("H01", finding, "通知书.pdf", PDF).json()["attachments"][0]["digest"]}
    facts = {"new_due_on": "2024-05-20", "reason": "配件未到货", "extension_notice": paper}
    answer = ask(stage, "H01", finding, "approve_extension", order, **facts)
    assert answer.status_code == 200, answer.text
    extended = answer.json()["deadlines"][-1]["history"][-1]
    assert (extended["what"], extended["reason"], extended["document"]) == ("extended", "配件未到货", paper)
    assert extended["due_effective"] == "2024-05-20"


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


def test_what_is_corrected_under_its_reference_is_no_second_record(stage: Stage) -> None:
    stage.town.at(NOW)
    first = inspection_body(NOW, reference="R-1", findings=[finding_body(NOW, reference="R-1-1")])
    made = stage.post("W01", "/inspections", first)
    assert (made.status_code, made.headers["Location"]) == (201, f"/api/v1/inspections/{made.json()['id']}")
    same = stage.post("W01", "/inspections", first)
    assert (same.status_code, same.json()["id"]) == (200, made.json()["id"])
    path = f"/inspections/{made.json()['id']}"
    assert stage.get("W01", path)["sequence"] == 1
    stage.post("W02", "/inspections", {**first, "items": "餐饮具消毒"})
    seen = stage.get("W01", path)
    assert (seen["version"], seen["sequence"], seen["inspection"]["items"]) == (2, 2, "餐饮具消毒")
    published = {"trigger": "publish_result", "expected_version": 2, "facts": facts_of("publish_result")}
    assert stage.post("W01", f"{path}/steps", published).status_code == 200
    stage.post("W01", "/inspections", {**first, "items": "后厨"})
    triggers = [
        one["trigger"] for one in stage.get("W01", f"/findings/{made.json()['id']}/timeline")["items"]
    ]
    assert triggers == ["record_result", "amend_result", "publish_result", "correct_publication"]
    changed = [finding_body(NOW, reference="R-1-1", facts_summary="紫外线灯未开启。")]
    stage.post("W01", "/inspections", {**first, "items": "后厨", "findings": changed})
    [listed] = stage.get("W01", "/findings", reference="R-1-1")["items"]
    last = stage.get("W01", f"/findings/{listed['id']}/timeline")["items"][-1]
    assert last["trigger"] == "add_facts"
    assert "紫外线灯未开启" in last["facts"]["corrections"]
    assert len(stage.get("W01", "/inspections")["items"]) == 1


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
