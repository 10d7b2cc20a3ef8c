"""The figures of a report, counted on entries that are only ever added: as of one instant they never change."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection

from engine.core.audit import canonical
from engine.core.calendar import civil_date
from engine.core.chart import Charts
from engine.sheets.source import Said, standing_of
from models.reading import reported, sheets
from models.reading.scope import Scope
from rules.report_templates import Figure, Period

BATCH = 200
Progress = Callable[[int, int], None]
"""Told how many records are done, of how many; what it raises ends the work."""


@dataclass(frozen=True, slots=True)
class Match:
    """One step (or open finding) that a figure counts, and what it adds to a sum."""

    record: str
    department: str
    proceeding: str | None
    sequence: int
    on: date
    value: int

    def line(self) -> str:
        """The match as its digest is made of it."""
        return canonical([self.record, self.proceeding, self.sequence, self.on.isoformat(), self.value])


@dataclass(frozen=True, slots=True)
class Counted:
    """What a figure came to: its value, that of each department, how many rows it is made of and their digest."""

    figure: Figure
    value: int
    by_department: Mapping[str, int]
    rows: int
    digest: str


@dataclass(frozen=True, slots=True)
class Reading:
    """What is counted: the steps of a period as they stand at an instant, in one department or all that are seen."""

    charts: Charts
    seen: Scope
    department: str | None
    period: Period
    since: datetime
    """The first instant of the period."""
    as_of: datetime

    def how_many(self, connection: Connection) -> int:
        """How many records are looked at."""
        return reported.how_many(connection, self.seen, self.department, self.since)

    def counted(self, connection: Connection, figures: Sequence[Figure], progress: Progress) -> list[Counted]:
        """Each figure in its turn; records are read so many at a time."""
        tallies = {figure.code: _Tally(figure) for figure in figures}
        of, done = self.how_many(connection), 0
        walk = reported.records_of(connection, self.seen, self.department, self.since, BATCH)
        for part in walk:
            stories = self._stories(connection, part)
            for id, department in part:
                for tally in tallies.values():
                    for match in self._matches(tally.figure, id, department, stories.get(id, [])):
                        tally.add(match)
            done += len(part)
            progress(done, of)
        return [tally.counted() for tally in tallies.values()]

    def _stories(self, connection: Connection, part: Sequence[tuple[str, str]]) -> dict[str, list[Said]]:
        rows: dict[str, list[Any]] = {}
        for row in sheets.said_of(connection, [id for id, _ in part], until=self.as_of):
            rows.setdefault(row.record_id, []).append(row)
        return {id: standing_of(told) for id, told in rows.items()}

    def _matches(self, figure: Figure, id: str, department: str, story: Sequence[Said]) -> Iterator[Match]:
        if figure.open:
            yield from self._open(id, department, story)
            return
        for one in story:
            entry = one.entry
            if entry.chart in figure.charts and entry.trigger in figure.taken:
                on = civil_date(entry.occurred_at)
                if self.period.first <= on <= self.period.last:
                    value = int(entry.facts.get(figure.sums) or 0) if figure.sums else 1
                    yield Match(id, department, entry.proceeding, entry.sequence, on, value)

    def _open(self, id: str, department: str, story: Sequence[Said]) -> Iterator[Match]:
        chart = self.charts["finding"]
        own = [
            one.entry for one in story if one.entry.chart == "finding" and one.entry.trigger in chart.triggers
        ]
        if own and chart.states[own[-1].state].kind != "ended":
            yield Match(id, department, None, own[-1].sequence, civil_date(own[-1].occurred_at), 1)


class _Tally:
    """A figure while it is counted."""

    def __init__(self, figure: Figure) -> None:
        self.figure = figure
        self._value, self._rows = 0, 0
        self._by_department: dict[str, int] = {}
        self._digest = hashlib.sha256()

    def add(self, match: Match) -> None:
        """One more match; they come in the order of records and entries."""
        self._value += match.value
        self._rows += 1
        known = self._by_department.get(match.department, 0)
        self._by_department[match.department] = known + match.value
        self._digest.update(match.line().encode() + b"\n")

    def counted(self) -> Counted:
        """What it came to."""
        digest = f"sha256:{self._digest.hexdigest()}"
        return Counted(self.figure, self._value, dict(self._by_department), self._rows, digest)
