"""S01, S02 and S06 as outsiders play them: HTTP, signed receipts and the command line, on both databases."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from referencing import Registry, Resource

from tests.builders import PARTY
from tests.partner import HmacKey, Partner
from tests.scenarios.player import FIRE, FOOD, SOME_TEXT, scenario
from tests.scenarios.server import Server

SCHEMAS = {
    path.name: json.loads(path.read_text(encoding="utf-8"))
    for path in (Path(__file__).parent.parent.parent / "docs/contract/schemas").glob("*.json")
}
REGISTRY: Registry[Any] = Registry().with_resources(
    [(schema["$id"], Resource.from_contents(schema)) for schema in SCHEMAS.values()]
)
HANDLER = {"name": "赵某", "department": "fire_rescue"}
RECEIPTS = {
    "receive": ("signed_for", lambda facts, at: {"received_at": f"{at}:00+08:00", "signer": "赵某"}),
    "return_transfer": (
        "returned",
        lambda facts, at: {
            "reasons": SOME_TEXT,
            "returned_on": facts["received_on"],
            "missing": ["现场照片"],
        },
    ),
    "accept": (
        "accepted",
        lambda facts, at: {
            "case_no": "原消移〔2024〕3号",
            "accepted_on": facts["received_on"],
            "handler": HANDLER,
        },
    ),
    "conclude": (
        "concluded",
        lambda facts, at: {
            "case_no": "原消移〔2024〕3号",
            "concluded_on": facts["ended_on"],
            "result": "rectified",
            "text": SOME_TEXT,
        },
    ),
    "feed_back": ("feedback", lambda facts, at: {"feedback_on": facts["received_on"], "text": SOME_TEXT}),
}


def valid(schema: str, answer: Any) -> None:
    """The answer is as the contract's schema says."""
    faults = [
        error.message
        for error in Draft202012Validator(SCHEMAS[schema], registry=REGISTRY).iter_errors(answer)
    ]
    assert faults == []


@pytest.fixture
def server(database_url: str, tmp_path: Path) -> Iterator[Server]:
    started = Server.start(tmp_path, database_url, "2024-04-01T09:00")
    yield started
    started.stop()


class Outsider:
    """Plays one scenario from outside."""

    def __init__(self, server: Server, kind: dict[str, str]) -> None:
        self.server, self.kind, self.refs = server, kind, dict[str, str]()
        self.finished_at = self.now = ""
        linked = [
            "system",
            "add",
            "yuanping-fire",
            "--kind",
            "all",
            "--pull",
            "--hmac",
            "--department",
            "fire_rescue",
        ]
        key = HmacKey(server.bihuan(*linked)["secret"])
        self.partner = Partner("yuanping-fire", "fire_rescue", server.url, key, self._unix)

    def _unix(self) -> float:
        return datetime.fromisoformat(f"{self.now}:00+08:00").timestamp() if self.now else time.time()

    def play(self, story: dict[str, Any]) -> None:
        for number, step in enumerate(story["steps"]):
            self.now = step["at"]
            self.server.at(self.now)
            facts = {name: SOME_TEXT if value == "（略）" else value for name, value in step["facts"].items()}
            told = self._take(step, facts)
            assert told == step["expect"].get("refused"), f"step {number} {step['trigger']}: {told}"
            assert self.state(step["proceeding_ref"]) == step["expect"]["state"], (
                f"step {number} {step['trigger']}"
            )

    def _take(self, step: dict[str, Any], facts: dict[str, Any]) -> str | None:
        if step["by"] == "clock":
            self.server.bihuan("sweep")
            return None
        if step["by"] == "linked_system":
            return self._receipt(step, facts)
        if step["trigger"] == "record_result":
            self.finished_at = f"{facts.pop('finished_at')}:00+08:00"
            body = {**facts, "party": PARTY, "check_type": "internal", "department": "market_regulation"}
            answer = self.server.post(
                step["as"], "/api/v1/inspections", body | {"finished_at": self.finished_at}
            )
            valid("inspection_answer.json", answer.json())
            self.refs["I"] = answer.json()["id"]
            return None
        if step["trigger"] == "record_finding":
            body = {**self.kind, "inspection": self.refs["I"], "discovered_at": self.finished_at}
            body |= {name: facts[name] for name in ("item", "facts_summary")}
            answer = self.server.post(step["as"], "/api/v1/findings", body)
            valid("finding_answer.json", answer.json())
            self.refs["F"] = answer.json()["id"]
            return None
        return self._step(step, facts)

    def _step(self, step: dict[str, Any], facts: dict[str, Any]) -> str | None:
        facts.pop("rule_id", None)
        ref = step["proceeding_ref"]
        kind = "inspections" if ref == "I" else "findings"
        path = f"/api/v1/{kind}/{self.refs['I' if ref == 'I' else 'F']}"
        version = self.server.get(step["as"], path)["version"]
        body = {"trigger": step["trigger"], "expected_version": version, "facts": facts}
        body["proceeding"] = None if ref in "IF" else self.refs[ref]
        answer = self.server.post(step["as"], f"{path}/steps", body)
        if answer.status_code != 200:
            valid("problem.json", answer.json())
            return _short(answer.json())
        valid("inspection_answer.json" if ref == "I" else "finding_answer.json", answer.json())
        if "opens" in step:
            self.refs[step["opens"]] = answer.json()["proceedings"][-1]["id"]
        return None

    def _receipt(self, step: dict[str, Any], facts: dict[str, Any]) -> str | None:
        feed = self.partner.pull("after=00000000000000000000")
        valid("pull_answer.json", feed)
        letters = [one for one in feed["items"] if one["type"].endswith("department_transfer.v1")]
        answered = [one for one in letters if not one["data"].get("phone_first")][-1]
        kind, made = RECEIPTS[step["trigger"]]
        status, told = self.partner.receipt(kind, answered, **made(facts, self.now))
        assert (status, told["code"]) == (200, "recorded"), told
        valid("receipt_answer.json", told)
        return None

    def state(self, ref: str) -> str:
        """The state that a reader sees."""
        if ref == "I":
            return str(self.server.get("W01", f"/api/v1/inspections/{self.refs['I']}")["inspection"]["state"])
        finding = self.server.get("W01", f"/api/v1/findings/{self.refs['F']}")
        if ref == "F":
            return str(finding["state"])
        return str(next(one["state"] for one in finding["proceedings"] if one["id"] == self.refs[ref]))

    def deadlines(self) -> list[dict[str, Any]]:
        """Every deadline that a reader sees."""
        found = list(self.server.get("W01", f"/api/v1/inspections/{self.refs['I']}")["deadlines"])
        if "F" in self.refs:
            found += self.server.get("W01", f"/api/v1/findings/{self.refs['F']}")["deadlines"]
        return found


def _short(problem: dict[str, Any]) -> str:
    if problem.get("reasons"):
        return str(problem["reasons"][0]["code"])
    return f"fact_missing:{problem['errors'][0]['pointer'].rsplit('/', 1)[-1]}"


@pytest.mark.parametrize(("id", "kind"), [("S01", FOOD), ("S02", FOOD), ("S06", FIRE)])
def test_the_scenario_runs_exactly(server: Server, id: str, kind: dict[str, str]) -> None:
    story = scenario(id)
    outsider = Outsider(server, kind)

    outsider.play(story)

    found = outsider.deadlines()
    names = ("term", "start", "due_raw", "due_rolled", "due_effective", "provisional")
    for wanted in story["expected_deadlines"]:
        assert {name: wanted[name] for name in names} in [
            {name: one[name] for name in names} for one in found
        ]
    for ref, state in story["final"]["states"].items():
        assert outsider.state(ref) == state
    assert server.bihuan("audit", "verify")["faults"] == []
