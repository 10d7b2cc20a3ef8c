"""Who belongs on the list of a criminal referral by an open step that depends on it (law 9)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from engine.core.chart import CRIMINAL, Charts
from engine.core.criminal_guards import DEPENDING
from engine.core.times import roles_of

HEAD = "principal_head"
NOBODY = frozenset({"clock", "importer", "linked_system"})
"""Roles that no person holds: what they are told goes other ways."""
ACTED, TEAM, HEAD_GROUND, STEP = "acted", "team", "head", "step"
"""What puts somebody on the list; whoever is there by an open step is there as long as the step is open."""


def roles_with_a_step(charts: Charts, state: str, held: Iterable[tuple[str, str]]) -> frozenset[str]:
    """The roles with a row of the referral in this state, or of the findings of its act that waits for it.

    `held` names (chart, state) of these findings and their proceedings.
    """
    own = [row for row in charts[CRIMINAL].rows if row.source == state]
    waiting = [
        row
        for chart, at in held
        for row in charts[chart].rows
        if row.source == at and any(guard.name in DEPENDING for guard in row.guards)
    ]
    return frozenset(role for row in (*own, *waiting) for role in roles_of(row)) - NOBODY


def named_in(facts: Mapping[str, Any]) -> frozenset[str]:
    """The logins of the team, folded."""
    return frozenset(one["login"].casefold() for one in facts.get("team") or () if one.get("login"))


def ground_for(
    login: str, roles: frozenset[str], memory: Mapping[str, Any], with_a_step: frozenset[str]
) -> str | None:
    """Why the colleague is on the list; None for everybody else. `memory` is the referral's record."""
    acted = {person.casefold() for people in memory.get("actors", {}).values() for person in people}
    if login.casefold() in acted:
        return ACTED
    if login.casefold() in named_in(memory.get("facts", {})):
        return TEAM
    if HEAD in roles:
        return HEAD_GROUND
    return STEP if roles & with_a_step else None
