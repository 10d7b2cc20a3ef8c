"""The rows of the charts that only the clock takes, and what they wait for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from engine.core.chart import Row
from engine.core.commands import CLOCK, Step
from engine.core.deadlines import stage
from engine.core.guards import shut_by
from engine.core.lawbook import Lawbook
from engine.core.scene import Scene
from engine.core.snapshot import Record, Snapshot
from engine.core.starting import REMEDY_PERIOD_OVER, settled_by, waits_for


@dataclass(slots=True)
class ClockRows:
    """Which row of the clock is open on a record."""

    law: Lawbook

    def of(self, chart: str) -> Iterator[Row]:
        """All of that chart."""
        return (row for row in self.law.charts[chart].rows if row.by_clock_only)

    def waited_for(self) -> dict[tuple[str, str], set[str]]:
        """(chart, term) → the states in which a row of the clock waits for the end of the term."""
        waits: dict[tuple[str, str], set[str]] = {}
        for kind in self.law.charts.kinds:
            for row in self.of(kind):
                for term in waits_for(row):
                    waits.setdefault((kind, term), set()).add(str(row.source))
        return waits

    def lapse(self, snapshot: Snapshot, deadline: Any, now: datetime) -> Step | None:
        """The row that the end of this deadline opens; None where there is none in this state."""
        record = snapshot.record(deadline.proceeding_id)
        assert record is not None, "a deadline's proceeding is there"
        if not ended(snapshot, deadline, now):
            return None
        for row in self.of(record.chart):
            waits = row.source == record.state and deadline.term in waits_for(row)
            if waits and self._open(snapshot, record, row, now):
                # a row that records the day of its act has it from the deadline that expired
                facts = {row.legal_date: deadline.due_effective} if row.legal_date else {}
                return Step(row.trigger, deadline.proceeding_id, facts)
        return None

    def remedies_over(self) -> Iterator[tuple[str, set[str], set[str]]]:
        """For each chart with rows that wait for the end of the remedies: their states, and the terms about them."""
        for kind in self.law.charts.kinds:
            rows = [row for row in self.of(kind) if row.guard(REMEDY_PERIOD_OVER)]
            if rows:
                terms = {term for row in rows for term in (*settled_by(row), *row.opens)}
                yield kind, {str(row.source) for row in rows}, terms

    def after_remedies(self, snapshot: Snapshot, proceeding: str, now: datetime) -> Step | None:
        """The row for a proceeding whose remedies were decided, so that no period of theirs runs; None where shut."""
        record = snapshot.record(proceeding)
        assert record is not None, "a proceeding that was found is there"
        for row in self.of(record.chart):
            waits = row.source == record.state and row.guard(REMEDY_PERIOD_OVER)
            if waits and self._open(snapshot, record, row, now):
                return Step(row.trigger, proceeding)
        return None

    def reminded(self, snapshot: Snapshot, step: Step) -> tuple[str, ...]:
        """The roles that the clock's step reminds."""
        record = snapshot.record(step.proceeding)
        assert record is not None, "a step is taken on a record"
        (row,) = (
            one for one in self.of(record.chart) if (one.source, one.trigger) == (record.state, step.trigger)
        )
        return tuple(effect.partition(":")[2] for effect in row.effects if effect.startswith("remind:"))

    def _open(self, snapshot: Snapshot, record: Record, row: Row, now: datetime) -> bool:
        """True when nothing but the clock's own turn is needed."""
        return not shut_by(Scene(self.law, snapshot, record, row, CLOCK, now), row.guards)


def ended(snapshot: Snapshot, deadline: Any, now: datetime) -> bool:
    """True while the deadline runs and as much of its end as was found lies behind.

    The row that another one's end opened may have settled it meanwhile, and an extension or a new calendar moved it.
    """
    return any(
        one.id == deadline.id and one.state == "running" and stage(one.dates, now) >= deadline.stage
        for one in snapshot.deadlines
    )
