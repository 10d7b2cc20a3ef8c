"""The working days by which the house counts: notices beside the program, and those that the office has loaded."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock
from typing import Any

from sqlalchemy import Connection

from engine.core.calendar import WorkingCalendar
from engine.core.refusals import Faults
from models import calendars
from models.database import Database
from rules.calendar_notice import Notice, notice_of
from rules.calendars import CalendarShelf


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


Standing = Mapping[str, Mapping[int, StandingNotice]]
"""Calendar → year → the notice that stands."""


@dataclass(slots=True)
class CalendarInForce:
    """Knows which notice stands for each year, and lets `calendar`, which everybody asks, answer by the office's own.

    A notice is loaded under a lock that whoever counts holds as well, and is looked for within each transaction that
    counts: nothing is ever counted by a calendar that was replaced before.
    """

    office_id: str
    database: Database
    shelf: CalendarShelf
    name: str
    """The calendar of the office."""
    calendar: WorkingCalendar = field(init=False)
    _known: calendars.Edition = (0, None)
    _standing: Standing = field(default_factory=dict)
    _learning: Lock = field(default_factory=Lock)

    def __post_init__(self) -> None:
        self.calendar, self._standing = self.shelf.calendar(self.name), self._shipped()

    @property
    def standing(self) -> Standing:
        """Of each calendar, the notice of each year that has one."""
        return self._standing

    @property
    def own(self) -> Mapping[int, StandingNotice]:
        """The notices of the office's own calendar by year."""
        return self._standing[self.name]

    @property
    def counted_by(self) -> Iterator[StandingNotice]:
        """The notices by which the office counts: of its own calendar, and of those that it follows."""
        return (one for name in self.shelf.chain(self.name) for one in self._standing[name].values())

    def stated(self, year: int, name: str | None = None) -> list[StandingNotice]:
        """What stands for the year by a calendar, else the office's own, and by those that it follows, nearest first."""
        chain = self.shelf.chain(name or self.name)
        return [self._standing[one][year] for one in chain if year in self._standing[one]]

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
        standing = self._read(connection).get(notice.calendar, {}).get(notice.year)
        return standing is not None and standing.notice.digest == notice.digest

    def counting(self, name: str, also: Notice | None = None) -> WorkingCalendar:
        """The working days of a calendar, as they would be if `also` were loaded."""
        notices = _notices(self._standing)
        if also is not None:
            notices[also.calendar] = {**notices.get(also.calendar, {}), also.year: also}
        return self.shelf.calendar(name, notices)

    def _look(self, connection: Connection) -> None:
        edition = calendars.edition(connection, self.office_id)
        if edition == self._known:
            return
        with self._learning:
            if edition != self._known:
                standing = self._read(connection)
                self.calendar.become(self.shelf.calendar(self.name, _notices(standing)))
                self._standing, self._known = standing, edition

    def _read(self, connection: Connection) -> Standing:
        """Of each calendar and year the notice loaded last, else the one beside the program."""
        standing = self._shipped()
        for row in calendars.loaded_notices(connection, self.office_id):
            loaded = StandingNotice(notice_of(row.file), row.id, row.loaded_by, row.loaded_at)
            # What was loaded of a calendar that no file declares any more stays where it is and counts nothing.
            standing.setdefault(row.calendar, {})[row.year] = loaded
        return standing

    def _shipped(self) -> dict[str, dict[int, StandingNotice]]:
        return {
            name: {year: StandingNotice(notice) for year, notice in notices.items()}
            for name, notices in self.shelf.notices.items()
        }


def _notices(standing: Standing) -> dict[str, Mapping[int, Notice]]:
    return {name: {year: one.notice for year, one in notices.items()} for name, notices in standing.items()}


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
