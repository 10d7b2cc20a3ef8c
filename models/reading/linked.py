"""Linked systems as people read them: how the exchange with each fares. The criminal queue is in no figure."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, case, func, select

from models.account_reading import ADMIN_ENTRY
from models.exchange_reading import MESSAGE, SYSTEM
from models.linked_reading import RECEIPT
from models.reading.exchanged import ORDINARY

IN_USE, GONE, SUSPENDED = "in_use", "gone", "suspended"
Day = tuple[datetime, datetime]
"""The first instant of a civil day and that of the next."""


def page_of_systems(
    connection: Connection,
    office_id: str,
    department: str | None,
    state: str | None,
    after: str | None,
    limit: int,
) -> Sequence[Row[Any]]:
    """The next systems by id, of that department and in that state where these are named."""
    wanted: list[ColumnElement[bool]] = [SYSTEM.c.office_id == office_id]
    if department is not None:
        wanted.append(SYSTEM.c.department == department)
    if state is not None:
        wanted.append(_in_state(state))
    if after is not None:
        wanted.append(SYSTEM.c.id > after)
    return connection.execute(select(SYSTEM).where(*wanted).order_by(SYSTEM.c.id).limit(limit)).all()


def _in_state(state: str) -> ColumnElement[bool]:
    if state == SUSPENDED:
        return SYSTEM.c.suspended.is_(True)
    return and_(SYSTEM.c.suspended.is_(False), SYSTEM.c.disabled.is_(state == GONE))


def health_of(connection: Connection, ids: Collection[str]) -> dict[str, Row[Any]]:
    """By system: waiting, oldest_waiting, failing (what the last attempt said), dead, last_delivered, parked."""
    mine = and_(MESSAGE.c.system_id == SYSTEM.c.id, MESSAGE.c.queue == ORDINARY)
    waiting, dead = and_(mine, MESSAGE.c.state == "waiting"), and_(mine, MESSAGE.c.state == "dead")
    first = select(MESSAGE.c.outcome).where(waiting, MESSAGE.c.tries > 0).order_by(MESSAGE.c.sequence)
    told = and_(RECEIPT.c.system_id == SYSTEM.c.id, RECEIPT.c.state == "parked", _ordinary())
    columns = (
        select(func.count()).select_from(MESSAGE).where(waiting).scalar_subquery().label("waiting"),
        select(func.min(MESSAGE.c.recorded_at)).where(waiting).scalar_subquery().label("oldest_waiting"),
        first.limit(1).scalar_subquery().label("failing"),
        select(func.count()).select_from(MESSAGE).where(dead).scalar_subquery().label("dead"),
        select(func.max(MESSAGE.c.delivered_at)).where(mine).scalar_subquery().label("last_delivered"),
        select(func.count()).select_from(RECEIPT).where(told).scalar_subquery().label("parked"),
    )
    chosen: list[Any] = [SYSTEM.c.id, *columns]
    found = select(*chosen).where(SYSTEM.c.id.in_(ids))
    return {row.id: row for row in connection.execute(found)}


def _ordinary() -> ColumnElement[bool]:
    """Of a receipt: that it answers a message of the ordinary queue."""
    answered = MESSAGE.alias("answered")
    found = select(answered.c.id).where(answered.c.id == RECEIPT.c.message_id, answered.c.queue == ORDINARY)
    return found.correlate(RECEIPT).exists()


def messages_by_day(connection: Connection, system_id: str, days: Sequence[Day]) -> list[int]:
    """How many messages of the ordinary queue were put in for the system on each of these days."""
    mine = and_(MESSAGE.c.system_id == system_id, MESSAGE.c.queue == ORDINARY)
    return _by_day(connection, MESSAGE.c.recorded_at, mine, days)


def deliveries_by_day(connection: Connection, system_id: str, days: Sequence[Day]) -> list[int]:
    """How many of them were delivered on each of these days."""
    mine = and_(MESSAGE.c.system_id == system_id, MESSAGE.c.queue == ORDINARY)
    return _by_day(connection, MESSAGE.c.delivered_at, mine, days)


def receipts_by_day(connection: Connection, system_id: str, days: Sequence[Day]) -> list[int]:
    """How many receipts to them came on each of these days."""
    return _by_day(
        connection, RECEIPT.c.received_at, and_(RECEIPT.c.system_id == system_id, _ordinary()), days
    )


def _by_day(
    connection: Connection, at: ColumnElement[Any], mine: ColumnElement[bool], days: Sequence[Day]
) -> list[int]:
    """How many rows fall on each day; one reading of the span for all of them."""
    counted = [func.count(case((and_(at >= first, at < after), 1))) for first, after in days]
    spanned = and_(mine, at >= min(day[0] for day in days), at < max(day[1] for day in days))
    return [int(one) for one in connection.execute(select(*counted).where(spanned)).one()]


def changes_of(connection: Connection, office_id: str, system_id: str, limit: int) -> Sequence[Row[Any]]:
    """The latest administrative entries about the system, newest first."""
    told = ADMIN_ENTRY.c.detail
    about = and_(
        ADMIN_ENTRY.c.office_id == office_id,
        ADMIN_ENTRY.c.action.not_like("session.%"),  # most entries are of people who come and go
        told["act"].as_string().startswith("system."),
        told["id"].as_string() == system_id,
    )
    found = select(ADMIN_ENTRY).where(about)
    return connection.execute(found.order_by(ADMIN_ENTRY.c.id.desc()).limit(limit)).all()
