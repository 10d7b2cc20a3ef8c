"""Plays the contract's scenarios step by step through the desk, exactly as they are written."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from engine.core.commands import FindingCommand, InspectionCommand, Principal, Step
from engine.core.refusals import Refusal
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
SOME_TEXT = "如实填写。"
SYSTEM = Principal(
    "yuanping-fire",
    "消防救援大队系统",
    frozenset({"linked_system"}),
    "fire_rescue",
    kind="system",
    system_id="yuanping-fire",
)


def scenario(id: str) -> dict[str, Any]:
    """The scenario of that id."""
    return next(one for one in SCENARIOS if one["id"] == id)


@dataclass(slots=True)
class Player:
    """Keeps which record stands behind each reference of the scenario."""

    town: Town
    kind: dict[str, str]
    refs: dict[str, str] = field(default_factory=dict)
    finished_at: str = ""

    def play(self, story: dict[str, Any]) -> None:
        """Every step is taken or refused as the scenario expects."""
        for number, step in enumerate(story["steps"]):
            self.town.at(step["at"])
            told = self._take(step)
            expected = step["expect"]
            assert told == expected.get("refused"), f"step {number}: {step['trigger']} gave {told}"
            assert self._state(step) == expected["state"], f"step {number}: {step['trigger']}"

    def _take(self, step: dict[str, Any]) -> str | None:
        try:
            self._act(step, {name: as_told(value) for name, value in step["facts"].items()})
        except Refusal as refusal:
            if refusal.reasons:
                return refusal.reasons[0].code
            return f"fact_missing:{refusal.errors[0].pointer.rsplit('/', 1)[-1]}"
        return None

    def _act(self, step: dict[str, Any], facts: dict[str, Any]) -> None:
        if step["trigger"] == "record_result":
            self._record_result(step, facts)
        elif step["trigger"] == "record_finding":
            self._record_finding(step, facts)
        elif step["by"] == "clock":
            self.town.house.sweep.run()
        elif step["chart"] == "inspection":
            self.town.on_inspection(step["as"], self.refs["I"], step["trigger"], **facts)
        else:
            self._step(step, facts)

    def _record_result(self, step: dict[str, Any], facts: dict[str, Any]) -> None:
        body = {**facts, "party": PARTY, "check_type": "internal", "department": "market_regulation"}
        body["finished_at"] = self.finished_at = facts["finished_at"]
        self.refs["I"] = self.town.handle(step["as"], InspectionCommand(body)).id

    def _record_finding(self, step: dict[str, Any], facts: dict[str, Any]) -> None:
        body = {
            **self.kind,
            "inspection": self.refs["I"],
            "item": facts["item"],
            "facts_summary": facts["facts_summary"],
            "discovered_at": self.finished_at,
        }
        self.refs["F"] = self.town.handle(step["as"], FindingCommand(body)).id

    def _step(self, step: dict[str, Any], facts: dict[str, Any]) -> None:
        target = None if step["proceeding_ref"] == "F" else self.refs[step["proceeding_ref"]]
        facts.pop("rule_id", None)
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

    def _state(self, step: dict[str, Any]) -> str:
        if step["chart"] == "inspection":
            with self.town.house.database.read() as connection:
                from models import records

                row = records.inspection_row(connection, self.refs["I"], False)
            return str(row.state) if row else ""
        if step["proceeding_ref"] == "F":
            return self.town.state(self.refs["F"])
        records_of = (*self.town.proceedings(self.refs["F"]), *self.town.referrals(self.refs["F"]))
        return next(str(one.state) for one in records_of if one.id == self.refs[step["proceeding_ref"]])


def as_told(value: Any) -> Any:
    """A placeholder becomes a sentence; an instant is told with its offset."""
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d", value):
        return f"{value}:00+08:00"
    return SOME_TEXT if value == "（略）" else value
