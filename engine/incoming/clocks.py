"""The clocks of an inbound matter: counted by the same arithmetic and calendar as every deadline, from its events alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection

from engine.core.deadlines import Dates, compute, overdue
from engine.core.incoming import IncomingKind, Running, clocks_of
from engine.core.lawbook import Lawbook
from engine.core.snapshot import Deadline
from engine.deadline_rows import deadline_state, thresholds
from engine.outcomes import new_id
from engine.snapshots import restored
from models import incoming_reading

RUNNING, MET, MET_LATE, VOID = "running", "met", "met_late", "void"
STAGES = (1, 2, 3)
"""Nearly due, overdue, severely overdue: what the bell tells of a clock, each once for each end."""


@dataclass(frozen=True, slots=True)
class Counted:
    """What follows from the clocks of a matter: how its row shows them, and whether any runs."""

    columns: Mapping[str, Any]
    running: bool


@dataclass(frozen=True, slots=True)
class Clocks:
    """Keeps the rows of clocks as the events have them; counting again changes nothing."""

    office_id: str
    law: Lawbook

    def keep(
        self,
        connection: Connection,
        matter: Mapping[str, Any],
        kind: IncomingKind,
        events: Mapping[str, datetime],
        now: datetime,
    ) -> Counted:
        """The clocks of the matter stand as these events, the terms in force and the calendar give them."""
        known = {row.term: row for row in incoming_reading.clock_rows(connection, [matter["id"]])}
        wanted = {
            run.clock.term: self.deadline(run, matter["content"])
            for run in clocks_of(kind, events, matter["informant"] == "named")
        }
        fresh, settled, standing = [], list[str](), []
        for term, deadline in wanted.items():
            row = known.get(term)
            if row is not None:
                deadline.id = row.id
                settled += self._changed(connection, row, deadline, now)
            else:
                deadline.history = [_told("opened", deadline, now)]
                fresh.append(self._row(matter, deadline))
            standing.append(deadline)
        for term, row in known.items():
            if term not in wanted and row.state != VOID:
                gone = restored(row)
                gone.state, gone.history = VOID, [*gone.history, _told("void", gone, now)]
                incoming_reading.change_clock(connection, row.id, deadline_state(gone))
                settled.append(row.id)
        incoming_reading.add_clocks(connection, fresh)
        incoming_reading.settle_notices(connection, keys_of(settled), "clock", now)
        return counted(standing)

    def deadline(self, run: Running, content: Mapping[str, Any]) -> Deadline:
        """The deadline that a running term gives; a day of its own that the sender set stands where it is shorter."""
        term, law = self.law.terms[run.clock.term], self.law
        dates = compute(term, run.start, law.calendar, severe_after=law.severe_after)
        stated = content.get(run.clock.set_by) if run.clock.set_by else None
        fixed = date.fromisoformat(stated) if isinstance(stated, str) else None
        if fixed is not None and run.start <= fixed < _day(dates):
            dates = compute(term, run.start, law.calendar, severe_after=law.severe_after, fixed_due=fixed)
        else:
            fixed = None
        state = RUNNING
        if run.settled is not None:
            state = MET_LATE if overdue(dates, run.settled) else MET
        return Deadline(
            id=new_id(),
            term=term.id,
            proceeding=None,
            start=run.start,
            dates=dates,
            nature=term.nature,
            state=state,
            fixed_due=fixed,
            settled_at=run.settled,
        )

    def _changed(self, connection: Connection, row: Any, deadline: Deadline, now: datetime) -> list[str]:
        """The row has become the deadline; the id where its notices are done with."""
        deadline.history, deadline.told_stage = list(row.history), row.told_stage
        moved = deadline.dates.due_effective.isoformat() != row.due_effective
        if moved:
            deadline.told_stage = 0
            deadline.history.append(_told("recomputed", deadline, now))
        if deadline.state != row.state:
            deadline.history.append(
                _told("opened" if deadline.state == RUNNING else "settled", deadline, now)
            )
        if moved or deadline.state != row.state or deadline.dates.provisional != row.provisional:
            incoming_reading.change_clock(connection, row.id, deadline_state(deadline))
        return [row.id] if moved or deadline.state != RUNNING else []

    def _row(self, matter: Mapping[str, Any], deadline: Deadline) -> dict[str, Any]:
        return {
            "id": deadline.id,
            "office_id": self.office_id,
            "department": matter["department"],
            "incoming_id": matter["id"],
            "term": deadline.term,
            "nature": deadline.nature,
            **deadline_state(deadline),
        }


def counted(deadlines: Sequence[Deadline]) -> Counted:
    """How the row of a matter shows its clocks."""
    columns = thresholds(deadlines)
    running = columns["overdue_at"] is not None
    return Counted({**columns, "sorts_at": columns["overdue_at"] or incoming_reading.NEVER}, running)


def keys_of(clocks: Sequence[str]) -> list[str]:
    """The natural keys of every notice that these clocks can lead to."""
    return [notice_key(clock, stage) for clock in clocks for stage in STAGES]


def notice_key(clock: str, stage: int) -> str:
    """What names the notice of a clock's stage."""
    return f"incoming:{clock}:{stage}"


def _day(dates: Dates) -> date:
    due = dates.due_effective
    assert not isinstance(due, datetime), "matters run in days"
    return due


def _told(what: str, deadline: Deadline, now: datetime) -> dict[str, Any]:
    return {"what": what, "due_effective": deadline.dates.due_effective.isoformat(), "at": now.isoformat()}
