"""The step that a message comes from, with what can be read around it: facts, deadlines, papers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from engine.casefile import CaseFile
from engine.core.calendar import civil_date
from engine.core.effects import Taken
from engine.core.snapshot import Record
from engine.papers import Papers
from models import records


@dataclass(frozen=True, slots=True)
class StepInHand:
    """One step within its transaction; `record` is the record that took it."""

    connection: Connection
    file: CaseFile
    taken: Taken
    record: Record
    papers: Papers
    now: datetime

    @property
    def day(self) -> str:
        """The civil date on which the step happened."""
        return civil_date(self.taken.occurred_at).isoformat()

    def fact(self, name: str) -> Any:
        """The fact as the step states it, else as the record knows it."""
        return {**self.record.facts, **self.taken.facts}.get(name)

    def due(self, proceeding: str | None, term: str) -> str | None:
        """The day of the latest such deadline, settled or not: the step may settle it itself."""
        found = [
            one
            for one in self.file.snapshot.deadlines
            if one.term == term and one.proceeding == proceeding and one.state != "cancelled"
        ]
        return found[-1].dates.due_effective.isoformat() if found else None

    def paper(self, proceeding: str | None, kinds: Sequence[str]) -> dict[str, Any] | None:
        """The latest paper of the first of these kinds that the proceeding has; without a file it has no digest."""
        for kind in kinds:
            rows = [
                row
                for row in records.documents_of(self.connection, self.file.record_id, kind)
                if row.proceeding_id == proceeding and row.status != "missing"
            ]
            if rows and rows[-1].status == "issued":
                return self.papers.letter(self.connection, self.file, proceeding, kind)
            if rows:
                title = str(self.papers.charts.dictionary["documents"][kind]["zh"])
                known = {"digest": rows[-1].digest, "title": title, "doc_no": rows[-1].doc_no}
                return {name: value for name, value in known.items() if value}
        return None
