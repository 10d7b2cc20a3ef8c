"""After each step of a finding its inbound matters follow: filing decided or closed, their clocks open and settle."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import partial

from sqlalchemy import Connection

from engine.desk import Follower
from engine.incoming.events import told_by_finding
from engine.incoming.keeping import Keeping
from models import incoming_reading

PAGE = 200


@dataclass(frozen=True, slots=True)
class Following:
    """Counts the clocks of matters anew, from their events and from what their findings tell."""

    keeping: Keeping

    def after(self, former: Follower | None) -> Follower:
        """What is called after a command on a finding: the former follower, then the finding's matters."""

        def follow(connection: Connection, subject: str, id: str) -> None:
            if former is not None:
                former(connection, subject, id)
            if subject == "finding":
                now = self.keeping.desk.last_recorded_at
                assert now is not None, "the desk has just recorded something"
                for matter in incoming_reading.matters_of_finding(connection, id):
                    self.follow(connection, matter, now)

        return follow

    def follow(self, connection: Connection, id: str, now: datetime) -> None:
        """The clocks of the matter are as its events, its finding, the terms and the calendar have them."""
        row = incoming_reading.matter_row(connection, id, lock=True)
        assert row is not None, "matters are never deleted"
        told = told_by_finding(connection, row.finding_id)
        self.keeping.settle(connection, dict(row._mapping), now, told)

    def recount(self, now: datetime) -> None:
        """Every matter with a running clock was counted by the calendar that stands, and follows its finding."""
        after: str | None = ""
        office, desk = self.keeping.office_id, self.keeping.desk
        while after is not None:
            with desk.database.read() as connection:
                page = incoming_reading.running_matters(connection, office, after, PAGE)
            if page:
                desk.writer.submit(partial(self._some, ids=page, now=now))
            after = page[-1] if len(page) == PAGE else None

    def _some(self, connection: Connection, *, ids: list[str], now: datetime) -> None:
        self.keeping.desk.calendars.keep_up_within(connection)
        for id in ids:
            self.follow(connection, id, now)
