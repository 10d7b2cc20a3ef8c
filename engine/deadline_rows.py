"""Rows of deadlines: what is stored of one, and the instants at which its light changes."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from engine.core.deadlines import Exclusion, turns
from engine.core.snapshot import Deadline
from engine.snapshots import DATE_NAMES


def deadline_state(deadline: Deadline) -> dict[str, Any]:
    """The columns of a deadline that follow from what is known of it."""
    dates = deadline.dates
    spec: dict[str, Any] = {name: getattr(dates, name).isoformat() for name in DATE_NAMES}
    spec |= {
        "start": deadline.start.isoformat(),
        "length": dates.length,
        "own_length": deadline.length,
        "unit": dates.unit,
        "extended": deadline.extended,
        "excluded": [_excluded(one) for one in deadline.exclusions],
        "suspended": {by: on.isoformat() for by, on in deadline.suspended.items()},
        "fixed_due": deadline.fixed_due.isoformat() if deadline.fixed_due else None,
    }
    return {
        "state": deadline.state,
        "spec": spec,
        "history": deadline.history,
        "due_effective": dates.due_effective.isoformat(),
        "provisional": dates.provisional,
        "settled_at": deadline.settled_at,
        "told_stage": deadline.told_stage,
        **light_instants(deadline),
    }


def _excluded(one: Exclusion) -> dict[str, Any]:
    said = {
        "from": one.first.isoformat(),
        "to": one.last.isoformat(),
        "ground": one.ground,
        "document": one.document,
    }
    return {name: value for name, value in said.items() if value is not None}


def light_instants(deadline: Deadline) -> dict[str, datetime]:
    """From which instant on the deadline shows yellow, red, overdue and severe."""
    turned = turns(deadline.dates)
    return {name: getattr(turned, name) for name in ("yellow_at", "red_at", "overdue_at", "severe_at")}


def thresholds(deadlines: Iterable[Deadline]) -> dict[str, Any]:
    """The earliest instants over the running deadlines, so that the database can tell a finding's light."""
    running = [one for one in deadlines if one.state == "running"]
    if not running:
        return dict.fromkeys(("yellow_at", "red_at", "overdue_at", "severe_at", "due_effective"))
    each = [light_instants(one) for one in running]
    earliest = {name: min(one[name] for one in each) for name in each[0]}
    return {**earliest, "due_effective": min(one.dates.due_effective.isoformat() for one in running)}
