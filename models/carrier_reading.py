"""What is to be carried, what was packed for whom, and what came back. Nothing here asks who may know; who calls must."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, and_, func, select, update

from models.carrier import CarrierAnswer, CarrierBundle, CarrierContent, CarrierPacking
from models.exchange_reading import MESSAGE, SYSTEM
from models.records import add, insert_once, table_of

BUNDLE, CONTENT = table_of(CarrierBundle), table_of(CarrierContent)
PACKING, ANSWER = table_of(CarrierPacking), table_of(CarrierAnswer)
WAITING, CARRIED, DELIVERED = "waiting", "carried", "delivered"


def carrier_systems(connection: Connection, office_id: str) -> Sequence[Row[Any]]:
    """The systems that are reached by carrier, by id."""
    mine = and_(SYSTEM.c.office_id == office_id, SYSTEM.c.carrier)
    return connection.execute(select(SYSTEM).where(mine).order_by(SYSTEM.c.id)).all()


def lock_carrier_system(connection: Connection, id: str) -> Row[Any] | None:
    """The system, if it is reached by carrier; on PostgreSQL numbers of its bundles are given one after the other."""
    mine = and_(SYSTEM.c.id == id, SYSTEM.c.carrier)
    return connection.execute(select(SYSTEM).where(mine).with_for_update()).one_or_none()


def unpacked(connection: Connection, system_id: str, queue: str) -> Sequence[Row[Any]]:
    """The messages of the queue that no bundle brings yet, in order."""
    mine = and_(MESSAGE.c.system_id == system_id, MESSAGE.c.queue == queue, MESSAGE.c.state == WAITING)
    return connection.execute(select(MESSAGE).where(mine).order_by(MESSAGE.c.sequence)).all()


def next_number(connection: Connection, system_id: str, series: str) -> int:
    """The number of the next bundle; the system's row is locked."""
    last = select(func.max(BUNDLE.c.number)).where(BUNDLE.c.system_id == system_id, BUNDLE.c.series == series)
    return int(connection.execute(last).scalar() or 0) + 1


def keep_bundle(connection: Connection, row: Mapping[str, Any], message_ids: Sequence[str]) -> None:
    """The bundle brings these messages, which are on their way from now on."""
    add(connection, BUNDLE, [row])
    named = {"office_id": row["office_id"], "bundle_id": row["id"]}
    add(connection, CONTENT, [{"message_id": id, "place": at, **named} for at, id in enumerate(message_ids)])
    connection.execute(update(MESSAGE).where(MESSAGE.c.id.in_(message_ids)).values(state=CARRIED))


def bundle_row(connection: Connection, id: str) -> Row[Any] | None:
    """The bundle of that id."""
    return connection.execute(select(BUNDLE).where(BUNDLE.c.id == id)).one_or_none()


def bundle_of_reply(connection: Connection, office_id: str, reply_name: str) -> Row[Any] | None:
    """The bundle whose answers are sealed to the key of that name."""
    mine = and_(BUNDLE.c.office_id == office_id, BUNDLE.c.reply_name == reply_name)
    return connection.execute(select(BUNDLE).where(mine)).one_or_none()


def bundles_of(
    connection: Connection, office_id: str, *, department: str, series: Collection[str], limit: int
) -> Sequence[Row[Any]]:
    """The department's bundles of these series, newest first, with how many messages each brings and how many arrived."""
    counted = (
        select(
            CONTENT.c.bundle_id,
            func.count().label("messages"),
            func.count(MESSAGE.c.delivered_at).label("arrived"),
        )
        .join(MESSAGE, MESSAGE.c.id == CONTENT.c.message_id)
        .group_by(CONTENT.c.bundle_id)
        .subquery()
    )
    mine = and_(
        BUNDLE.c.office_id == office_id, BUNDLE.c.department == department, BUNDLE.c.series.in_(series)
    )
    asked = select(BUNDLE, counted.c.messages, counted.c.arrived).join(
        counted, counted.c.bundle_id == BUNDLE.c.id
    )
    return connection.execute(
        asked.where(mine).order_by(BUNDLE.c.packed_at.desc(), BUNDLE.c.id.desc()).limit(limit)
    ).all()


def last_unconfirmed(
    connection: Connection, system_id: str, series: str, department: str, number: int | None
) -> Row[Any] | None:
    """The latest bundle of the series of which some message has not arrived; that of the number, when one is named."""
    mine = and_(BUNDLE.c.system_id == system_id, BUNDLE.c.series == series, BUNDLE.c.department == department)
    underway = (
        select(CONTENT.c.message_id)
        .join(MESSAGE, MESSAGE.c.id == CONTENT.c.message_id)
        .where(CONTENT.c.bundle_id == BUNDLE.c.id, MESSAGE.c.state != DELIVERED)
        .exists()
    )
    found = select(BUNDLE).where(mine, underway)
    if number is not None:
        found = found.where(BUNDLE.c.number == number)
    return connection.execute(found.order_by(BUNDLE.c.number.desc()).limit(1)).one_or_none()


def messages_in(connection: Connection, bundle_id: str) -> Sequence[Row[Any]]:
    """The messages that the bundle brings, in order."""
    found = select(MESSAGE).join(CONTENT, CONTENT.c.message_id == MESSAGE.c.id)
    return connection.execute(found.where(CONTENT.c.bundle_id == bundle_id).order_by(CONTENT.c.place)).all()


def carried_messages(
    connection: Connection, office_id: str, queue: str, series: Collection[str] | None = None
) -> Sequence[Row[Any]]:
    """Every message of the queue that was packed: its id and name, and secret, series and department of its bundle.

    With `series` those alone; of the criminal queue a series is a referral.
    """
    named = ("secret", "series", "department")
    columns = [CONTENT.c.message_id, MESSAGE.c.chart_name, *(BUNDLE.c[name] for name in named)]
    found = select(*columns)
    joined = found.join(BUNDLE, BUNDLE.c.id == CONTENT.c.bundle_id).join(
        MESSAGE, MESSAGE.c.id == CONTENT.c.message_id
    )
    mine = and_(BUNDLE.c.office_id == office_id, BUNDLE.c.queue == queue)
    if series is not None:
        mine = and_(mine, BUNDLE.c.series.in_(sorted(series)))
    return connection.execute(joined.where(mine)).all()


def packings_of(connection: Connection, bundle_id: str) -> Sequence[Row[Any]]:
    """The files that were made of the bundle, the original first."""
    found = select(PACKING).where(PACKING.c.bundle_id == bundle_id)
    return connection.execute(found.order_by(PACKING.c.copy_no)).all()


def next_copy(connection: Connection, bundle_id: str) -> int:
    """0 for the original, then 1, 2, …"""
    last = select(func.max(PACKING.c.copy_no)).where(PACKING.c.bundle_id == bundle_id)
    found = connection.execute(last).scalar()
    return 0 if found is None else int(found) + 1


def keep_packing(connection: Connection, row: Mapping[str, Any]) -> None:
    """The file that was made is on record."""
    add(connection, PACKING, [row])


def keep_answer(connection: Connection, row: Mapping[str, Any]) -> bool:
    """The file that came back is kept; False when it was there already."""
    return insert_once(connection, ANSWER, row)


def answers_to(connection: Connection, bundle_id: str) -> Sequence[Row[Any]]:
    """The files that came back for the bundle, oldest first."""
    found = select(ANSWER).where(ANSWER.c.bundle_id == bundle_id)
    return connection.execute(found.order_by(ANSWER.c.taken_at, ANSWER.c.digest)).all()


def arrived(connection: Connection, message_ids: Sequence[str], outcome: str, now: datetime) -> None:
    """These messages are delivered, unless they were before."""
    underway = and_(MESSAGE.c.id.in_(message_ids), MESSAGE.c.state != DELIVERED)
    values = {"state": DELIVERED, "delivered_at": now, "outcome": outcome}
    connection.execute(update(MESSAGE).where(underway).values(**values))
