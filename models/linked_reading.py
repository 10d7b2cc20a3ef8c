"""Linked systems and the receipts they sent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Row, and_, bindparam, func, select, update

from models.exchange import Receipt
from models.exchange_reading import CRIMINAL_QUEUE, MESSAGE, SYSTEM
from models.prepared import Prepared
from models.records import NOTICE, PROCEEDING, add, insert_once, table_of

RECEIPT = table_of(Receipt)
_IN_ORDER = select(RECEIPT).where(RECEIPT.c.state == "parked").order_by(RECEIPT.c.received_at, RECEIPT.c.id)
_PARKED = {
    "finding": Prepared(_IN_ORDER.where(RECEIPT.c.finding_id == bindparam("id"))),
    "referral": Prepared(
        _IN_ORDER.where(RECEIPT.c.finding_id.is_(None), RECEIPT.c.proceeding_id == bindparam("id"))
    ),
}


def system_row(connection: Connection, id: str, lock: bool = False) -> Row[Any] | None:
    """The linked system of that id, locked for this transaction on PostgreSQL when asked."""
    found = select(SYSTEM).where(SYSTEM.c.id == id)
    return connection.execute(found.with_for_update() if lock else found).one_or_none()


def system_rows(connection: Connection) -> Sequence[Row[Any]]:
    """Every linked system, by id."""
    return connection.execute(select(SYSTEM).order_by(SYSTEM.c.id)).all()


def add_system(connection: Connection, row: Mapping[str, Any]) -> None:
    """The system is linked."""
    add(connection, SYSTEM, [row])


def change_system(connection: Connection, id: str, values: Mapping[str, Any]) -> None:
    """The system has these values."""
    connection.execute(update(SYSTEM).where(SYSTEM.c.id == id).values(**values))


def revive(connection: Connection, system_id: str) -> None:
    """Messages that a person had to see to are tried again, because the system answers."""
    dead = and_(MESSAGE.c.system_id == system_id, MESSAGE.c.state == "dead")
    afresh = {"state": "waiting", "tries": 0, "waiting_since": None, "alarm_at": None}
    connection.execute(update(MESSAGE).where(dead).values(**afresh))


def waiting_by_system(connection: Connection) -> dict[str, int]:
    """How many messages of the ordinary queue wait for each system; of the criminal queue no figure tells."""
    ordinary = and_(MESSAGE.c.state == "waiting", MESSAGE.c.queue != CRIMINAL_QUEUE)
    found = select(MESSAGE.c.system_id, func.count()).where(ordinary)
    return {
        str(id): int(count) for id, count in connection.execute(found.group_by(MESSAGE.c.system_id)) if id
    }


# --- receipts


def receipt_row(connection: Connection, system_id: str, id: str) -> Row[Any] | None:
    """The receipt of that id from that system."""
    mine = and_(RECEIPT.c.system_id == system_id, RECEIPT.c.id == id)
    return connection.execute(select(RECEIPT).where(mine)).one_or_none()


def keep_receipt(connection: Connection, row: Mapping[str, Any]) -> bool:
    """The receipt is kept as it arrived; False when one with its id was there already."""
    return insert_once(connection, RECEIPT, row)


def change_receipt(
    connection: Connection, system_id: str, id: str, state: str, waiting_for: str | None
) -> None:
    """The receipt is in that state."""
    mine = and_(RECEIPT.c.system_id == system_id, RECEIPT.c.id == id)
    connection.execute(update(RECEIPT).where(mine).values(state=state, waiting_for=waiting_for))


def parked_receipts(connection: Connection, subject: str, id: str) -> Sequence[Row[Any]]:
    """The receipts that wait for a step of the finding or referral, in the order they arrived."""
    return _PARKED[subject].all(connection, {"id": id})


def receipts_of(connection: Connection, finding_id: str) -> Sequence[Row[Any]]:
    """Every receipt about the finding without its bytes, in the order they arrived."""
    columns = [column for column in RECEIPT.c if column.name != "body"]
    found = select(*columns).where(RECEIPT.c.finding_id == finding_id)
    return connection.execute(found.order_by(RECEIPT.c.received_at, RECEIPT.c.id)).all()


def answered_with(connection: Connection, system_id: str, message_id: str, kind: str) -> bool:
    """True when a receipt of that kind for the message came from the system and does not wait itself."""
    settled = and_(
        RECEIPT.c.message_id == message_id,
        RECEIPT.c.system_id == system_id,
        RECEIPT.c.kind == kind,
        RECEIPT.c.state.in_(("recorded", "noted")),
    )
    return connection.execute(select(RECEIPT.c.id).where(settled).limit(1)).scalar() is not None


def last_receipt(connection: Connection, proceeding_id: str, kind: str) -> str | None:
    """The latest receipt of that kind about the proceeding."""
    mine = and_(RECEIPT.c.proceeding_id == proceeding_id, RECEIPT.c.kind == kind)
    latest = select(RECEIPT.c.id).where(mine).order_by(RECEIPT.c.received_at.desc(), RECEIPT.c.id.desc())
    return connection.execute(latest.limit(1)).scalar()


def proceeding_row(connection: Connection, id: str) -> Row[Any] | None:
    """The proceeding of that id."""
    return connection.execute(select(PROCEEDING).where(PROCEEDING.c.id == id)).one_or_none()


def notices_of(connection: Connection, finding_id: str) -> Sequence[Row[Any]]:
    """The reminders and tasks about the finding, oldest first."""
    found = select(NOTICE).where(NOTICE.c.finding_id == finding_id)
    return connection.execute(found.order_by(NOTICE.c.recorded_at, NOTICE.c.natural_key)).all()
