"""The working days by which the house counts: notices beside the program, and those that the office has loaded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock
from typing import Any

from sqlalchemy import Connection

from engine.core.calendar import WorkingCalendar
from engine.core.refusals import Faults
from models import calendars
from models.database import Database
from rules.calendars import Notice, calendar_of, notice_of


@dataclass(frozen=True, slots=True)
class StandingNotice:
    """The notice by which a year is counted; `id` and who loaded it are None for one that came with the program."""

    notice: Notice
    id: str | None = None
    loaded_by: str | None = None
    loaded_at: datetime | None = None

    @property
    def key(self) -> str:
        """What names this notice where it is kept that deadlines were counted by it."""
        return self.id or f"{self.notice.calendar}-{self.notice.year}:{self.notice.digest}"


@dataclass(slots=True)
class CalendarInForce:
    """Knows which notice stands for each year, and lets `calendar`, which everybody asks, answer by them.

    A notice is loaded under a lock that whoever counts holds as well, and is looked for within each transaction that
    counts: nothing is ever counted by a calendar that was replaced before.
    """

    office_id: str
    database: Database
    shipped: Mapping[int, Notice]
    calendar: WorkingCalendar
    _known: calendars.Edition = (0, None)
    _standing: Mapping[int, StandingNotice] = field(default_factory=dict)
    _learning: Lock = field(default_factory=Lock)

    def __post_init__(self) -> None:
        self._standing = {year: StandingNotice(notice) for year, notice in self.shipped.items()}

    @property
    def standing(self) -> Mapping[int, StandingNotice]:
        """The notice of each year that has one."""
        return self._standing

    def keep_up(self) -> None:
        """What any node has loaded until now is known here."""
        with self.database.read() as connection:
            self._look(connection)

    def keep_up_within(self, connection: Connection) -> None:
        """The same for a transaction that is about to count; none is loaded until it has ended."""
        calendars.lock_calendar(connection, to_load=False)
        self._look(connection)

    def load(self, connection: Connection, notice: Notice, id: str, by: str, now: datetime) -> None:
        """The notice is kept and stands for its year, once the transaction is durable."""
        calendars.lock_calendar(connection, to_load=True)
        self.check_new(connection, notice)
        calendars.keep_notice(connection, _row(self.office_id, notice, id, by, now))

    def check_new(self, connection: Connection, notice: Notice) -> None:
        """Returns when the notice would change what stands; refuses the same one again."""
        if self.same(connection, notice):
            faults = Faults()
            faults.add("/file", "inconsistent", "这份通知已经装入", "this notice stands already")
            faults.refuse()

    def same(self, connection: Connection, notice: Notice) -> bool:
        """True when what stands for the year of the notice says the same."""
        standing = self._by_year(connection).get(notice.year)
        return standing is not None and standing.notice.digest == notice.digest

    def with_notice(self, notice: Notice) -> WorkingCalendar:
        """The calendar as it would be if the notice were loaded."""
        others = {year: one.notice for year, one in self._standing.items()}
        return calendar_of({**others, notice.year: notice}.values())

    def _look(self, connection: Connection) -> None:
        edition = calendars.edition(connection, self.office_id)
        if edition == self._known:
            return
        with self._learning:
            if edition != self._known:
                standing = self._by_year(connection)
                self.calendar.become(calendar_of(one.notice for one in standing.values()))
                self._standing, self._known = standing, edition

    def _by_year(self, connection: Connection) -> dict[int, StandingNotice]:
        """Of each year the notice loaded last, else the one beside the program."""
        standing = {year: StandingNotice(notice) for year, notice in self.shipped.items()}
        for row in calendars.loaded_notices(connection, self.office_id):
            standing[row.year] = StandingNotice(notice_of(row.file), row.id, row.loaded_by, row.loaded_at)
        return standing


def _row(office_id: str, notice: Notice, id: str, by: str, now: datetime) -> dict[str, Any]:
    return {
        "id": id,
        "office_id": office_id,
        "calendar": notice.calendar,
        "year": notice.year,
        "source": notice.source,
        "document_no": notice.document_no,
        "published_on": notice.published_on,
        "file": dict(notice.data),
        "digest": notice.digest,
        "loaded_by": by,
        "loaded_at": now,
    }
