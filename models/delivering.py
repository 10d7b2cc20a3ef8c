"""Messages are leased by couriers, and how it went is kept; receivers that do not answer are left alone."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    and_,
    bindparam,
    exists,
    func,
    literal_column,
    or_,
    select,
    update,
)

from models.exchange import Destination
from models.exchange_reading import AT_ONCE, MESSAGE, SYSTEM
from models.records import insert_once, table_of

DESTINATION = table_of(Destination)
OUTCOME_LENGTH = 200
_EARLIER = MESSAGE.alias()
_WAITS = MESSAGE.c.state == literal_column("'waiting'")
_FIRST = ~exists().where(
    _EARLIER.c.system_id == MESSAGE.c.system_id,
    _EARLIER.c.queue == MESSAGE.c.queue,
    _EARLIER.c.thread == MESSAGE.c.thread,
    _EARLIER.c.sequence < MESSAGE.c.sequence,
    _EARLIER.c.state.in_((literal_column("'waiting'"), literal_column("'dead'"))),
)
"""No earlier message to the same destination about the same thing waits, or waits for a person."""
_CALLED = (
    select(SYSTEM, *(column for column in DESTINATION.c if column.name != "system_id"))
    .add_columns(DESTINATION.c.system_id.label("known"))
    .outerjoin(DESTINATION, DESTINATION.c.system_id == SYSTEM.c.id)
    .where(SYSTEM.c.url.is_not(None), SYSTEM.c.disabled.is_(False))
    .order_by(SYSTEM.c.id)
)
_HOLD = update(MESSAGE).where(MESSAGE.c.id == bindparam("held_id"))


def called_systems(connection: Connection, ids: Collection[str] | None = None) -> Sequence[Row[Any]]:
    """Systems that messages are brought to, with what is known of them as destinations; of these ids, when given."""
    asked = _CALLED if ids is None else _CALLED.where(SYSTEM.c.id.in_(sorted(ids)))
    found = connection.execute(asked).all()
    fresh = [one.id for one in found if one.known is None]
    for id in fresh:
        insert_once(connection, DESTINATION, {"system_id": id, "failures": 0, "openings": 0})
    return connection.execute(asked).all() if fresh else found


def count_called(connection: Connection) -> int:
    """How many systems messages are brought to."""
    asked = select(func.count()).where(SYSTEM.c.url.is_not(None), SYSTEM.c.disabled.is_(False))
    return int(connection.execute(asked).scalar_one())


def free_destinations(connection: Connection, ids: Collection[str]) -> set[str]:
    """Those of the destinations that nobody else claims for at this moment; nobody will until the transaction ends."""
    asked = select(DESTINATION.c.system_id).where(DESTINATION.c.system_id.in_(sorted(ids)))
    locked = asked.order_by(DESTINATION.c.system_id).with_for_update(skip_locked=True)
    return {str(id) for id in connection.execute(locked).scalars()}


def in_hand(connection: Connection, system_id: str, now: datetime) -> int:
    """How many messages to that destination are being brought by somebody."""
    held = and_(MESSAGE.c.system_id == system_id, MESSAGE.c.lease.is_not(None))
    counted = select(func.count()).where(held, MESSAGE.c.leased_until > now)
    return int(connection.execute(counted).scalar_one())


def claim(
    connection: Connection,
    system_id: str,
    lease: str,
    now: datetime,
    until: datetime,
    limit: int,
    pressing: tuple[datetime, datetime] | None = None,
) -> list[dict[str, Any]]:
    """So many messages to that destination are now this courier's until then: due, and first of their thread.

    `lease` is the fence: whoever holds another one can no longer say how the message fared. Criminal referrals go first;
    with `pressing`, those whose deadline ends between these instants and no others.
    """
    asked = _due(system_id, now).limit(limit).with_for_update(of=MESSAGE, skip_locked=True)
    if pressing is not None:
        asked = asked.where(MESSAGE.c.due_at.between(*pressing))
    return _held(connection, asked.order_by(MESSAGE.c.queue, MESSAGE.c.sequence), lease, now, until)


def claim_probe(
    connection: Connection, system_id: str, lease: str, now: datetime, until: datetime
) -> list[dict[str, Any]]:
    """The message whose deadline ends first, to learn whether the receiver answers again."""
    asked = _due(system_id, now).limit(1).with_for_update(of=MESSAGE, skip_locked=True)
    # Asked apart, each in the order of an index: together, all that waits would be read and sorted each time.
    soonest = asked.where(MESSAGE.c.due_at.is_not(None)).order_by(MESSAGE.c.due_at)
    without = asked.where(MESSAGE.c.due_at.is_(None)).order_by(MESSAGE.c.queue, MESSAGE.c.sequence)
    return _held(connection, soonest, lease, now, until) or _held(connection, without, lease, now, until)


def _due(system_id: str, now: datetime) -> Select[Any]:
    free = or_(MESSAGE.c.leased_until.is_(None), MESSAGE.c.leased_until <= now)
    mine: ColumnElement[bool] = and_(MESSAGE.c.system_id == system_id, _WAITS)
    return select(MESSAGE).where(mine, MESSAGE.c.next_try_at <= now, free, _FIRST)


def _held(
    connection: Connection, asked: Select[Any], lease: str, now: datetime, until: datetime
) -> list[dict[str, Any]]:
    claimed = [dict(row._mapping) for row in connection.execute(asked)]
    for row in claimed:
        row.update(
            tries=row["tries"] + 1,
            lease=lease,
            leased_until=until,
            waiting_since=row["waiting_since"] or now,
        )
    if claimed:
        names = ("tries", "lease", "leased_until", "waiting_since")
        held = [{"held_id": row["id"], **{name: row[name] for name in names}} for row in claimed]
        connection.execute(_HOLD.values({name: bindparam(name) for name in names}), held)
    return claimed


def settle(connection: Connection, id: str, lease: str, values: Mapping[str, Any]) -> bool:
    """How the attempt ended is kept and the lease given back; False when the lease is no longer this courier's."""
    held = and_(MESSAGE.c.id == id, MESSAGE.c.lease == lease, MESSAGE.c.state == "waiting")
    said = {**values, "outcome": str(values["outcome"])[:OUTCOME_LENGTH], "lease": None, "leased_until": None}
    return bool(connection.execute(update(MESSAGE).where(held).values(**said)).rowcount)


# --- receivers that do not answer


def destination(connection: Connection, system_id: str) -> Row[Any]:
    """What is known of the destination, locked for this transaction on PostgreSQL."""
    insert_once(connection, DESTINATION, {"system_id": system_id, "failures": 0, "openings": 0})
    asked = select(DESTINATION).where(DESTINATION.c.system_id == system_id).with_for_update()
    return connection.execute(asked).one()


def change_destination(connection: Connection, system_id: str, values: Mapping[str, Any]) -> None:
    """The destination has these values."""
    connection.execute(update(DESTINATION).where(DESTINATION.c.system_id == system_id).values(**values))


def try_at_once(connection: Connection, system_id: str) -> None:
    """A destination that is left alone is tried now."""
    left_alone = and_(DESTINATION.c.system_id == system_id, DESTINATION.c.open_until.is_not(None))
    connection.execute(update(DESTINATION).where(left_alone).values(open_until=AT_ONCE))


def destinations(connection: Connection) -> dict[str, Row[Any]]:
    """What is known of every destination that was ever called, by system."""
    return {row.system_id: row for row in connection.execute(select(DESTINATION))}


def begin_waiting(connection: Connection, system_id: str, now: datetime) -> None:
    """Whatever waits for the destination has waited since now at the latest."""
    mine = and_(MESSAGE.c.system_id == system_id, _WAITS, MESSAGE.c.waiting_since.is_(None))
    connection.execute(update(MESSAGE).where(mine).values(waiting_since=now))


def give_up(
    connection: Connection, system_id: str, now: datetime, since: datetime, outcome: str, limit: int
) -> int:
    """At most so many messages that have waited since before then are dead letters; how many they were."""
    free = or_(MESSAGE.c.leased_until.is_(None), MESSAGE.c.leased_until <= now)
    old = and_(MESSAGE.c.system_id == system_id, _WAITS, MESSAGE.c.waiting_since <= since, free)
    asked = select(MESSAGE.c.id).where(old).order_by(MESSAGE.c.queue, MESSAGE.c.sequence).limit(limit)
    ids = [str(id) for id in connection.execute(asked).scalars()]
    dead = {"state": "dead", "outcome": outcome, "alarm_at": AT_ONCE, "lease": None, "leased_until": None}
    connection.execute(update(MESSAGE).where(MESSAGE.c.id.in_(ids), _WAITS).values(**dead))
    return len(ids)


# --- what a person is to be told, and does


def alarming(connection: Connection, now: datetime, limit: int) -> list[str]:
    """The ids of undelivered messages of which a person is to be told by now, the most urgent first."""
    due = and_(MESSAGE.c.alarm_at.is_not(None), MESSAGE.c.alarm_at <= now)
    asked = select(MESSAGE.c.id).where(due).order_by(MESSAGE.c.alarm_at, MESSAGE.c.id).limit(limit)
    return [str(id) for id in connection.execute(asked).scalars()]


def locked_message(connection: Connection, id: str) -> Row[Any] | None:
    """The message of that id, locked for this transaction on PostgreSQL."""
    return connection.execute(select(MESSAGE).where(MESSAGE.c.id == id).with_for_update()).one_or_none()


def change_message(connection: Connection, id: str, values: Mapping[str, Any]) -> None:
    """The message has these values."""
    connection.execute(update(MESSAGE).where(MESSAGE.c.id == id).values(**values))
