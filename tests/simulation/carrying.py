"""Old records come into a walk, and later exports correct them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from engine.core.chart import CRIMINAL, Charts
from engine.core.commands import CarryCommand, Outcome
from engine.core.refusals import Refusal
from engine.intake import CarriedFinding, CarriedInspection
from tests.builders import PARTY
from tests.simulation.world import World

SOURCE = "旧台账.csv"
OFTEN = 0.3
"""How often an old finding comes with a proceeding of a kind."""
FLAG_KINDS = ("penalty_publicity", "abnormal_list", "serious_list")
FINED = ("decided", "performing")
"""States of an old penalty in which a fine is owed."""


def carried_states(charts: Charts) -> dict[str, tuple[str, ...]]:
    """The states in which old records of each chart come in."""
    return {
        name: tuple(dict.fromkeys(row.to for row in chart.rows if row.trigger == "carry_over"))
        for name, chart in charts.by_name.items()
    }


@dataclass(slots=True)
class Carrying:
    """Sends exports of old records into the world."""

    world: World
    states: Mapping[str, tuple[str, ...]] = field(init=False)
    carried: list[CarriedInspection] = field(default_factory=list)
    numbers: int = 0

    def __post_init__(self) -> None:
        self.states = carried_states(self.world.town.house.charts)

    def carry(
        self,
        wanted: dict[str, str] | None = None,
        *,
        alone: bool = False,
        facts: Mapping[str, Any] | None = None,
    ) -> Outcome | Refusal:
        """An old inspection comes in with a finding in the states asked for, or in any; `alone`: with nothing else.

        `facts` are stated of the proceedings to which they belong.
        """
        wanted, number, chance = wanted or {}, self.numbers, self.world.chance
        self.numbers += 1
        kinds = [
            kind
            for kind in (*self.world.town.house.charts.kinds, CRIMINAL)
            if kind in wanted or (not alone and wanted.get("finding") != "closed" and chance.random() < OFTEN)
        ]
        states = {kind: self._state(kind, wanted) for kind in kinds}
        finding = CarriedFinding(
            line=number,
            reference=f"walk/{number}/1",
            digest=f"finding {number}",
            fields={
                "domain": "food",
                "violation": "other",
                "item": "旧事项",
                "discovered_at": self.world.now().isoformat(),
            },
            present_state=self._state(
                "finding", {"finding": "in_progress", **wanted} if self._open(states) else wanted
            ),
            stated_dates=None,
            unknown_items="承办人不详",
            source_line=number,
            proceedings=tuple(self._proceeding(kind, state, facts or {}) for kind, state in states.items()),
        )
        old = CarriedInspection(
            reference=f"walk/{number}",
            digest=f"inspection {number}",
            fields={
                "department": "market_regulation",
                "party": {
                    **PARTY,
                    "identifiers": [{"scheme": "source_id", "source": "old", "value": str(number)}],
                },
                "check_type": "internal",
                "result_codes": ["PENDING_FOLLOWUP"],
                "finished_at": self.world.now().isoformat(),
            },
            present_state=self._state("inspection", wanted),
            source_line=number,
            stated_dates=None,
            unknown_items=None,
            findings=(finding,),
        )
        self.carried.append(old)
        return self.world.send("importer", CarryCommand(old, SOURCE))

    def correct_some(self) -> Outcome | Refusal:
        """A later export states an old record otherwise, where there is one; else one comes in."""
        chance = self.world.chance
        if not self.carried:
            return self.carry()
        old = chance.choice(self.carried[-20:])
        finding = old.findings[0]
        moved = tuple(
            {**one, "present_state": self._state(one["kind"], {})}
            for one in finding.proceedings
            if self._corrigible(one)
        )
        corrected = replace(
            finding,
            digest=f"{finding.digest}'",
            present_state=self._state("finding", {}),
            proceedings=moved,
        )
        changed = replace(old, findings=(corrected,))
        if chance.random() < 0.5:
            state = self._state("inspection", {})
            changed = replace(changed, digest=f"{old.digest}'", present_state=state)
        self.carried[self.carried.index(old)] = changed
        return self.world.send("importer", CarryCommand(changed, SOURCE))

    def _corrigible(self, proceeding: Mapping[str, Any]) -> bool:
        return "correct_carry_over" in self.world.town.house.charts[proceeding["kind"]].triggers

    def _open(self, states: Mapping[str, str]) -> bool:
        charts = self.world.town.house.charts
        return any(charts[kind].states[state].kind == "open" for kind, state in states.items())

    def _state(self, chart: str, wanted: Mapping[str, str]) -> str:
        return wanted.get(chart) or self.world.chance.choice(self.states[chart])

    def _proceeding(self, kind: str, state: str, stated: Mapping[str, Any]) -> dict[str, Any]:
        facts: dict[str, Any] = {}
        if kind in ("transfer", "copy_notice"):
            facts["target_department"] = "fire_rescue"
        elif kind == "credit_flag":
            facts["flag_kind"] = stated.get("flag_kind") or self.world.chance.choice(FLAG_KINDS)
        elif kind == "penalty" and state in FINED:
            facts |= {name: stated[name] for name in ("decision_no", "fine_fen") if name in stated}
        elif kind == "rectification" and self.world.chance.random() < 0.5:
            facts["new_due_on"] = self.world.now().date().isoformat()
        return {"kind": kind, "present_state": state, "facts": facts}
