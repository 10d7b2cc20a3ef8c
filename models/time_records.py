"""Reading and writing trusted moments of time and leaps of the clock: statements only."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, select, update

from models.house_time import TimeBeat, TimeLeap
from models.records import insert_or_leave, table_of

BEAT, LEAP = table_of(TimeBeat), table_of(TimeLeap)


def database_now(connection: Connection) -> datetime:
    """What the clock of the database shows, at this moment of the transaction (PostgreSQL)."""
    shown: datetime = connection.execute(select(func.clock_timestamp())).scalar_one()
    return shown


def beat_of(connection: Connection, office_id: str, boot: str) -> Row[Any] | None:
    """The last trusted moment of that start of the machine, else the latest of any other."""
    own = select(BEAT).where(BEAT.c.office_id == office_id, BEAT.c.boot == boot)
    latest = select(BEAT).where(BEAT.c.office_id == office_id).order_by(BEAT.c.shown_at.desc()).limit(1)
    return connection.execute(own).one_or_none() or connection.execute(latest).one_or_none()


def keep_beat(connection: Connection, beat: dict[str, Any]) -> None:
    """That is the last trusted moment of its start of the machine."""
    where = (BEAT.c.office_id == beat["office_id"]) & (BEAT.c.boot == beat["boot"])
    if not connection.execute(update(BEAT).where(where).values(beat)).rowcount:
        connection.execute(insert_or_leave(connection, BEAT).values(beat).on_conflict_do_nothing())


def open_leap(connection: Connection, office_id: str) -> Row[Any] | None:
    """The leap that nobody has accepted yet."""
    found = select(LEAP).where(LEAP.c.office_id == office_id, LEAP.c.ended_at.is_(None))
    return connection.execute(found).one_or_none()


def accepted_after(connection: Connection, office_id: str, id: str | None) -> Row[Any] | None:
    """The leap accepted last, if it was found after the one of that id."""
    found = select(LEAP).where(
        LEAP.c.office_id == office_id, LEAP.c.ended_by.is_not(None), LEAP.c.id > (id or "")
    )
    return connection.execute(found.order_by(LEAP.c.id.desc()).limit(1)).one_or_none()


def add_leap(connection: Connection, leap: dict[str, Any]) -> None:
    """The leap is open, unless another one is."""
    connection.execute(insert_or_leave(connection, LEAP).values(leap).on_conflict_do_nothing())


def end_leap(connection: Connection, id: str, at: datetime, by: str | None) -> bool:
    """The leap is over: accepted by somebody, or gone; False when it was over before."""
    ended = update(LEAP).where(LEAP.c.id == id, LEAP.c.ended_at.is_(None)).values(ended_at=at, ended_by=by)
    return connection.execute(ended).rowcount == 1
