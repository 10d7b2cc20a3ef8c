"""An inspection as the contract shows it, alone and in lists."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from engine.projections.deadlines import deadline_answer
from engine.projections.instants import recorded, written
from engine.projections.privacy import masked
from engine.projections.sources import Sources

FINDING_PATH = "/api/v1/findings/{id}"
SHOWN_OF_INTAKE = ("check_type", "plan_name", "task_name", "result_codes", "started_at")


def inspection_answer(
    sources: Sources,
    row: Any,
    findings: Sequence[Any],
    deadlines: Sequence[Any],
    particulars: bool,
    any_open: bool,
    as_of: datetime,
) -> dict[str, Any]:
    """The inspection_answer with version, sequence and state, steps apart; `findings` are the seen ones."""
    first = findings[0].id if findings else row.id
    settled = sources.charts["inspection"].states[row.state].kind != "open"
    return {
        "id": row.id,
        "office_id": row.office_id,
        "recorded_at": recorded(row.recorded_at),
        "findings": [
            {"id": one.id, "state": one.state, "href": FINDING_PATH.format(id=one.id)} for one in findings
        ],
        "deadlines": [deadline_answer(sources, one, first, as_of) for one in deadlines],
        "closed": settled and not any_open,
        "inspection": {
            **_in_shanghai(row.intake if particulars else masked(row.intake, sources.personal)),
            "state": row.state,
        },
        "version": row.version,
        "sequence": row.sequence,
        "state": row.state,
    }


def _in_shanghai(intake: Mapping[str, Any]) -> dict[str, Any]:
    """The intake with its instants as answers write them, whatever offset they came with."""
    sent = {name: intake[name] for name in ("started_at", "finished_at") if intake.get(name)}
    return {**intake, **{name: written(datetime.fromisoformat(text)) for name, text in sent.items()}}


def inspection_item(row: Any, party: Any, findings: Sequence[Any]) -> dict[str, Any]:
    """The inspection as one line of a list; `findings` are those the reader sees."""
    return {
        "id": row.id,
        "reference": row.reference,
        "department": row.department,
        "party": {"id": party.id, "name": party.name, "kind": party.detail.get("kind")},
        "plan_no": row.plan_no,
        "task_no": row.task_no,
        **{name: _in_shanghai(row.intake).get(name) for name in SHOWN_OF_INTAKE},
        "finished_at": written(row.finished_at),
        "state": row.state,
        "version": row.version,
        "sequence": row.sequence,
        "publication": row.publication,
        "publication_due_on": row.publication_due_on.isoformat() if row.publication_due_on else None,
        "published_on": row.published_on.isoformat() if row.published_on else None,
        "findings": [{"id": one.id, "state": one.state} for one in findings],
    }
