"""A party as far as the reader may see it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from engine.projections.findings import summary_of
from engine.projections.instants import recorded
from engine.projections.privacy import masked
from engine.projections.sources import Sources


def party_answer(sources: Sources, row: Any, particulars: bool, sanctions: Sequence[Any]) -> dict[str, Any]:
    """Identity, and the penalties and credit flags in force; the findings are added by the list."""
    identity = row.detail if particulars else masked(row.detail, sources.personal)
    return {
        "id": row.id,
        **identity,
        "penalties": [_sanction(one) for one in sanctions if one.kind == "penalty"],
        "flags": [_sanction(one) for one in sanctions if one.kind == "credit_flag"],
    }


def _sanction(row: Any) -> dict[str, Any]:
    return {
        "id": row.id,
        "finding": row.finding_id,
        "state": row.state,
        "opened_at": recorded(row.opened_at),
        "summary": summary_of(row.record.get("facts", {})),
    }
