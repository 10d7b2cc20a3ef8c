"""Every statement that reads or keeps loaded notices, and that finds the deadlines they may move."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Table, and_, bindparam, func, literal, select, tuple_

from models.calendar import CalendarNotice, CalendarRecount
from models.prepared import Prepared
from models.reading.scope import Scope
from models.records import DEADLINE, FINDING, NOTICE, add, insert_or_leave, table_of

LOADED, RECOUNT = table_of(CalendarNotice), table_of(CalendarRecount)
LIVE = ("running", "suspended")
MOVED = "moved"
"""The natural key of what the owner of a deadline is told begins with this and the notice that moved it."""
LOCK = 7305_0011
"""The key of the lock on PostgreSQL between whoever loads a notice and whoever counts by what was loaded."""
_EDITION = Prepared(
    select(func.count(), func.max(LOADED.c.id)).where(LOADED.c.office_id == bindparam("office_id"))
)
_TOLD = select(NOTICE, FINDING.c.ledger_no).outerjoin(FINDING, FINDING.c.id == NOTICE.c.finding_id)
Edition = tuple[int, str | None]
"""How many notices were loaded, and the last of them: two calendars of an office are the same where this is."""


def edition(connection: Connection, office_id: str) -> Edition:
    """Which notices this connection sees."""
    found = _EDITION.one(connection, {"office_id": office_id})
    assert found is not None, "a count is always there"
    count, last = tuple(found)
    return int(count), last


def lock_calendar(connection: Connection, *, to_load: bool) -> None:
    """On PostgreSQL no notice is loaded while somebody counts, and whoever counts then sees it; SQLite has one writer."""
    if connection.dialect.name == "postgresql":
        lock = func.pg_advisory_xact_lock if to_load else func.pg_advisory_xact_lock_shared
        connection.execute(select(lock(LOCK)))


def loaded_notices(connection: Connection, office_id: str) -> Sequence[Row[Any]]:
    """Every notice that was loaded, oldest first."""
    found = select(LOADED).where(LOADED.c.office_id == office_id)
    return connection.execute(found.order_by(LOADED.c.id)).all()


def recounted_by(connection: Connection, office_id: str) -> frozenset[str]:
    """The notices by which every live deadline has been counted."""
    found = select(RECOUNT.c.notice).where(RECOUNT.c.office_id == office_id)
    return frozenset(str(one) for one in connection.execute(found).scalars())


def live_deadlines(
    connection: Connection,
    office_id: str,
    since: datetime,
    after: tuple[str, str, str] | None,
    limit: int,
    table: Table = DEADLINE,
) -> Sequence[Row[Any]]:
    """The next live deadlines that are severely overdue not before `since`; by state, due day and id, as an index has them.

    after: state, due_effective and id of the last one read before.
    """
    columns = table.c
    proceeding = [] if "proceeding_id" in columns else [literal(None).label("proceeding_id")]
    live = and_(columns.office_id == office_id, columns.severe_at >= since)
    pages: list[Row[Any]] = []
    for state in LIVE[LIVE.index(after[0]) if after else 0 :]:
        asked = select(table, *proceeding).where(live, columns.state == state)
        if after is not None and state == after[0]:
            place = tuple_(literal(after[1]), literal(after[2]))
            asked = asked.where(tuple_(columns.due_effective, columns.id) > place)
        asked = asked.order_by(columns.due_effective, columns.id).limit(limit - len(pages))
        page = connection.execute(asked)
        pages += page.all()
        if len(pages) >= limit:
            break
    return pages


def moved_by(connection: Connection, seen: Scope, notice: str, limit: int) -> Sequence[Row[Any]]:
    """What owners of deadlines were told that this notice moved, of records that are seen; in the order of the keys."""
    key, begins = NOTICE.c.natural_key, f"{MOVED}:{notice}"
    if connection.dialect.name == "sqlite":  # compares keys byte by byte: the index leads to them
        of_notice = and_(key >= f"{begins}:", key < f"{begins};")
    else:
        of_notice = key.startswith(f"{begins}:", autoescape=True)
    asked = _TOLD.where(seen(NOTICE), of_notice)
    return connection.execute(asked.order_by(key).limit(limit)).all()


def keep_notice(connection: Connection, row: Mapping[str, Any]) -> None:
    """The notice is kept for ever."""
    add(connection, LOADED, [row])


def keep_recounted(connection: Connection, office_id: str, notices: Collection[str], now: datetime) -> None:
    """Every live deadline has been counted by these notices; what was kept already stays."""
    rows = [{"office_id": office_id, "notice": one, "finished_at": now} for one in notices]
    if rows:
        connection.execute(insert_or_leave(connection, RECOUNT).values(rows).on_conflict_do_nothing())
