"""Steps over HTTP: what is shown open is open, and no fact of any step breaks anything."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.hostile.explorer import Explorer
from tests.hostile.filled import filled
from tests.hostile.fort import Fort
from tests.hostile.mutations import HOSTILE
from tests.hostile.operations import NOBODY

PEOPLE = ("W01", "C01", "U01", "H01", "D01", "S01")
EACH = 193
"""Every ninety-seventh hostile value is tried for a fact; the next fact begins with the next one."""


@pytest.mark.parametrize(("subject", "least"), [("finding", 60), ("inspection", 2)])
def test_a_step_that_is_shown_open_is_open_and_no_fact_of_it_breaks_anything(
    fort: Fort, subject: str, least: int
) -> None:
    explorer, turn, met = Explorer(fort, subject, fort.ids[subject], PEOPLE), 0, set()
    for login, record, step in explorer.open_steps():
        if (step["chart"], step["trigger"]) not in met:
            met.add((step["chart"], step["trigger"]))
            for name in step["form"]["properties"]:
                turn += 1
                for value in HOSTILE[turn % EACH :: EACH]:
                    _try(explorer, login, record, step, name, value)
        told = explorer.take(login, record, step)
        if told.status != 200:
            problem = fort.refused(told)
            assert problem["code"] != "step_shut", (login, step["trigger"], problem["reasons"])
    assert explorer.refused == {}, "facts that fit the form are enough"
    assert len(explorer.accepted) >= least


def _try(explorer: Explorer, login: str, record: Any, step: Any, name: str, value: Any) -> None:
    fort = explorer.fort
    before = fort.town.house.writer.commits
    told = explorer.send(login, record, step, **{name: value})
    if told.status == 200:
        explorer.undo()
    else:
        fort.refused(told)
        assert fort.town.house.writer.commits == before


WRONG_STEPS: dict[str, dict[str, Any]] = {
    "a trigger that never was": {"trigger": "nothing"},
    "a trigger of control characters": {"trigger": "\x00\x1b"},
    "a trigger in another case": {"trigger": "REGISTER"},
    "a trigger of the clock": {"trigger": "proceedings_done"},
    "a trigger of imports": {"trigger": "carry_over"},
    "a trigger of another chart": {"trigger": "publish_result"},
    "a proceeding that never was": {"proceeding": NOBODY},
    "a proceeding of another finding": {"proceeding": "{transfer}"},
    "the finding as its proceeding": {"proceeding": "{finding}"},
    "a proceeding not opened": {"proceeding": "@0"},
    "a proceeding too far": {"proceeding": "@99"},
    "a proceeding before the first": {"proceeding": "@-1"},
    "a proceeding of no shape": {"proceeding": "a\x00b" + "c" * 8},
    "a version that never was": {"expected_version": 10**6},
    "a version as text": {"expected_version": "1"},
    "a version below none": {"expected_version": -1},
    "no version": {"expected_version": None},
    "a time to come": {"occurred_at": "2024-04-26T17:00:01+08:00"},
    "a time without offset": {"occurred_at": "2024-04-26T10:00:00"},
    "a time that is none": {"occurred_at": "2024-04-31T10:00:00+08:00"},
    "a time at the end of all": {"occurred_at": "9999-12-31T23:59:59-23:59"},
    "a time at the beginning": {"occurred_at": "0001-01-01T00:00:00+23:59"},
    "facts that are a list": {"facts": []},
    "facts that are nothing": {"facts": None},
}


@pytest.mark.parametrize("kind", WRONG_STEPS)
@pytest.mark.parametrize("several", [False, True])
def test_a_step_with_one_thing_wrong_is_refused(fort: Fort, kind: str, several: bool) -> None:
    shown = fort.get("W01", f"/api/v1/findings/{fort.ids['finding']}").json
    register = next(step for step in shown["steps"] if step["trigger"] == "register")
    changed = {
        name: value.format(**fort.ids) if isinstance(value, str) and "{" in value else value
        for name, value in WRONG_STEPS[kind].items()
    }
    body = {"trigger": "register", "facts": filled(register["form"]), "expected_version": 1, **changed}
    if several:
        version = body.pop("expected_version")
        body = {"steps": [body], "expected_version": version}
    with fort.unchanged():
        fort.refused(fort.post("W01", f"/api/v1/findings/{fort.ids['finding']}/steps", body))


def test_of_several_steps_with_one_wrong_nothing_is_kept(fort: Fort) -> None:
    target = f"/api/v1/findings/{fort.ids['finding']}/steps"
    register = _step(fort, "register")
    wrong = ({**register, "facts": {}}, {**register, "trigger": "verify"}, {**register, "proceeding": "@0"})
    with fort.unchanged():
        for last in wrong:
            body = {"steps": [register, last], "expected_version": 1}
            told = fort.refused(fort.post("W01", target, body))
            assert all(error["pointer"].startswith("/steps/1") for error in told["errors"])
        for many in ([], [register] * 21, [None], [[]], ["x"], {}):
            fort.refused(fort.post("W01", target, {"steps": many, "expected_version": 1}), "facts_invalid")
        both = {**register, "steps": [register], "expected_version": 1}
        fort.refused(fort.post("W01", target, both), "facts_invalid")


def _step(fort: Fort, trigger: str) -> dict[str, Any]:
    shown = fort.get("W01", f"/api/v1/findings/{fort.ids['finding']}").json
    [form] = [step["form"] for step in shown["steps"] if step["trigger"] == trigger]
    return {"trigger": trigger, "facts": filled(form)}


def test_nobody_is_named_by_what_cannot_be_a_login(fort: Fort) -> None:
    target, register = f"/api/v1/findings/{fort.ids['finding']}/steps", _step(fort, "register")
    names = [
        "",
        " ",
        "\x00",
        "W01\x00",
        "W01 ",
        "w01'--",
        "系统",
        "X01",
        "clock",
        "importer",
        "长" * 10_000,
    ]
    with fort.unchanged():
        for login in [
            *names,
            {"login": "W01"},
            {"name": "x", "certificate_no": "y", "login": "H01\x00"},
            ["W01"],
        ]:
            facts = {**register["facts"], "handler": login}
            body = {**register, "facts": facts, "expected_version": 1}
            problem = fort.refused(fort.post("W01", target, body), "facts_invalid")
            assert problem["errors"][0]["pointer"].startswith("/facts/handler")


def test_a_paper_of_another_finding_is_none_of_this_one(fort: Fort) -> None:
    from tests.hostile.operations import BY_NAME, PDF, upload

    attach = BY_NAME["POST /api/v1/findings/{id}/attachments"]
    told = attach.send(fort, upload(PDF), f"/api/v1/findings/{fort.ids['sent']}/attachments")
    digest = told.json["attachments"][0]["digest"]
    spot = {
        "trigger": "open_rectification",
        "facts": {"legal_ground": "第二十八条", "urgent_ground": "on_the_spot"},
    }
    order = {
        "trigger": "order",
        "proceeding": "@0",
        "facts": {
            "facts_summary": "x",
            "clause": "x",
            "basis_clause": "x",
            "correction_requirements": "x",
            "deadline_type": "dated",
            "period_length": 10,
            "period_unit": "working_day",
            "officers": ["W01", "W02"],
        },
    }
    target = f"/api/v1/findings/{fort.ids['finding']}/steps"
    wrong = (
        {"digest": digest},
        {"digest": "sha256:" + "0" * 64},
        {"digest": 5},
        {"digest": digest, "x": 1},
        [],
        "x",
    )
    with fort.unchanged():
        for paper in wrong:
            steps = [spot, {**order, "facts": {**order["facts"], "rectification_notice": paper}}]
            told = fort.post("W01", target, {"steps": steps, "expected_version": 1})
            fort.refused(told, "document_unknown", "facts_invalid")
    assert json.dumps(digest).encode() not in fort.get("W01", f"/api/v1/findings/{fort.ids['finding']}").body
