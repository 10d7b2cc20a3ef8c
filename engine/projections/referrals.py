"""A criminal referral as the persons on its list are shown it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from engine.core.chart import CRIMINAL
from engine.projections.deadlines import deadline_answer
from engine.projections.findings import attachment_answer, summary_of
from engine.projections.instants import deadline_light, recorded
from engine.projections.sources import Sources


def referral_member(
    sources: Sources, row: Any, readers: Mapping[str, str], deadlines: Sequence[Any], as_of: datetime
) -> dict[str, Any]:
    """The `referral` of a finding_answer."""
    return {
        "id": row.id,
        "version": row.version,
        "sequence": row.sequence,
        "state": row.state,
        "class": sources.charts[CRIMINAL].states[row.state].kind,
        "doc_no": row.doc_no,
        "readers": sorted(readers),
        "deadlines": [deadline_answer(sources, one, row.finding_id, as_of) for one in deadlines],
    }


def referral_answer(
    sources: Sources,
    row: Any,
    facts: Mapping[str, Any],
    member: Mapping[str, Any],
    attachments: Sequence[Any],
    clock: str,
) -> dict[str, Any]:
    """The referral alone: what a finding says of it, its facts and papers, and where its story is read."""
    chart = sources.charts[CRIMINAL]
    return {
        **member,
        "finding": row.finding_id,
        "department": row.department,
        "title": chart.states[row.state].zh,
        "owner_role": chart.states[row.state].owner,
        "facts": dict(facts),
        "attachments": [attachment_answer(one) for one in attachments],
        "timeline": f"/api/v1/referrals/{row.id}/timeline",
        "opened_at": recorded(row.opened_at),
        "recorded_at": recorded(row.recorded_at),
        "clock": clock,
    }


def referral_line(
    sources: Sources, row: Any, facts: Mapping[str, Any], deadlines: Sequence[Any], as_of: datetime
) -> dict[str, Any]:
    """One referral among a person's work: what it is about, where it stands and what is due first."""
    running = [one for one in deadlines if one.state == "running"]
    first = min(running, key=lambda one: (one.due_effective, one.id), default=None)
    return {
        "id": row.id,
        "finding": row.finding_id,
        "ledger_no": row.ledger_no,
        "item": row.item,
        "party": row.party_name,
        "state": row.state,
        "owner_role": sources.charts[CRIMINAL].states[row.state].owner,
        "light": deadline_light(first, as_of) if first is not None else "none",
        "term": first.term if first is not None else None,
        "due_effective": first.due_effective if first is not None else None,
        "summary": summary_of(facts),
    }
