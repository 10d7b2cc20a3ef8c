"""A deadline as the contract shows it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from engine.core.basis import basis_of
from engine.projections.instants import deadline_light, occurred, recorded
from engine.projections.sources import Sources
from models.at_rest import told_history

POINTS = (
    "start",
    "due_raw",
    "due_rolled",
    "due_effective",
    "due_conservative",
    "yellow_on",
    "red_on",
    "severe_on",
)
ORDERED = "set_by_order"


def deadline_answer(sources: Sources, row: Any, finding: str, as_of: datetime) -> dict[str, Any]:
    """The row in the shape of `deadline`; `finding` is the finding it is read from."""
    term, spec, history = sources.terms[row.term], row.spec, [_told(one) for one in told_history(row.history)]
    answer: dict[str, Any] = {
        "id": row.id,
        "term": row.term,
        "title": term.zh,
        "finding": row.finding_id or finding,
        "proceeding": row.proceeding_id,
        **{name: spec[name] for name in POINTS},
        "provisional": row.provisional,
        "light": deadline_light(row, as_of),
        "nature": row.nature,
        "state": row.state,
        "settled_at": history[-1]["occurred_at"] if row.settled_at and history else None,
        "history": history,
        "department": row.department,
        "excluded": spec.get("excluded", []),
    }
    if spec.get("length") is not None:
        answer["length"] = spec["length"]
    if spec.get("unit") not in (None, ORDERED):
        answer["unit"] = spec["unit"]
    return answer | _named(sources, row)


def _told(item: Mapping[str, Any]) -> dict[str, Any]:
    """What happened to the deadline, with its instants as answers write them."""
    happened, entered = (datetime.fromisoformat(item[name]) for name in ("occurred_at", "recorded_at"))
    return {**item, "occurred_at": occurred(happened, entered), "recorded_at": recorded(entered)}


def _named(sources: Sources, row: Any) -> dict[str, Any]:
    """Who owns the record's present state, and the law, where there is one."""
    term = sources.terms[row.term]
    owner, basis = _owner(sources, row), basis_of(term.basis, term.mark)
    named: dict[str, Any] = {}
    if owner is not None:
        named["owner_role"] = owner
    if basis is not None:
        named["basis"] = basis
    return named


def _owner(sources: Sources, row: Any) -> str | None:
    if row.proceeding_id is not None:
        chart, state = row.proceeding_kind, row.proceeding_state
    elif row.finding_id is not None:
        chart, state = "finding", row.finding_state
    else:
        chart, state = "inspection", row.inspection_state
    return sources.charts[chart].states[state].owner
