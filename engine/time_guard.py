"""The guard of time: while the clock has leapt nothing is recorded and no period ends, until a person has looked.

With PostgreSQL the clock of the database is the one that counts, so that all nodes have one time; else the machine's.
Under a test clock there is nothing to guard: its file is the authority.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock
from typing import Any

from sqlalchemy import Connection
from uuid_utils.compat import uuid7

from engine.clock import Clock
from engine.core.leap import Beat, Leap, leap
from engine.core.refusals import Refusal
from engine.writer import Writer
from models import records, time_records
from models.database import Database

log = logging.getLogger("bihuan.time")
KEPT_EVERY = timedelta(seconds=30)
"""A trusted moment is written down no more often than that."""


@dataclass(slots=True)
class TimeGuard:
    """Asks again and again whether time went on as it should, and lets the clock of the house go by what it finds."""

    clock: Clock
    database: Database
    writer: Writer
    office_id: str
    _looking: Lock = field(default_factory=Lock, repr=False)
    _kept: datetime | None = field(default=None, repr=False)

    def look(self) -> Leap | None:
        """The leap for which a person is asked, None while time can be trusted; the clock of the house goes by it."""
        if self.clock.is_test:
            return None
        with self._looking, self.database.read() as connection:
            now = self._now(connection)
            found, adopted = self._judge(connection, now)
            waiting = time_records.open_leap(connection, self.office_id)
        if found is None and waiting is not None and waiting.boot != now.boot:
            found = Leap(
                waiting.expected_at, waiting.shown_at
            )  # another machine saw it, or this one before it restarted
        if found is None:
            self._trust(now, waiting, adopted)
        elif waiting is None:
            self._report(found, now)
        self.clock.anchor.leap = found
        return found

    def asked(self, by: str) -> dict[str, str]:
        """The leap for which a person is asked now, as the detail of an act; raises `not_found` where there is none."""
        found = self.look()
        with self.database.read() as connection:
            waiting = time_records.open_leap(connection, self.office_id)
        if found is None or waiting is None:
            raise Refusal("not_found")
        shown = {"expected": found.expected.isoformat(), "shown": found.shown.isoformat()}
        return {"leap": waiting.id, **shown, "by": by}

    def check(self, detail: Mapping[str, Any]) -> None:
        """Returns while that leap, and no other one, still waits for a person; raises `not_found`."""
        now = self.asked(detail["by"])
        seen = Leap(datetime.fromisoformat(detail["expected"]), datetime.fromisoformat(detail["shown"]))
        found = Leap(datetime.fromisoformat(now["expected"]), datetime.fromisoformat(now["shown"]))
        if now["leap"] != detail["leap"] or not found.alike(seen):
            raise Refusal("not_found")

    def accept_within(self, connection: Connection, detail: Mapping[str, Any]) -> dict[str, str]:
        """The time that is shown now is the right one: each node goes on from it when it looks next.

        Raises `not_found` when the leap is over.
        """
        now = self._now(connection)
        if not time_records.end_leap(connection, detail["leap"], now.shown, detail["by"]):
            raise Refusal("not_found")
        self._keep(connection, now, detail["leap"])
        return {"expected": detail["expected"], "accepted": detail["shown"]}

    def _now(self, connection: Connection) -> Beat:
        machine = self.clock.machine
        if self.database.dialect == "sqlite":
            return Beat(machine.shown(), machine.boot(), machine.uptime())
        before = machine.uptime()
        shown = time_records.database_now(connection)
        return Beat(shown, machine.boot(), (before + machine.uptime()) / 2)

    def _judge(self, connection: Connection, now: Beat) -> tuple[Leap | None, str | None]:
        """How time leapt since the last trusted moment, and the accepted leap that is followed last."""
        row = time_records.beat_of(connection, self.office_id, now.boot)
        last = Beat(row.shown_at, row.boot, row.uptime) if row else None
        own, adopted = self.clock.anchor.beat, row.adopted if row and row.boot == now.boot else None
        if own is not None and (last is None or last.boot != own.boot or own.uptime > last.uptime):
            last = own
        restarted = last is None or last.boot != now.boot
        found = leap(last, now, records.last_recorded_at(connection) if restarted else None)
        accepted = time_records.accepted_after(connection, self.office_id, adopted) if found else None
        known = Leap(accepted.expected_at, accepted.shown_at) if accepted is not None else None
        if accepted is not None and found is not None and known is not None and found.alike(known):
            return None, accepted.id
        return found, adopted

    def _trust(self, now: Beat, waiting: Any, adopted: str | None) -> None:
        """Time is as it should be; a leap that this machine had found is gone, as the clock was set right."""
        self.clock.anchor.trust(now)
        if waiting is None and self._kept is not None and now.shown - self._kept < KEPT_EVERY:
            return

        def write(connection: Connection) -> None:
            if waiting is not None:
                time_records.end_leap(connection, waiting.id, now.shown, None)
            self._keep(connection, now, adopted)

        self.writer.submit(write, always=True)
        self._kept = now.shown
        if waiting is not None:
            log.warning("the clock was set right", extra={"leap": waiting.id})

    def _report(self, found: Leap, now: Beat) -> None:
        row = {
            "id": str(uuid7()),
            "office_id": self.office_id,
            "boot": now.boot,
            "expected_at": found.expected,
            "shown_at": found.shown,
            "ended_at": None,
            "ended_by": None,
        }
        self.writer.submit(lambda connection: time_records.add_leap(connection, row), always=True)
        log.error(
            "the clock has leapt: nothing is recorded",
            extra={"leap": row["id"], "seconds": found.by.total_seconds()},
        )

    def _keep(self, connection: Connection, now: Beat, adopted: str | None) -> None:
        beat = {
            "office_id": self.office_id,
            "boot": now.boot,
            "shown_at": now.shown,
            "uptime": now.uptime,
            "adopted": adopted,
        }
        time_records.keep_beat(connection, beat)
