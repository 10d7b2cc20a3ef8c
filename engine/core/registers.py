"""What a finding remembers beyond single facts: approved routes, who handles it, whether it is supervised."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from engine.core.chart import Row
from engine.core.snapshot import Snapshot

Keeper = Callable[[dict[str, Any], Mapping[str, Any], int], None]


def keep_registers(snapshot: Snapshot, row: Row, facts: Mapping[str, Any], sequence: int) -> None:
    """The registers say what the step just taken means for them."""
    keeper = _KEEPERS.get((row.chart, row.trigger))
    if keeper is not None:
        keeper(snapshot.registers, facts, sequence)
        snapshot.main.touched = True


def keeps_registers(row: Row) -> bool:
    """True for rows that change what the finding remembers beyond its facts."""
    return (row.chart, row.trigger) in _KEEPERS


def propose_flag(snapshot: Snapshot, kind: str) -> None:
    """The flag stands on the finding's list of flags to deal with, once."""
    listed = snapshot.registers.setdefault("proposed_flags", [])
    if kind not in listed:
        listed.append(kind)
        snapshot.main.touched = True


def _approve(registers: dict[str, Any], facts: Mapping[str, Any], _: int) -> None:
    registers["approved_routes"] = list(facts["routes"])


def _add(registers: dict[str, Any], facts: Mapping[str, Any], _: int) -> None:
    routes = [*registers.get("approved_routes", ()), *facts["routes"]]
    registers["approved_routes"] = list(dict.fromkeys(routes))


def _reopen(registers: dict[str, Any], facts: Mapping[str, Any], sequence: int) -> None:
    registers["approved_routes"] = list(facts["routes"])
    registers["round_from"] = sequence


def _no_action(registers: dict[str, Any], _: Mapping[str, Any], __: int) -> None:
    registers["approved_routes"] = []


def _handle(registers: dict[str, Any], facts: Mapping[str, Any], _: int) -> None:
    registers["handler"] = facts["handler"]


def _supervise(registers: dict[str, Any], _: Mapping[str, Any], __: int) -> None:
    registers["supervised"] = True


def _release(registers: dict[str, Any], _: Mapping[str, Any], __: int) -> None:
    registers["supervised"] = False


_KEEPERS: dict[tuple[str, str], Keeper] = {
    ("finding", "register"): _handle,
    ("finding", "reassign"): _handle,
    ("finding", "approve_route"): _approve,
    ("finding", "add_route"): _add,
    ("finding", "reopen"): _reopen,
    ("finding", "approve_no_action"): _no_action,
    ("finding", "order_supervision"): _supervise,
    ("finding", "lift_supervision"): _release,
    ("finding", "approve_close"): _release,
}
