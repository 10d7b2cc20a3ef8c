"""A person's work in four groups, worst first."""

from __future__ import annotations

from collections.abc import Mapping

from engine.core.chart import Charts
from engine.core.commands import Principal

GROUPS: Mapping[str, tuple[str, ...]] = {
    "severe": ("severe",),
    "overdue": ("overdue",),
    "red_yellow": ("red", "yellow"),
    "green": ("green", "none"),
}
"""Group → its lights; what waits without a running clock stands with what is in time."""


def owned_states(charts: Charts, who: Principal) -> list[tuple[str, str]]:
    """The open states of proceedings (kind, state) that one of the person's roles, own or lent, owns."""
    return [
        (kind, state.name)
        for kind in charts.kinds
        for state in charts[kind].states.values()
        if state.kind == "open" and state.owner in who.all_roles
    ]
