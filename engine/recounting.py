"""Live deadlines are counted anew when a notice of the State Council stands that they were not counted by."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Table

from engine.calendars import CalendarInForce, StandingNotice
from engine.casefile import CaseFile
from engine.clock import Clock
from engine.core.commands import CLOCK
from engine.core.counting import DeadlineError
from engine.core.deadlines import Dates, begins
from engine.core.lawbook import Lawbook
from engine.core.recounting import Recounted, counted, differs, recount_live, touches
from engine.core.running import Moment
from engine.core.snapshot import Deadline
from engine.projections.sources import words
from engine.rows import TABLES, Rows
from engine.scribe import Scribe
from engine.snapshots import load_finding, load_inspection, load_referral, restored
from engine.writer import Writer
from models import calendars, records
from models.database import Database
from models.referral_reading import REFERRAL_DEADLINE
from rules.calendar_notice import Notice
from rules.offices import Office

log = logging.getLogger("bihuan.recounting")
WORDS_FILE = Path(__file__).with_suffix(".yaml")
RECOUNTED = "recounted"
"""The entry of a record whose deadlines were counted anew."""
DATE_MOVED = "date_moved"
"""The kind of notice by which the owner of a deadline is told that it moved."""
PAGE = 500
AT_ONCE = 50
"""Records that are written in one transaction; each is whole or as it was, whenever the program stops."""
AT_A_RING = 10_000
"""Records that one round of the bell counts anew; the next goes on."""
NOBODYS = "department_head"
"""Who is told where a state has no owner."""
Progress = Callable[[int], None]
_Record = tuple[str, str]
"""Subject and id."""


@dataclass(slots=True)
class Counted:
    """What a round changed: records, and deadlines that moved or became final; those of referrals are in no figure."""

    records: int = 0
    moved: int = 0
    final: int = 0
    finished: bool = True

    def add(self, changed: Sequence[Recounted]) -> None:
        """One more record, with the deadlines that changed on it."""
        self.records += bool(changed)
        self.moved += sum(one.moved for one in changed)
        self.final += sum(one.former.provisional and not one.deadline.dates.provisional for one in changed)

    def answer(self) -> dict[str, Any]:
        """The figures as the command line prints them."""
        return {name: getattr(self, name) for name in ("records", "moved", "final", "finished")}


@dataclass(slots=True)
class Recounting:
    """A second round, node or restart changes nothing: what has the dates of the calendar is left alone."""

    clock: Clock
    office: Office
    database: Database
    law: Lawbook
    writer: Writer
    scribe: Scribe
    calendars: CalendarInForce
    _done: frozenset[str] = frozenset()

    def run(self, limit: int | None = None, progress: Progress | None = None) -> Counted:
        """Live deadlines have the dates of every notice that stands; at most so many records are changed at once."""
        self.calendars.keep_up()
        pending, told = self._pending(), Counted()
        if not pending:
            return told
        since = begins(min(one.notice.first for one in pending))
        tried = 0
        for table in (records.DEADLINE, REFERRAL_DEADLINE):
            for found in self._pages(table, since):
                held = list(
                    dict.fromkeys(_record_of(row) for row in found if self._stale(restored(row), pending))
                )
                for start in range(0, len(held), AT_ONCE):
                    self._count(held[start : start + AT_ONCE], pending, told)
                    tried += len(held[start : start + AT_ONCE])
                    if progress is not None:
                        progress(told.records)
                    if limit is not None and tried >= limit:
                        told.finished = False
                        return told
        keys = [one.key for one in pending]
        now = self.clock.now()
        self.writer.submit(lambda one: calendars.keep_recounted(one, self.office.office_id, keys, now))
        self._done |= frozenset(keys)
        return told

    def would_change(self, notice: Notice) -> dict[str, int]:
        """How many live deadlines the notice would move, and how many would become final, if it were loaded now."""
        law = replace(self.law, calendar=self.calendars.counting(self.calendars.name, notice))
        pending = (StandingNotice(notice),)
        told = {"deadlines": 0, "moved": 0, "final": 0}
        for found in self._pages(records.DEADLINE, begins(notice.first)):
            for deadline in map(restored, found):
                if not self._stale(deadline, pending, law):
                    continue
                dates = counted(law, deadline, law.calendar)
                told["deadlines"] += 1
                told["moved"] += dates.due_effective != deadline.dates.due_effective
                told["final"] += deadline.dates.provisional and not dates.provisional
        return told

    def _pending(self) -> list[StandingNotice]:
        """The notices that stand and by which not everything has been counted, in the order of their years."""
        standing = list(self.calendars.counted_by)
        if all(one.key in self._done for one in standing):
            return []
        with self.database.read() as connection:
            self._done = calendars.recounted_by(connection, self.office.office_id)
        pending = [one for one in standing if one.key not in self._done]
        return sorted(pending, key=lambda one: one.notice.year)

    def _pages(self, table: Table, since: Any) -> Iterator[Sequence[Any]]:
        after = None
        while True:
            with self.database.read() as connection:
                page = calendars.live_deadlines(connection, self.office.office_id, since, after, PAGE, table)
            if page:
                yield page
            if len(page) < PAGE:
                return
            after = page[-1].state, page[-1].due_effective, page[-1].id

    def _stale(
        self, deadline: Deadline, pending: Sequence[StandingNotice], law: Lawbook | None = None
    ) -> bool:
        """True when the deadline was counted over days of these notices and has other dates by them."""
        try:
            return _touching(deadline.dates, pending) != [] and differs(law or self.law, deadline)
        except DeadlineError as fault:
            log.error("deadline not counted anew", extra={"deadline": deadline.id, "why": fault.en})
            return False

    def _count(self, held: Sequence[_Record], pending: Sequence[StandingNotice], told: Counted) -> None:
        """These records are counted in one transaction; where one cannot be, each is tried alone and the rest goes on."""
        try:
            changed = self.writer.submit(lambda one: [self._record(one, record, pending) for record in held])
        except DeadlineError as fault:
            if len(held) == 1:
                log.error("record not counted anew", extra={"record": held[0][1], "why": fault.en})
                return
            for record in held:
                self._count([record], pending, told)
            return
        for (subject, _), each in zip(held, changed, strict=True):
            if subject != "referral":  # nobody learns from a figure that there is one (law 9)
                told.add(each)

    def _record(
        self, connection: Connection, record: _Record, pending: Sequence[StandingNotice]
    ) -> list[Recounted]:
        """What changed on the record, with one entry of its chain, and told to whom it belongs."""
        self.calendars.keep_up_within(connection)
        file, now = self._file(connection, record), self.clock.now()
        moment = Moment(now, now, file.snapshot.sequence + 1)
        changed = recount_live(self.law, file.snapshot, moment, lambda dates: _ground(dates, pending))
        if not changed:
            return changed
        said = {"reason": _ground_of_all(changed, pending), "recounted": [_said(one) for one in changed]}
        values = Rows(self.office.office_id, self.law, file).recounted()
        if values:
            records.change(connection, TABLES[file.snapshot.subject], file.snapshot.id, values)
        self.scribe.note(connection, file, RECOUNTED, {"facts": said}, CLOCK, now)
        if file.snapshot.subject != "referral":
            for one in changed:
                if one.moved:
                    self._tell(connection, file, one, pending, now)
        return changed

    def _file(self, connection: Connection, record: _Record) -> CaseFile:
        subject, id = record
        if subject == "finding":
            file = load_finding(connection, self.office, id, lock=True)
        elif subject == "inspection":
            file = load_inspection(connection, id, lock=True)
        else:
            file = load_referral(connection, id, lock=True, remembering=False)
        assert file is not None, "a deadline always has its record"
        return file

    def _tell(
        self,
        connection: Connection,
        file: CaseFile,
        one: Recounted,
        pending: Sequence[StandingNotice],
        now: Any,
    ) -> None:
        deadline, snapshot = one.deadline, file.snapshot
        record = snapshot.record(deadline.proceeding)
        assert record is not None, "a deadline's proceeding is there"
        owner = self.law.charts[record.chart].states[record.state].owner
        last = _touching(one.former, pending)[-1]
        row = {
            "natural_key": f"{calendars.MOVED}:{last.key}:{deadline.id}",
            "office_id": self.office.office_id,
            "department": snapshot.department,
            "role": owner or NOBODYS,
            "kind": DATE_MOVED,
            "finding_id": snapshot.id if snapshot.subject == "finding" else None,
            "inspection_id": file.inspection_id,
            "detail": {
                **self._sentences(one, last.notice),
                "term": deadline.term,
                "former": one.former.due_effective.isoformat(),
                "due": deadline.dates.due_effective.isoformat(),
                "party": file.party.get("name"),
                "inspection": file.inspection_id,
            },
            "done": False,
            "recorded_at": now,
        }
        records.add_once(connection, records.NOTICE, row)

    def _sentences(self, one: Recounted, notice: Notice) -> dict[str, str]:
        said, term = words(WORDS_FILE), self.law.terms[one.deadline.term]
        places = {
            "former": one.former.due_effective.isoformat(),
            "due": one.deadline.dates.due_effective.isoformat(),
            "source": notice.source,
        }
        sentence, nature = said[DATE_MOVED], said[one.deadline.nature]
        return {
            "zh": sentence.zh.format(term=term.zh, nature=nature.zh, **places),
            "en": sentence.en.format(term=term.en, nature=nature.en, **places),
        }


def _record_of(row: Any) -> _Record:
    if "referral_id" in row._mapping:
        return "referral", row.referral_id
    return ("finding", row.finding_id) if row.finding_id else ("inspection", row.inspection_id)


def _touching(dates: Dates, pending: Sequence[StandingNotice]) -> list[StandingNotice]:
    return [one for one in pending if touches(dates, one.notice.first, one.notice.last)]


def _ground(dates: Dates, pending: Sequence[StandingNotice]) -> str | None:
    return "；".join(one.notice.source for one in _touching(dates, pending)) or None


def _ground_of_all(changed: Sequence[Recounted], pending: Sequence[StandingNotice]) -> str:
    grounds = (one.notice.source for each in changed for one in _touching(each.former, pending))
    return "；".join(dict.fromkeys(grounds))


def _said(one: Recounted) -> dict[str, Any]:
    """The deadline as the entry has it: from which day to which."""
    dates, former = one.deadline.dates, one.former.due_effective.isoformat()
    due = dates.due_effective.isoformat()
    title = f"{one.deadline.term} {former} → {due}" if one.moved else f"{one.deadline.term} {due}"
    return {
        "title": title,
        "term": one.deadline.term,
        "from": former,
        "to": due,
        "provisional": dates.provisional,
    }
