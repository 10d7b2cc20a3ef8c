"""The sweep: what the clock alone may do. One command per deadline and stage, with a natural key."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import Connection

from engine.casefile import CaseFile
from engine.clock import Clock
from engine.clock_rows import ClockRows, ended
from engine.core.commands import CLOCK, Command, Step, StepCommand
from engine.core.deadlines import TURN_OF
from engine.core.guards import all_routes_opened
from engine.core.lawbook import Lawbook
from engine.core.refusals import Refusal
from engine.core.snapshot import Record, Snapshot
from engine.core.starting import remedies_decided
from engine.desk import Desk
from engine.referral_bell import ReferralBell
from engine.reminder_post import ReminderPost, Told
from engine.reminder_words import Said
from engine.snapshots import dates_of, load_finding, load_inspection, proceeding
from models import due, records
from models.database import Database

log = logging.getLogger("bihuan.sweep")
LIMIT = 500
PAGE = 500
RIGHT_LAPSES = "right lapses"
"""What the end of a period of the party's own means: nobody of the office has to be reminded."""
DONE_STATES = ("routed", "in_progress")
HEAD = "department_head"
"""Who is told where no row of the clock tells anybody."""
MOVES = ("extended", "excluded", "recomputed")
"""What moves the end of a deadline, as its history has it."""


@dataclass(slots=True)
class Swept:
    """What one round did: `lapsed` rows moved a record, `reminded` rows told somebody."""

    due: int = 0
    lapsed: int = 0
    reminded: int = 0
    failed: int = 0
    left: int = 0

    def answer(self) -> dict[str, int]:
        """The counts as the command line prints them."""
        return {name: getattr(self, name) for name in ("due", "lapsed", "reminded", "failed", "left")}


@dataclass(slots=True)
class Sweep:
    """Rings through everything that is due; a second round, node or restart changes nothing."""

    clock: Clock
    database: Database
    law: Lawbook
    desk: Desk
    post: ReminderPost
    rows: ClockRows = field(init=False)
    referrals: ReferralBell = field(init=False)

    def __post_init__(self) -> None:
        self.rows = ClockRows(self.law)
        self.referrals = ReferralBell(self.desk, self.post)

    def run(self, limit: int = LIMIT) -> Swept:
        """At most `limit` due things are done, oldest first; a stubborn one is reported and blocks nobody."""
        now, swept, refused = self.clock.now(), Swept(), set[str]()
        office = self.desk.office.office_id
        with self.database.read() as connection:
            deadlines = due.due_deadlines(connection, office, now, limit)
            swept.due = due.count_due(connection, office, now)
        for row in deadlines:
            try:
                moved = self.desk.writer.submit(partial(self._tell, row=row, now=now))
                swept.lapsed += moved is True
                swept.reminded += moved is False
            except Refusal as refusal:
                refused.add(row.id)
                log.warning("deadline not swept", extra={"deadline": row.id, "code": refusal.code})
        self._take_what_ended(swept, office, now, limit - len(deadlines), refused)
        self._take_what_was_decided(swept, office, now, refused)
        swept.failed = len(refused)
        swept.left = max(0, swept.due - len(deadlines))
        self._finish(swept, limit - len(deadlines))
        self.referrals.ring(office, now, limit)
        return swept

    def catch_up(self) -> Swept:
        """All that is due is done, round after round, so that nobody waits long for the writer after an outage.

        A round that does nothing is the last: what is left then is stubborn, and was reported.
        """
        done = self.run()
        while done.left:
            more = self.run()
            for name in ("lapsed", "reminded"):
                setattr(done, name, getattr(done, name) + getattr(more, name))
            done.left, done.failed = more.left, more.failed
            log.info("catching up", extra={"left": done.left})
            if not (more.lapsed or more.reminded):
                break
        return done

    def _take_what_ended(
        self, swept: Swept, office: str, now: datetime, limit: int, refused: set[str]
    ) -> None:
        """A term may end in a state from which no row waits for that: it is told there, and taken once a row waits."""
        with self.database.read() as connection:
            found = due.ended_before(connection, office, now, self.rows.waited_for(), max(0, limit))
        for row in found:
            step = partial(self.rows.lapse, deadline=row, now=now)
            self._take(swept, row.finding_id, _key(row), step, refused)

    def _take_what_was_decided(self, swept: Swept, office: str, now: datetime, refused: set[str]) -> None:
        """Reconsideration and suit have an end that no period tells: the clock finds the remedies over there too."""
        for kind, states, terms in self.rows.remedies_over():
            after: str | None = ""
            while after is not None:
                with self.database.read() as connection:
                    page = due.proceedings_without(connection, office, kind, states, terms, after, PAGE)
                after = page[-1].id if len(page) == PAGE else None
                for row in page:
                    if remedies_decided(proceeding(row)):
                        step = partial(self.rows.after_remedies, proceeding=row.id, now=now)
                        self._take(swept, row.finding_id, f"remedies_over:{row.id}", step, refused)

    def _take(
        self,
        swept: Swept,
        finding: str,
        key: str,
        chosen: Callable[[Snapshot], Step | None],
        refused: set[str],
    ) -> None:
        """The row of the clock is taken if it is open and nobody has taken it meanwhile."""
        try:
            moved = self.desk.writer.submit(
                partial(self._take_within, finding=finding, key=key, chosen=chosen)
            )
            swept.due += moved
            swept.lapsed += moved
        except Refusal as refusal:
            refused.add(key)
            log.warning("row of the clock not taken", extra={"key": key, "code": refusal.code})

    def _take_within(
        self, connection: Connection, *, finding: str, key: str, chosen: Callable[[Snapshot], Step | None]
    ) -> bool:
        file = load_finding(connection, self.desk.office, finding, lock=True)
        assert file is not None, "a deadline or proceeding of a finding always has its finding"
        step = chosen(file.snapshot)
        if step is not None:
            self.desk.handle_within(connection, _command(finding, f"{key}:{file.snapshot.version}", step))
        return step is not None

    def _tell(self, connection: Connection, *, row: Any, now: datetime) -> bool | None:
        """True when a record moved; False when somebody was reminded; None where nothing was due by its turn."""
        file = self._file_of(connection, row)
        if not ended(file.snapshot, row, now):
            return None
        due.mark_told(connection, row.id, row.stage)
        step, moves = self._step(file.snapshot, row, now) if row.finding_id else (None, False)
        if step is None:
            if self.law.terms[row.term].on_expiry != RIGHT_LAPSES:  # else nobody of the office is late
                self._notice(connection, row, now)
                self._send(connection, row, (HEAD,), now)
            return False
        self.desk.handle_within(connection, _command(row.finding_id, _key(row), step))
        if not moves:
            self._send(connection, row, self.rows.reminded(file.snapshot, step), now)
        return moves

    def _file_of(self, connection: Connection, row: Any) -> CaseFile:
        """The record of the deadline, locked: nobody moves it before the deadline is dealt with."""
        if row.finding_id is None:
            file = load_inspection(connection, row.inspection_id, lock=True)
        else:
            file = load_finding(connection, self.desk.office, row.finding_id, lock=True)
        assert file is not None, "a deadline always has its record"
        return file

    def _step(self, snapshot: Snapshot, row: Any, now: datetime) -> tuple[Step | None, bool]:
        """The clock's row for this deadline: the one its expiry opens, else the reminder of its record or finding."""
        record = snapshot.record(row.proceeding_id)
        assert record is not None, "a deadline's proceeding is there"
        lapse = self.rows.lapse(snapshot, row, now)
        if lapse is not None:
            return lapse, True
        rows = [one for one in self.rows.of(record.chart) if one.source == record.state]
        if self.law.terms[row.term].on_expiry == RIGHT_LAPSES:
            return None, False
        text = self._said(row)["zh"]
        for one in rows:
            if one.requires == ("requirement",):
                return Step(one.trigger, row.proceeding_id, {"requirement": text}), False
        own = [one for one in self.rows.of("finding") if one.source == snapshot.main.state]
        if any(one.trigger == "remind_overdue" for one in own):
            return Step("remind_overdue", None, {"requirement": text}), False
        return None, False

    def _said(self, row: Any) -> Said:
        return self.post.words.ended(row.term, row.nature, row.due_effective, TURN_OF[row.stage])

    def _send(self, connection: Connection, row: Any, roles: tuple[str, ...], now: datetime) -> None:
        """What was told goes to linked systems too, as the rung that has come: the ladder tells them no second time."""
        dates = dates_of(row.spec, row.provisional)
        rung = self.law.ladder.since(TURN_OF[row.stage], row.term, dates, self.law.calendar, now)
        if rung is not None:
            self.post.send(connection, [Told(row, (replace(rung, roles=roles),))], now)

    def _notice(self, connection: Connection, row: Any, now: datetime) -> None:
        told = {
            "natural_key": _key(row),
            "office_id": row.office_id,
            "department": row.department,
            "role": HEAD,
            "kind": "overdue",
            "finding_id": row.finding_id,
            "inspection_id": row.inspection_id if row.finding_id is None else None,
            "detail": {**self._said(row), "term": row.term, "inspection": row.inspection_id},
            "done": False,
            "recorded_at": now,
        }
        records.insert_once(connection, records.NOTICE, told)

    def _finish(self, swept: Swept, limit: int) -> None:
        """Findings whose proceedings are all done wait for verification."""
        after: str | None = ""
        while after is not None and limit > 0:
            done, after = self._done_after(after)
            for row in done:
                limit -= self._finish_one(row, swept)
                if limit <= 0:
                    swept.left += 1
                    return

    def _done_after(self, after: str) -> tuple[list[Any], str | None]:
        """Of the next page of findings without an open proceeding those that can move on, and where the page ended.

        One with an approved route that nobody opened yet can stand for years: it is passed over without a command.
        """
        with self.database.read() as connection:
            page = due.findings_without_open_proceeding(
                connection, self.desk.office.office_id, DONE_STATES, after, PAGE
            )
            opened: dict[str, list[Record]] = {row.id: [] for row in page}
            for one in due.proceedings_of(connection, list(opened)):
                opened[one.finding_id].append(proceeding(one))
        done = [row for row in page if all_routes_opened(row.record.get("registers", {}), opened[row.id])]
        return done, page[-1].id if len(page) == PAGE else None

    def _finish_one(self, row: Any, swept: Swept) -> bool:
        """True when the finding moved on; one that changed meanwhile may stay."""
        command = _command(row.id, f"proceedings_done:{row.id}:{row.version}", Step("proceedings_done"))
        try:
            self.desk.writer.submit(lambda connection: self.desk.handle_within(connection, command))
        except Refusal as refusal:
            if refusal.code != "step_shut":
                swept.failed += 1
            return False
        swept.due += 1
        swept.lapsed += 1
        return True


def _key(row: Any) -> str:
    """What is told once: this stage of the deadline, and where its end was moved, of the end that it has now."""
    key = f"lapse:{row.id}:{row.stage}"
    return f"{key}:{row.due_effective}" if any(one["what"] in MOVES for one in row.history) else key


def _command(finding: str, key: str, step: Step) -> Command:
    return Command(CLOCK, key, key[:64], StepCommand("finding", finding, (step,)))
