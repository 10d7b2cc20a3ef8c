"""What one row of a sheet is made of: a finding with its inspection, party, proceedings, deadlines and standing entries."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from engine.core.chart import CRIMINAL
from engine.core.entries import Entry, standing
from models.reading import sheets
from models.referral_list import Asking


@dataclass(frozen=True, slots=True)
class Said:
    """A step as it stands now, with the papers that were issued at it: kind and number."""

    entry: Entry
    papers: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Source:
    """Everything that the cells of one row come from."""

    row: Any
    """The finding with `inspection_intake` and `published_on`."""
    party: Mapping[str, Any]
    """The party as far as the reader may know it."""
    proceedings: Sequence[Any]
    deadlines: Sequence[Any]
    stories: Mapping[str, Sequence[Sequence[Said]]]
    """Chart → for each of its records, in the order they were opened, what was entered, oldest first."""
    referrals: tuple[str, ...] = ()
    """The criminal referrals on whose list the reader is; without them a row is as if there were none."""

    def told(self, charts: Iterable[str]) -> Iterable[Sequence[Said]]:
        """The records of these charts with what was entered on them."""
        return (record for chart in charts for record in self.stories.get(chart, ()))


def sources_of(connection: Connection, asking: Asking | None, ids: Sequence[str]) -> list[Source]:
    """The sources of these findings, in their order; `asking` None for whoever is on no list of a referral."""
    rows = sheets.findings_of(connection, ids)
    proceedings = _grouped(sheets.proceedings_of(connection, ids), "finding_id")
    deadlines = _grouped(sheets.deadlines_of(connection, ids), "finding_id")
    listed = [] if asking is None else sheets.referrals_among(connection, asking, ids)
    referrals = _grouped(listed, "finding_id")
    said = _grouped(sheets.said_of(connection, [*ids, *(one.id for one in listed)]), "record_id")
    return [
        Source(
            rows[id],
            rows[id].party_detail,
            proceedings[id],
            deadlines[id],
            _stories(said[id], proceedings[id])
            | {CRIMINAL: [standing_of(said[one.id]) for one in referrals[id]]},
            tuple(one.id for one in referrals[id]),
        )
        for id in ids
    ]


def _stories(rows: Sequence[Any], proceedings: Sequence[Any]) -> dict[str, list[list[Said]]]:
    """What was entered on the finding itself, and on each of its proceedings, by chart."""
    by_record: dict[str | None, list[Said]] = defaultdict(list)
    for one in standing_of(rows):
        by_record[one.entry.proceeding].append(one)
    stories = {"finding": [by_record[None]]}
    for proceeding in proceedings:
        stories.setdefault(proceeding.kind, []).append(by_record[proceeding.id])
    return stories


def standing_of(rows: Sequence[Any]) -> list[Said]:
    papers: dict[int, tuple[tuple[str, str], ...]] = {}
    entries = []
    for row in rows:
        body = json.loads(row.body) if row.body is not None else {}
        papers[row.sequence] = tuple(
            (one["kind"], one["doc_no"]) for one in body.get("documents", ()) if one.get("doc_no")
        )
        entries.append(
            Entry(
                row.sequence,
                row.chart,
                row.trigger,
                row.proceeding_id,
                row.state,
                row.by,
                body.get("facts", {}),
                row.occurred_at,
                row.recorded_at,
                body.get("opened"),
            )
        )
    return [Said(one, papers[one.sequence]) for one in standing(entries)]


def _grouped(rows: Iterable[Any], name: str) -> Mapping[str, list[Any]]:
    groups: dict[str, list[Any]] = defaultdict(list)
    for row in rows:
        groups[getattr(row, name)].append(row)
    return groups
