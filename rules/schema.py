"""What a rule is: one version of it, with its law and its examples."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from rules.basis import Basis
from rules.conditions import Condition, condition_as_data
from rules.facts import Value

RECTIFY_FIRST = ("none", "parallel", "required")
"""From the least to the most strict: whether an order to correct must come before a penalty."""

CRIMINAL_REFERRAL = "criminal_referral"


@dataclass(frozen=True, slots=True)
class ProposedFlag:
    """A credit flag that the rule proposes, always or while its condition holds."""

    flag: str
    condition: Condition | None


@dataclass(frozen=True, slots=True)
class Parameter:
    """A figure of the condition that a province may set within a range."""

    name: str
    value: int
    range: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Example:
    """Facts on a date for which the rule fires, or does not."""

    facts: Mapping[str, Value]
    on: date
    fired: bool


@dataclass(frozen=True, slots=True)
class Rule:
    """One version of one rule; in force from its first to its last day, both included.

    lighter_than: keys of versions that are harder on the party (行政处罚法 第三十七条 从旧兼从轻: a person weighs it).
    """

    id: str
    rule: str
    version: int
    name: str
    title: str
    description: str
    in_force_from: date
    in_force_until: date | None
    lighter_than: tuple[str, ...]
    when: Condition
    routes: tuple[str, ...]
    rectify_first: str
    flags: tuple[ProposedFlag, ...]
    shut: tuple[str, ...]
    to: tuple[str, ...]
    ground: str | None
    urgent: bool | Condition
    notes: tuple[str, ...]
    yields_to_criminal: bool
    confidential: bool
    human_confirm: bool
    verified: bool
    basis: tuple[Basis, ...]
    parameters: tuple[Parameter, ...]
    examples: tuple[Example, ...]

    @property
    def key(self) -> str:
        """Id and version, unique in a rulebook: `R01@1`."""
        return f"{self.id}@{self.version}"

    def in_force(self, on: date) -> bool:
        """True when this version stands on the date."""
        return self.in_force_from <= on and (self.in_force_until is None or on <= self.in_force_until)

    def as_data(self) -> dict[str, Any]:
        """The rule in the shape of the public contract."""
        urgent = self.urgent if isinstance(self.urgent, bool) else condition_as_data(self.urgent)
        data: dict[str, Any] = {
            "id": self.id,
            "rule": self.rule,
            "version": self.version,
            "name": self.name,
            "title": self.title,
            "description": self.description,
            "when": condition_as_data(self.when),
            "routes": list(self.routes),
            "rectify_first": self.rectify_first,
            "flags": [_flag_as_data(flag) for flag in self.flags],
            "shut": list(self.shut),
            "to": list(self.to),
            "ground": self.ground,
            "urgent": urgent or None,
            "notes": list(self.notes),
            "confidential": self.confidential,
            "human_confirm": self.human_confirm,
            "verified": self.verified,
            "basis": [basis.as_data() for basis in self.basis],
            "in_force": {
                "from": self.in_force_from.isoformat(),
                "until": self.in_force_until and self.in_force_until.isoformat(),
            },
        }
        if self.lighter_than:
            data["lighter_than"] = list(self.lighter_than)
        if self.parameters:
            data["parameters"] = [
                {"name": p.name, "value": p.value, "range": list(p.range)} for p in self.parameters
            ]
        return data


def _flag_as_data(flag: ProposedFlag) -> dict[str, Any]:
    if flag.condition is None:
        return {"flag": flag.flag}
    return {"flag": flag.flag, "if": condition_as_data(flag.condition)}
