"""Plays the contract's scenarios step by step, exactly as they are written: `Player` through the desk."""

from __future__ import annotations

import json
import re
from abc import ABC, abstractmethod
from datetime import date
from pathlib import Path
from typing import Any

from engine.core.commands import FindingCommand, InspectionCommand, Principal, Step
from engine.core.deadlines import Exclusion, compute
from engine.core.refusals import Refusal
from models import records, referral_reading
from tests.builders import PARTY, Town

SCENARIOS = json.loads(
    (Path(__file__).parent.parent.parent / "docs/contract/scenarios.json").read_text(encoding="utf-8")
)
FIRE = {"domain": "fire", "violation": "fire_exit_blocked"}
FOOD = {"domain": "food", "violation": "food_item_failed"}
BOILER = {"domain": "special_equipment", "violation": "se_unregistered"}
SCRAPPED = {"domain": "special_equipment", "violation": "se_scrapped"}
ADVERTISING = {"domain": "advertising", "violation": "ad_false"}
POPPY = {"domain": "food", "violation": "food_unsafe"}
UNREACHED = {"domain": "market_entity", "violation": "address_unreachable"}
KINDS = {
    "S01": FOOD,
    "S02": FOOD,
    "S03": BOILER,
    "S05": ADVERTISING,
    "S06": FIRE,
    "S08": POPPY,
    "S10": UNREACHED,
    "S12": SCRAPPED,
}
"""What each scenario that runs is about."""
SOME_TEXT = "如实填写。"
DATES = ("start", "due_raw", "due_rolled", "due_effective", "provisional")
SYSTEM = Principal(
    "yuanping-fire",
    "消防救援大队系统",
    frozenset({"linked_system"}),
    "fire_rescue",
    kind="system",
    system_id="yuanping-fire",
)

Dates = dict[tuple[str, str], list[dict[str, Any]]]
"""(reference, term) → what came out for it, oldest first."""


def scenario(id: str) -> dict[str, Any]:
    """The scenario of that id."""
    return next(one for one in SCENARIOS if one["id"] == id)


class Performance(ABC):
    """One scenario played from its first step; keeps which record stands behind each reference, and its chart."""

    def __init__(self, kind: dict[str, str]) -> None:
        self.kind = kind
        self.refs: dict[str, str] = {}
        self.charts: dict[str, str] = {}
        self.finished_at = ""

    def play(self, story: dict[str, Any]) -> None:
        """Every step is taken or refused as the scenario expects."""
        for number, step in enumerate(story["steps"]):
            self.at(step["at"])
            self.charts[step["proceeding_ref"]] = step["chart"]
            told = self._take(step)
            expected = step["expect"]
            assert told == expected.get("refused"), f"step {number}: {step['trigger']} gave {told}"
            assert self.state(step["proceeding_ref"]) == expected["state"], (
                f"step {number}: {step['trigger']}"
            )

    def check_ending(self, story: dict[str, Any]) -> None:
        """Dates, flags and states came out as the scenario expects at its end."""
        found = self.deadlines()
        for wanted in story["expected_deadlines"]:
            came_out = found.get((wanted["proceeding_ref"], wanted["term"]), [])
            if wanted["via"] == "arithmetic":  # such dates need not occur in the story itself
                came_out = [*came_out, self.counted(wanted)]
            assert {name: as_told(wanted[name]) for name in DATES} in [
                {name: one[name] for name in DATES} for one in came_out
            ], wanted["term"]
        for wanted in story["expected_flags"]:
            assert self._flag(wanted["proceeding_ref"]).items() >= wanted.items()
        for ref, state in story["final"]["states"].items():
            assert self.state(ref) == state, ref

    def _take(self, step: dict[str, Any]) -> str | None:
        """The code of the refusal, None when the step was taken."""
        return self._act(step, {name: as_told(value) for name, value in step["facts"].items()})

    def _act(self, step: dict[str, Any], facts: dict[str, Any]) -> str | None:
        if step["trigger"] == "record_result":
            self.finished_at = facts["finished_at"]
            more = {"party": PARTY, "check_type": "internal", "department": "market_regulation"}
            self.refs["I"] = self.record_inspection(step["as"], facts | more)
        elif step["trigger"] == "record_finding":
            told = {name: facts[name] for name in ("item", "facts_summary")}
            where = {"inspection": self.refs["I"], "discovered_at": self.finished_at}
            self.refs["F"] = self.record_finding(step["as"], self.kind | told | where)
        elif step["by"] == "clock":
            self.sweep()
        else:
            facts.pop("rule_id", None)
            return self.step(step, facts)
        return None

    @abstractmethod
    def at(self, civil: str) -> None:
        """The clock stands at that civil time."""

    @abstractmethod
    def record_inspection(self, login: str, body: dict[str, Any]) -> str:
        """The id of the inspection just recorded."""

    @abstractmethod
    def record_finding(self, login: str, body: dict[str, Any]) -> str:
        """The id of the finding just recorded."""

    @abstractmethod
    def sweep(self) -> None:
        """What was due has happened."""

    @abstractmethod
    def step(self, step: dict[str, Any], facts: dict[str, Any]) -> str | None:
        """The code of the refusal, or None: the step is taken and `refs` knows the proceeding it opened."""

    @abstractmethod
    def state(self, ref: str) -> str:
        """The state of the record behind the reference."""

    @abstractmethod
    def finding(self) -> dict[str, Any]:
        """The finding as a reader sees it."""

    @abstractmethod
    def timeline(self) -> list[dict[str, Any]]:
        """What was done about the finding, oldest first."""

    @abstractmethod
    def deadlines(self) -> Dates:
        """Every deadline of the story."""

    @abstractmethod
    def counted(self, wanted: dict[str, Any]) -> dict[str, Any]:
        """The dates of the term from the start, the length and the excluded days that the scenario states."""

    def ref_of(self, id: str) -> str:
        """The reference that the scenario has for that record."""
        return next(ref for ref, one in self.refs.items() if one == id)

    def _flag(self, ref: str) -> dict[str, Any]:
        """The flag as a scenario writes it, from the first decision on it to the last."""
        id = self.refs[ref]
        shown = next(one for one in self.finding()["proceedings"] if one["id"] == id)
        facts = [one["facts"] for one in self.timeline() if one["proceeding"] == id]
        decided = [one["decided_on"] for one in facts if "decided_on" in one]
        told = {"proceeding_ref": ref, "kind": shown["flag"], "state": shown["state"]}
        return told | {"from": decided[0], "to": decided[-1]}


class Player(Performance):
    """Plays through the desk of a town."""

    def __init__(self, town: Town, kind: dict[str, str]) -> None:
        super().__init__(kind)
        self.town = town

    def at(self, civil: str) -> None:
        """The town's clock stands at that civil time."""
        self.town.at(civil)

    def record_inspection(self, login: str, body: dict[str, Any]) -> str:
        """The id of the inspection just recorded."""
        return self.town.handle(login, InspectionCommand(body)).id

    def record_finding(self, login: str, body: dict[str, Any]) -> str:
        """The id of the finding just recorded."""
        return self.town.handle(login, FindingCommand(body)).id

    def sweep(self) -> None:
        """The bell has rung."""
        self.town.house.sweep.run()

    def step(self, step: dict[str, Any], facts: dict[str, Any]) -> str | None:
        """The code of the refusal, or None: the step is taken."""
        try:
            self._hand_in(step, facts)
        except Refusal as refusal:
            if refusal.reasons:
                return refusal.reasons[0].code
            return f"fact_missing:{refusal.errors[0].pointer.rsplit('/', 1)[-1]}"
        return None

    def _hand_in(self, step: dict[str, Any], facts: dict[str, Any]) -> None:
        if step["chart"] == "inspection":
            self.town.on_inspection(step["as"], self.refs["I"], step["trigger"], **facts)
            return
        target = None if step["proceeding_ref"] == "F" else self.refs[step["proceeding_ref"]]
        if step["by"] == "linked_system":
            self.town.people["system"] = SYSTEM
        if step["chart"] == "criminal_referral":
            self.town.on_referral(step["as"], str(target), step["trigger"], **facts)
            return
        self.town.steps(step["as"], self.refs["F"], Step(step["trigger"], target, facts))
        if step["trigger"] == "open_criminal_referral":
            self.refs[step["opens"]] = self.town.referrals(self.refs["F"])[-1].id
        elif "opens" in step:
            self.refs[step["opens"]] = self.town.proceedings(self.refs["F"])[-1].id

    def state(self, ref: str) -> str:
        """The state of the record behind the reference."""
        if ref == "I":
            with self.town.house.database.read() as connection:
                row = records.inspection_row(connection, self.refs["I"], False)
            return str(row.state) if row else ""
        if ref == "F":
            return self.town.state(self.refs["F"])
        rows = (*self.town.proceedings(self.refs["F"]), *self.town.referrals(self.refs["F"]))
        return next(str(one.state) for one in rows if one.id == self.refs[ref])

    def finding(self) -> dict[str, Any]:
        """The finding as an inspector sees it."""
        return self.town.house.reader.finding(self.town.who("W01"), self.refs["F"])

    def timeline(self) -> list[dict[str, Any]]:
        """What was done about the finding, oldest first."""
        who = self.town.who("W01")
        return list(self.town.house.reader.timeline(who, self.refs["F"], {"limit": ["200"]})["items"])

    def deadlines(self) -> Dates:
        """The dates that are stored."""
        with self.town.house.database.read() as connection:
            rows = list(records.inspection_deadline_rows(connection, self.refs["I"]))
            if "F" in self.refs:
                rows += records.finding_deadline_rows(connection, self.refs["F"])
            if "K" in self.refs:
                rows += referral_reading.shown_deadlines(connection, [self.refs["K"]])
        found: Dates = {}
        for row in rows:
            owner = self.ref_of(row.proceeding_id or row.finding_id or row.inspection_id)
            found.setdefault((owner, row.term), []).append({**row.spec, "provisional": row.provisional})
        return found

    def counted(self, wanted: dict[str, Any]) -> dict[str, Any]:
        """The dates as the engine counts them."""
        told, law = wanted["arithmetic"], self.town.house.law
        dates = compute(
            law.terms[wanted["term"]],
            date.fromisoformat(wanted["start"]),
            law.calendar,
            length=told["length"],
            unit=told["unit"],
            exclusions=[Exclusion(*map(date.fromisoformat, one)) for one in told["exclude"]],
            extended=told["extended"],
        )
        shown = {name: str(getattr(dates, name)) for name in DATES}
        return shown | {"provisional": dates.provisional}


def as_told(value: Any) -> Any:
    """A placeholder becomes a sentence; an instant is told with its offset."""
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d", value):
        return f"{value}:00+08:00"
    return SOME_TEXT if value == "（略）" else value
