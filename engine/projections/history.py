"""What happened to a record, as its timeline and its audit chain show it."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from engine.core.delegation import BEHALF
from engine.projections.instants import occurred, recorded, written
from engine.projections.privacy import holds_particulars, masked
from engine.projections.sources import Sources

CHAIN = (
    "sequence",
    "version",
    "chart",
    "trigger",
    "state",
    "by",
    "role",
    "late",
    "commitment",
    "previous",
    "hash",
)


def timeline_item(
    sources: Sources,
    entry: Any,
    documents: Sequence[Any],
    particulars: bool,
    stepped_back: Collection[str] = (),
) -> dict[str, Any]:
    """One entry as the timeline shows it; an erased payload leaves no facts.

    What one of the accounts that have `stepped_back` did is marked `recused`, and stands.
    """
    said: Mapping[str, Any] = json.loads(entry.body) if entry.body is not None else {}
    facts = said.get("facts", {})
    return {
        "sequence": entry.sequence,
        "trigger": entry.trigger,
        "title": _title(sources, entry),
        "chart": entry.chart,
        "proceeding": entry.proceeding_id,
        "by": entry.by,
        "role": entry.role,
        "occurred_at": occurred(entry.occurred_at, entry.recorded_at),
        "recorded_at": recorded(entry.recorded_at),
        "late": entry.late,
        "facts": facts if particulars else masked(facts, sources.personal),
        "documents": [_document(sources, one) for one in documents],
        "digest": entry.hash,
        "erased": entry.body is None,
        **{name: said[name] for name in (BEHALF,) if name in said},
        **({"recused": True} if entry.by.casefold() in stepped_back else {}),
    }


def _title(sources: Sources, entry: Any) -> str:
    """The words of the chart's row, or of another chart's when it is noted here; notes have their list."""
    for chart in (sources.charts[entry.chart], *sources.charts.by_name.values()):
        if entry.trigger in chart.triggers:
            return chart.row_into(entry.trigger, entry.state).zh
    word = sources.notes.get(entry.trigger)
    return word.zh if word else str(entry.trigger)


def _document(sources: Sources, row: Any) -> dict[str, Any]:
    said = sources.charts.dictionary["documents"].get(row.kind, {})
    return {
        "id": row.id,
        "kind": row.kind,
        "title": said.get("zh", row.kind),
        "doc_no": row.doc_no,
        "status": row.status,
        "digest": row.digest,
        "issued_on": row.issued_on.isoformat(),
    }


def audit_entry(sources: Sources, entry: Any, open_to_reader: bool, particulars: bool) -> dict[str, Any]:
    """One link of the chain; salt and body only for whoever sees the record and every particular in it."""
    shown = (
        open_to_reader
        and entry.body is not None
        and (particulars or not holds_particulars(entry.body, sources.personal))
    )
    return {
        **{name: getattr(entry, name) for name in CHAIN},
        "proceeding": entry.proceeding_id,
        "occurred_at": written(entry.occurred_at),
        "recorded_at": written(entry.recorded_at),
        "salt": entry.salt if shown else None,
        "body": entry.body if shown else None,
    }
