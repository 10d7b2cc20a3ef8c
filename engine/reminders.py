"""Reminders as a person reads them, and that one was seen."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from engine.clock import Clock
from engine.core.commands import HANDLERS_ROLE, Principal
from engine.core.refusals import Refusal
from engine.cursor import Cursors
from engine.projections.asked import Asked, Query
from engine.projections.instants import finding_light, recorded
from engine.projections.paging import Page, page_asked
from engine.projections.sources import ReadClock, Sources
from engine.reminder_words import kinds_of_the_office
from engine.writer import Writer
from models.database import Database
from models.reading import reminders
from models.reading.scope import behalf, scope
from models.second_wall import Behalf

DONE = ("false", "true")
KEY_LENGTH_MAX = 200


class ReminderReader:
    """What was told to somebody's department and roles about records that they may see."""

    def __init__(self, database: Database, sources: Sources, clock: ReadClock, cursors: Cursors) -> None:
        self._database, self._sources, self._clock, self._cursors = database, sources, clock, cursors

    def reminders(self, who: Principal, query: Query) -> dict[str, Any]:
        """A page of reminders: of findings that the person handles first, then the newest; raises `parameter_invalid`.

        `done` true gives those that were seen, else those that were not.
        """
        asked = Asked(query, ("done", "cursor", "limit"))
        done = asked.code("done", DONE) == "true"
        page = page_asked(self._cursors, who, "reminders", asked, self._clock.now())
        wanted = reminders.Asked(who, kinds_of_the_office(), self._sources.told_otherwise, done)
        seen = scope(self._sources.office_id, who)
        with self._database.read(_behalf(self._sources.office_id, who)) as connection:
            found = reminders.page_of_notices(connection, seen, wanted, _place(page), page.limit + 1)
        shown = found[: page.limit]
        last = _ended_at(*shown[-1]) if len(found) > page.limit else None
        return page.answer([_item(who, row, page.as_of) for _, row in shown], last)


@dataclass(frozen=True, slots=True)
class Reminders:
    """Notices are done when somebody whom they were told to has seen them."""

    database: Database
    writer: Writer
    clock: Clock
    office_id: str

    def seen(self, who: Principal, key: str) -> dict[str, Any]:
        """The reminder, seen by this person now or by somebody before; raises `not_found` where it was not told to them."""
        if len(key) > KEY_LENGTH_MAX or not key.isprintable():
            raise Refusal("not_found")
        now = self.clock.now()
        self._told(who, key)
        self.writer.submit(lambda connection: reminders.mark_seen(connection, key, who.login, now))
        return _item(who, self._told(who, key), now)

    def _told(self, who: Principal, key: str) -> Any:
        asked = reminders.Asked(who, kinds_of_the_office())
        with self.database.read(_behalf(self.office_id, who)) as connection:
            row = reminders.told_notice(connection, scope(self.office_id, who), asked, key)
        if row is None:
            raise Refusal("not_found")
        return row


def _behalf(office_id: str, who: Principal) -> Behalf:
    return replace(behalf(office_id, who), kinds=",".join(sorted(kinds_of_the_office())))


def _place(page: Page) -> reminders.Place | None:
    if page.after is None:
        return None
    stream, told_at, key = page.after
    return str(stream), datetime.fromisoformat(told_at), str(key)


def _ended_at(stream: str, row: Any) -> tuple[str, str, str]:
    return stream, row.recorded_at.isoformat(), row.natural_key


def _stood_in_for(who: Principal, row: Any) -> dict[str, str] | None:
    """The colleague on leave for whom the person is reminded; None where they are reminded for themselves."""
    handler = (row.handler or "").casefold() if row.role == HANDLERS_ROLE else ""
    if handler == who.login.casefold():
        return None
    handling = [one for one in who.acting_for if one.login.casefold() == handler]
    lending = [] if row.role in who.roles else list(who.acting_for)
    lender = next((one for one in (*handling, *lending) if row.role in one.roles), None)
    return None if lender is None else {"login": lender.login, "name": lender.name}


def _item(who: Principal, row: Any, as_of: datetime) -> dict[str, Any]:
    """A reminder: whom it was told to, its sentence in both languages, and the light of its finding now."""
    detail = row.detail
    return {
        "key": row.natural_key,
        "kind": row.kind,
        "department": row.department,
        "role": row.role,
        "mine": bool(row.mine),
        "on_behalf_of": _stood_in_for(who, row),
        "zh": detail.get("zh", ""),
        "en": detail.get("en") or detail.get("zh", ""),
        "text": detail.get("text"),
        "nature": detail.get("nature"),
        "finding": row.finding_id,
        "inspection": row.inspection_id,
        "ledger_no": row.ledger_no,
        "item": row.item,
        "light": finding_light(row, as_of) if row.finding_id else None,
        "told_at": recorded(row.recorded_at),
        "done": row.done,
        "done_by": row.done_by,
        "done_at": recorded(row.done_at) if row.done_at else None,
    }
