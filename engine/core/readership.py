"""Who belongs on the list of a criminal referral by an open step that depends on it (law 9)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from engine.core.chart import CRIMINAL, Charts
from engine.core.criminal_guards import DEPENDING
from engine.core.times import roles_of

HEAD = "principal_head"
NOBODY = frozenset({"clock", "importer", "linked_system"})
"""Roles that no person holds: what they are told goes other ways."""
ACTED, TEAM, HEAD_GROUND, STEP = "acted", "team", "head", "step"
"""What puts somebody on the list; whoever is there by an open step is there as long as the step is open."""


@dataclass(frozen=True, slots=True)
class OpenSteps:
    """Where somebody has a row that depends on a referral: in its own states, or in (chart, state) of its act."""

    own: frozenset[str] = frozenset()
    waiting: frozenset[tuple[str, str]] = frozenset()

    def open_in(self, state: str, held: frozenset[tuple[str, str]]) -> bool:
        """True when such a row is open: `held` names (chart, state) of the findings of the act and their proceedings."""
        return state in self.own or not self.waiting.isdisjoint(held)


def open_steps(charts: Charts) -> dict[str, OpenSteps]:
    """For each role where it has a row of the referral, or one of a finding that waits for a referral of its act."""
    own: dict[str, set[str]] = defaultdict(set)
    waiting: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for row in (row for chart in charts.by_name.values() for row in chart.rows if row.source is not None):
        for role in roles_of(row) - NOBODY:
            if row.chart == CRIMINAL:
                own[role].add(str(row.source))
            elif any(guard.name in DEPENDING for guard in row.guards):
                waiting[role].add((row.chart, str(row.source)))
    return {
        role: OpenSteps(frozenset(own[role]), frozenset(waiting[role]))
        for role in own.keys() | waiting.keys()
    }


def roles_with_a_step(
    steps: Mapping[str, OpenSteps], state: str, held: Iterable[tuple[str, str]]
) -> frozenset[str]:
    """The roles with a row of the referral in this state, or of the findings of its act that waits for it."""
    at = frozenset(held)
    return frozenset(role for role, one in steps.items() if one.open_in(state, at))


def steps_of(steps: Mapping[str, OpenSteps], roles: Iterable[str]) -> OpenSteps:
    """The same turned round: where somebody of these roles has a row that depends on a referral."""
    held = [steps[role] for role in roles if role in steps]
    return OpenSteps(
        frozenset[str]().union(*(one.own for one in held)),
        frozenset[tuple[str, str]]().union(*(one.waiting for one in held)),
    )


def hands_in(memory: Mapping[str, Any]) -> dict[str, str]:
    """Whose hand is in the referral, by login, folded, with the ground; `memory` is the referral's record."""
    acted = {person.casefold() for people in memory.get("actors", {}).values() for person in people}
    return {**dict.fromkeys(named_in(memory.get("facts", {})), TEAM), **dict.fromkeys(acted, ACTED)}


def named_in(facts: Mapping[str, Any]) -> frozenset[str]:
    """The logins of the team, folded."""
    return frozenset(one["login"].casefold() for one in facts.get("team") or () if one.get("login"))


def ground_for(
    login: str, roles: frozenset[str], hands: Mapping[str, str], with_a_step: frozenset[str]
) -> str | None:
    """Why the colleague is on the list; None for everybody else."""
    if login.casefold() in hands:
        return hands[login.casefold()]
    if HEAD in roles:
        return HEAD_GROUND
    return STEP if roles & with_a_step else None
