"""Editions of the rulebook as people read them: which stands, which is coming, which waits, and what was proven."""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row

from engine.core.calendar import civil_date
from engine.core.commands import Principal
from engine.core.refusals import Refusal
from engine.core.visibility import may_read_backtests
from engine.cursor import Cursors
from engine.projections.asked import Asked, Query
from engine.projections.filters import PAGING
from engine.projections.instants import recorded
from engine.projections.paging import page_asked
from engine.projections.sources import ReadClock
from models import editions
from models.database import Database

EVERY_MAX = 1000


class EditionReader:
    """What was approved is law of the house and shown to everybody; the rest to those who judge drafts."""

    def __init__(self, database: Database, office_id: str, clock: ReadClock, cursors: Cursors) -> None:
        self._database, self._office, self._clock, self._cursors = database, office_id, clock, cursors

    def editions(self, who: Principal, query: Query) -> dict[str, Any]:
        """A page of editions, latest proposal first; raises `parameter_invalid`."""
        page = page_asked(self._cursors, who, "editions", Asked(query, PAGING), self._clock.now())
        after = None if page.after is None else (datetime.fromisoformat(page.after[0]), str(page.after[1]))
        with self._database.read() as connection:
            rows = editions.page_of_editions(
                connection,
                self._office,
                after,
                page.limit + 1,
                approved_only=not may_read_backtests(who),
            )
            items = self._items(connection, rows[: page.limit])
        last = None
        if len(rows) > page.limit:
            last = (rows[page.limit - 1].proposed_at.isoformat(), rows[page.limit - 1].id)
        return page.answer(items, last)

    def edition(self, who: Principal, id: str) -> dict[str, Any]:
        """One edition with what it changes and what was proven of it; hidden ones answer `not_found`."""
        with self._database.read() as connection:
            row = editions.edition_row(connection, self._office, id)
            if row is None or not (may_read_backtests(who) or _approved(row)):
                raise Refusal("not_found")
            proof = editions.proof_row(connection, row.proof_digest)
            item = self._items(connection, [row])[0]
        return {**item, "notice": list(row.notice), "proof": _proof(proof)}

    def every(self, id: str | None = None) -> list[dict[str, Any]]:
        """The latest editions, or the one of that id, for the command line, whose user holds the database anyway."""
        with self._database.read() as connection:
            if id is None:
                rows = editions.page_of_editions(
                    connection, self._office, None, EVERY_MAX, approved_only=False
                )
            else:
                rows = [
                    row for row in [editions.edition_row(connection, self._office, id)] if row is not None
                ]
            return self._items(connection, rows)

    def proof(self, digest: str) -> dict[str, Any] | None:
        """The proof that rests on what has that digest, and when it was tried; None where nobody has tried yet."""
        with self._database.read() as connection:
            return _proof(editions.proof_row(connection, digest))

    def _items(self, connection: Connection, rows: Any) -> list[dict[str, Any]]:
        today = civil_date(self._clock.now())
        standing = editions.edition_in_force(connection, self._office, today)
        return [_item(row, today, standing.id if standing else None) for row in rows]


def _approved(row: Row[Any]) -> bool:
    return row.approval is not None and row.withdrawal is None


def _state(row: Row[Any], today: date, standing: str | None) -> str:
    if row.withdrawal is not None:
        return "withdrawn"
    if row.approval is None:
        return "proposed" if row.in_force_from >= today else "lapsed"
    if row.in_force_from > today:
        return "coming"
    return "in_force" if row.id == standing else "past"


def _item(row: Row[Any], today: date, standing: str | None) -> dict[str, Any]:
    def at(instant: datetime | None) -> str | None:
        return None if instant is None else recorded(instant)

    return {
        "id": row.id,
        "state": _state(row, today, standing),
        "version": row.version,
        "digest": row.digest,
        "rulebook_digest": row.rulebook_digest,
        "in_force_from": row.in_force_from.isoformat(),
        "live_version": row.live_version,
        "backtest": row.backtest_run_id,
        "proposed_by": row.proposed_by,
        "proposed_at": recorded(row.proposed_at),
        "approved_by": row.approved_by,
        "approved_at": at(row.approved_at),
        "signature": row.approval_signature,
        "withdrawn_by": row.withdrawn_by,
        "withdrawn_at": at(row.withdrawn_at),
        "reason": None if row.withdrawal is None else json.loads(row.withdrawal)["reason"],
    }


def _proof(row: Row[Any] | None) -> dict[str, Any] | None:
    return None if row is None else {**row.proof, "at": recorded(row.recorded_at)}
