"""Plays a scenario from outside: HTTP as signed-in persons, signed receipts of linked systems, the command line."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import httpx

from tests.partner import HmacKey, Partner
from tests.scenarios.player import Dates, Performance
from tests.scenarios.receipts import CORRESPONDENTS, RECEIPTS
from tests.scenarios.server import Server
from tests.schemas import faults

REFERRAL = "criminal_referral"
READER, READER_OF_REFERRALS = "W01", "P01"
"""An inspector sees everything but referrals; the principal head is on the list of every referral."""
CLERK, CLERK_OF_REFERRALS = "D01", "C01"
"""Who enters what came on paper; no duty clerk is on the list of a referral."""
FIRST = "after=00000000000000000000"


def valid(schema: str, answer: Any) -> Any:
    """The answer, which is as the contract's schema says."""
    assert faults(schema, answer) == []
    return answer


class Outsider(Performance):
    """Plays over HTTP with a server that has the demonstration's accounts and linked systems."""

    def __init__(self, server: Server, kind: dict[str, str]) -> None:
        super().__init__(kind)
        self.server, self.now = server, ""
        self.partners: dict[str, Partner] = {}
        self.versions: dict[str, int] = {}

    def at(self, civil: str) -> None:
        """The server's clock stands at that civil time, and so do the partners'."""
        self.now = civil
        self.server.at(civil)

    def record_inspection(self, login: str, body: dict[str, Any]) -> str:
        """The id of the inspection just recorded."""
        answer = self.server.post(login, "/api/v1/inspections", body)
        return str(valid("inspection_answer", answer.json())["id"])

    def record_finding(self, login: str, body: dict[str, Any]) -> str:
        """The id of the finding just recorded."""
        answer = self.server.post(login, "/api/v1/findings", body)
        return str(valid("finding_answer", answer.json())["id"])

    def sweep(self) -> None:
        """The bell has rung."""
        self.server.bihuan("sweep")

    def step(self, step: dict[str, Any], facts: dict[str, Any]) -> str | None:
        """The code of the refusal, or None: a linked system has sent its receipt, a person taken the step."""
        if step["by"] != "linked_system":
            return self._step(step["as"], step, facts)
        if step["trigger"] in RECEIPTS:
            return self._receipt(step, facts)
        on_paper = CLERK_OF_REFERRALS if step["chart"] == REFERRAL else CLERK
        return self._step(on_paper, step, facts)

    def _step(self, login: str, step: dict[str, Any], facts: dict[str, Any]) -> str | None:
        path, proceeding = self._record(step["proceeding_ref"])
        body = {"trigger": step["trigger"], "proceeding": proceeding, "facts": facts}
        answer = self._send(login, path, body)
        if answer.json().get("code") == "stale_version":  # the bell of a new day rang before it
            self._read(login, path)
            answer = self._send(login, path, body)
        if answer.status_code != 200:
            return _refusal(valid("problem", answer.json()))
        if path.startswith("/api/v1/inspections/"):
            valid("inspection_answer", answer.json())
        if path.startswith("/api/v1/findings/"):
            valid("finding_answer", answer.json())
        if "opens" in step:
            self.refs[step["opens"]] = self._opened(answer.json())
        return None

    def _send(self, login: str, path: str, body: dict[str, Any]) -> httpx.Response:
        """The answer to the step, asked for under the version that was read last."""
        return self.server.post(login, f"{path}/steps", body | {"expected_version": self.versions[path]})

    def _read(self, login: str, path: str) -> Any:
        """What that person sees of the record."""
        shown = self.server.get(login, path)
        self.versions[path] = shown["version"]
        return shown

    def _record(self, ref: str) -> tuple[str, str | None]:
        """The path of the record whose version counts, and the proceeding that its steps name."""
        if ref == "I":
            return f"/api/v1/inspections/{self.refs['I']}", None
        if self.charts[ref] == REFERRAL:
            return f"/api/v1/referrals/{self.refs[ref]}", None
        return f"/api/v1/findings/{self.refs['F']}", None if ref == "F" else self.refs[ref]

    def _opened(self, finding: dict[str, Any]) -> str:
        """The one proceeding that no reference stands for yet; a referral is a record of its own."""
        shown = [*finding["proceedings"], *([finding["referral"]] if "referral" in finding else [])]
        known = set(self.refs.values())
        (opened,) = (one for one in shown if one["id"] not in known)
        if "version" in opened:
            self.versions[f"/api/v1/referrals/{opened['id']}"] = opened["version"]
        return str(opened["id"])

    def _receipt(self, step: dict[str, Any], facts: dict[str, Any]) -> None:
        """The system has answered the last message that asked for it."""
        other = CORRESPONDENTS[step["chart"]]
        partner = self._partner(other.system, other.department)
        feed = valid("pull_answer", partner.pull(f"{FIRST}&queue={other.queue}"))
        sent = [one for one in feed["items"] if one["type"].endswith(f".{other.kind}.v1")]
        answered = [one for one in sent if not one["data"].get("phone_first")][-1]
        kind, words = RECEIPTS[step["trigger"]]
        status, told = partner.receipt(kind, answered, **words(facts, self.now))
        assert (status, valid("receipt_answer", told)["code"]) == (200, "recorded"), told

    def _partner(self, system: str, department: str) -> Partner:
        if system not in self.partners:
            key = HmacKey(self.server.bihuan("system", "rotate-key", system)["secret"])
            self.partners[system] = Partner(system, department, self.server.url, key, self._unix)
        return self.partners[system]

    def _unix(self) -> float:
        return datetime.fromisoformat(f"{self.now}:00+08:00").timestamp()

    def state(self, ref: str) -> str:
        """The state that a reader of the record sees."""
        path, proceeding = self._record(ref)
        if path.startswith("/api/v1/referrals/"):
            return str(self._read(READER_OF_REFERRALS, path)["state"])
        shown = self._read(READER, path)
        if proceeding is None:
            return str(shown["inspection"]["state"] if ref == "I" else shown["state"])
        return str(next(one["state"] for one in shown["proceedings"] if one["id"] == proceeding))

    def finding(self) -> dict[str, Any]:
        """The finding as an inspector sees it."""
        return dict(self.server.get(READER, f"/api/v1/findings/{self.refs['F']}"))

    def timeline(self) -> list[dict[str, Any]]:
        """What was done about the finding, oldest first."""
        return list(self.server.get(READER, f"/api/v1/findings/{self.refs['F']}/timeline?limit=200")["items"])

    def deadlines(self) -> Dates:
        """Every deadline that the readers of the records see."""
        found: Dates = {}
        for ref in self.refs:
            path, proceeding = self._record(ref)
            if proceeding is None:
                reader = READER_OF_REFERRALS if self.charts[ref] == REFERRAL else READER
                for one in self.server.get(reader, path)["deadlines"]:
                    owner = self.ref_of(one["proceeding"]) if one["proceeding"] else ref
                    found.setdefault((owner, one["term"]), []).append(one)
        return found

    def counted(self, wanted: dict[str, Any]) -> dict[str, Any]:
        """The dates as the command line counts them."""
        told = wanted["arithmetic"]
        asked = ["--term", wanted["term"], "--from", wanted["start"], "--unit", told["unit"]]
        asked += ["--length", str(told["length"]), "--extended", str(told["extended"])]
        asked += [word for first, last in told["exclude"] for word in ("--exclude", f"{first}..{last}")]
        return dict(self.server.bihuan("deadline", *asked))


def _refusal(problem: dict[str, Any]) -> str:
    """The short code of a scenario for the problem."""
    if problem.get("reasons"):
        return str(problem["reasons"][0]["code"])
    return f"fact_missing:{problem['errors'][0]['pointer'].rsplit('/', 1)[-1]}"
