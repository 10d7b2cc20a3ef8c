"""Sentences of the HTTP contract on commands: order of checks, keys, times, papers, corrections."""

from __future__ import annotations

from tests.contract.asking import NOW, PDF, ask, facts_of, found, opened, problem
from tests.contract.stage import Stage, finding_body, inspection_body
from tests.schemas import faults


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
