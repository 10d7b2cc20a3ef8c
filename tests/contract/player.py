"""Plays a story of data over HTTP and judges every step by what the contract says of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.contract.stage import IN_FORCE, Stage, finding_body, inspection_body
from tests.contract.told import STANDARD
from tests.schemas import faults

LIGHTS = (None, "green", "yellow", "red", "overdue", "severe")


@dataclass
class Player:
    """Keeps which record stands behind each name of the story, and what stood there before each step."""

    stage: Stage
    now: str = ""
    refs: dict[str, str] = field(default_factory=dict)
    place: str = ""
    before: dict[str, Any] = field(default_factory=dict)
    after: dict[str, Any] = field(default_factory=dict)

    def play(self, story: Mapping[str, Any]) -> None:
        """Every step of the story ends as it says."""
        self.now = story["at"]
        for login, roles in story.get("people", {}).items():
            self.stage.town.add_person(login, "market_regulation", tuple(roles))
        for system, department in story.get("systems", {}).items():
            self.stage.link(system, department)
        self._begin(story)
        for number, step in enumerate(story["steps"]):
            self.place = f"step {number} ({step.get('do') or step.get('receipt') or 'together'})"
            if "at" in step:
                self.now = step["at"]
                self.stage.town.at(self.now)
                if not (
                    step.get("sweep") or step.get("unrung")
                ):  # else the bell would ring before the first command of a later day
                    self.stage.town.house.desk.ring_after_jump()
            self._take(step)

    def _begin(self, story: Mapping[str, Any]) -> None:
        self.stage.town.at(self.now)
        at = story.get("finished", self.now)
        body = inspection_body(at, **story.get("inspection", {}))
        answer = self.stage.post("W01", "/inspections", body)
        assert answer.status_code == 201, answer.text
        self.refs["I"] = answer.json()["id"]
        if story.get("finding") is not None:
            given = {"inspection": self.refs["I"], **finding_body(at, **story["finding"])}
            answer = self.stage.post("W01", "/findings", given)
            assert answer.status_code == 201, answer.text
            self.refs["F"] = answer.json()["id"]
        for path in story.get("through", ()):
            self._quickly(path)

    def _quickly(self, step: Mapping[str, Any]) -> None:
        """A step that leads to where the story begins; it only has to be taken."""
        self.place = f"before the story ({step['do']})"
        self._take({"as": STANDARD[step["do"]].get("as"), **step})

    # --- taking a step

    def _take(self, step: Mapping[str, Any]) -> None:
        self.before = self._look() if "at" in step or not self.after else self.after
        self.after = {}
        if step.get("sweep"):
            told = self.stage.town.house.sweep.run().answer()
            expected = {"failed": 0, "left": 0, **step.get("swept", {})}
            assert {name: told[name] for name in expected} == expected, f"{self.place}: {told}"
        elif step.get("unrung"):
            pass  # only the clock has moved; what is offered is looked at
        elif "receipt" in step:
            self._receipt(step)
        else:
            self._ask(step)
        self._judge(step)

    def _ask(self, step: Mapping[str, Any]) -> None:
        asked = step.get("together") or [step]
        on = asked[0].get("on", "F")
        path, record = ("inspections", "I") if on == "I" else ("findings", "F")
        version = step.get("expected_version", self.before[record]["version"])
        told = [self._told(one) for one in asked]
        body = {"steps": told} if "together" in step else told[0]
        answer = self.stage.post(
            step["as"], f"/{path}/{self.refs[record]}/steps", {**body, "expected_version": version}
        )
        if "refused" in step:
            self._refused(answer, step)
            return
        assert answer.status_code == 200, f"{self.place}: {answer.text}"
        schema = "inspection_answer" if on == "I" else "finding_answer"
        assert faults(schema, answer.json()) == [], self.place
        if on != "I":
            self._opened(asked, answer.json())
        self.after = self._look()
        after = self.after[record]
        assert after["version"] - self.before[record]["version"] == step.get("version", 1), self.place
        assert after["sequence"] - self.before[record]["sequence"] == step.get("sequence", len(asked)), (
            self.place
        )

    def _told(self, step: Mapping[str, Any]) -> dict[str, Any]:
        on = step.get("on", "F")
        standard = {name: value for name, value in STANDARD.get(step["do"], {}).items() if name != "as"}
        facts = {name: value for name, value in (standard | step.get("facts", {})).items() if value != "-"}
        facts = {
            name: self.now[:10] if value == "$today" else f"{self.now}:00+08:00" if value == "$now" else value
            for name, value in facts.items()
        }
        told = {"trigger": step["do"], "facts": facts}
        told["proceeding"] = None if on in ("F", "I") else self.refs.get(on, on)
        if "occurred_at" in step:
            told["occurred_at"] = f"{step['occurred_at']}:00+08:00"
        return told

    def _opened(self, asked: list[Mapping[str, Any]], answer: Mapping[str, Any]) -> None:
        known = set(self.refs.values())
        fresh = [one["id"] for one in answer["proceedings"] if one["id"] not in known]
        names = [one["opens"] for one in asked if "opens" in one]
        assert len(fresh) == len(names), f"{self.place}: opened {len(fresh)}, told {names}"
        self.refs |= dict(zip(names, fresh, strict=True))

    def _refused(self, answer: Any, step: Mapping[str, Any]) -> None:
        told, wanted = answer.json(), step["refused"]
        assert faults("problem", told) == [], self.place
        assert (answer.status_code, told["code"]) == (wanted["status"], wanted["code"]), (
            f"{self.place}: {answer.text}"
        )
        if "reasons" in wanted:
            assert [one["code"] for one in told["reasons"]] == wanted["reasons"], f"{self.place}: {told}"
        if "errors" in wanted:
            found = {one["pointer"]: one["code"] for one in told["errors"]}
            assert found == wanted["errors"], f"{self.place}: {told['errors']}"
        for name, value in wanted.get("says", {}).items():
            assert told.get(name) == value, f"{self.place}: {told}"
        self.after = self._look()
        assert self.after == self.before, f"{self.place}: a refusal changed something"

    def _receipt(self, step: Mapping[str, Any]) -> None:
        letters = [
            one
            for one in self.stage.pull(step["system"])
            if one["data"].get("proceeding") == self.refs[step["on"]]
        ]
        answerable = [one for one in letters if "reminder" not in one["type"]]
        message = answerable[step.get("to_letter", -1)]
        answer = self.stage.receipt(step["system"], step["receipt"], message, **step["data"])
        wanted = step.get("answer", "recorded")
        assert answer.json().get("code") == wanted, f"{self.place}: {answer.text}"
        if answer.status_code == 202:
            assert answer.json()["waiting_for"] == step["waiting_for"], self.place

    # --- judging what stands now

    def _look(self) -> dict[str, Any]:
        seen = {"I": self.stage.get("W01", f"/inspections/{self.refs['I']}")}
        if "F" in self.refs:
            seen["F"] = self.stage.get("C01", f"/findings/{self.refs['F']}")
        return {ref: {**one, "steps": None} for ref, one in seen.items()}

    def _judge(self, step: Mapping[str, Any]) -> None:
        self.after = after = self.after or self._look()
        states = step.get("state", {})
        if isinstance(states, str):
            on = (step.get("together") or [step])[0].get("on", "F")
            states = {on: states}
        for ref, state in states.items():
            assert self.state_of(after, ref) == state, f"{self.place}: {ref}"
        if "running" in step:
            assert self.running(after) == {name: str(day) for name, day in step["running"].items()}, (
                self.place
            )
        for name, state in step.get("ended", {}).items():
            assert self.last_of(after, name)["state"] == state, f"{self.place}: {name}"
        for ref in ("I", "F"):
            for rise in ("version", "sequence"):
                wanted = step.get("rises", {}).get(f"{ref}.{rise}")
                if wanted is not None:
                    assert after[ref][rise] - self.before[ref][rise] == wanted, f"{self.place}: {ref}.{rise}"
        if "light" in step:
            assert after["F"]["light"] == step["light"], self.place
        if "marks" in step:
            assert after["F"]["marks"] == step["marks"], self.place
        if "F" in after:
            self._always(after["F"])
        self._messages(step)
        self._papers(step)
        self._steps(step)

    def _always(self, finding: Mapping[str, Any]) -> None:
        """What holds after every step: the schema, and the finding's light as its worst clock."""
        lights = [one["light"] for one in finding["deadlines"] if one["state"] == IN_FORCE]
        assert finding["light"] == max(lights, key=LIGHTS.index, default=None), self.place
        assert all(one["light"] is None for one in finding["deadlines"] if one["state"] != IN_FORCE)

    def state_of(self, seen: Mapping[str, Any], ref: str) -> str:
        """The state of the record of that name."""
        if ref == "I":
            return str(seen["I"]["inspection"]["state"])
        if ref == "F":
            return str(seen["F"]["state"])
        return next(str(one["state"]) for one in seen["F"]["proceedings"] if one["id"] == self.refs[ref])

    def running(self, seen: Mapping[str, Any]) -> dict[str, str]:
        """Every running deadline of the inspection and the finding: name of record and term → due_effective."""
        return {
            name: one["due_effective"] for name, one in self._deadlines(seen) if one["state"] == "running"
        }

    def last_of(self, seen: Mapping[str, Any], name: str) -> Any:
        """The latest deadline of that record and term that runs no more."""
        found = [one for known, one in self._deadlines(seen) if known == name and one["state"] != IN_FORCE]
        return found[-1]

    def _deadlines(self, seen: Mapping[str, Any]) -> list[tuple[str, Any]]:
        names = {id: ref for ref, id in self.refs.items()}
        found = [(f"I.{one['term']}", one) for one in seen["I"]["deadlines"]]
        for one in seen.get("F", {}).get("deadlines", ()):
            found.append((f"{names.get(one['proceeding'], 'F')}.{one['term']}", one))
        return sorted(found, key=lambda pair: (pair[1]["history"][0]["sequence"], pair[1]["id"]))

    def _messages(self, step: Mapping[str, Any]) -> None:
        for system, kinds in step.get("told", {}).items():
            sent = [
                one for one in self.stage.pull(system) if one["data"].get("finding") == self.refs.get("F")
            ]
            assert [one["type"].split(".")[2] for one in sent[-len(kinds) :]] == kinds, self.place
            for one in sent:
                assert faults("message", one) == [], self.place

    def _papers(self, step: Mapping[str, Any]) -> None:
        if "papers" not in step:
            return
        items = self.timeline()
        last = self.before["F"]["sequence"]
        found = {
            one["kind"]: one["status"]
            for item in items
            if item["sequence"] > last
            for one in item["documents"]
        }
        assert found == step["papers"], self.place
        numbers = {
            one["kind"]: one["doc_no"]
            for item in items
            if item["sequence"] > last
            for one in item["documents"]
            if one["kind"] in step.get("numbers", {})
        }
        assert numbers == step.get("numbers", {}), self.place

    def timeline(self) -> list[Any]:
        """The whole timeline of the finding."""
        return list(self.stage.get("C01", f"/findings/{self.refs['F']}/timeline", limit=200)["items"])

    def _steps(self, step: Mapping[str, Any]) -> None:
        for login, shown in step.get("steps", {}).items():
            for name, wanted in shown.items():
                ref, _, trigger = name.rpartition(".")
                offered = self.offered(login, ref or "F", trigger)
                reasons = [one["code"] for one in offered["reasons"]]
                assert (reasons or "open") == wanted, f"{self.place}: {login} {name}"

    def offered(self, login: str, ref: str, trigger: str) -> Any:
        """What the person is told of that trigger."""
        path = f"/inspections/{self.refs['I']}" if ref == "I" else f"/findings/{self.refs['F']}"
        target = None if ref in ("I", "F") else self.refs[ref]
        return next(
            one
            for one in self.stage.get(login, path)["steps"]
            if one["trigger"] == trigger and one["proceeding"] == target
        )
