"""Rows of criminal referrals that were written before anything of them was sealed: statements only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Row, Table, and_, select, update

from models.exchange_reading import CRIMINAL_QUEUE, MESSAGE
from models.linked_reading import RECEIPT
from models.records import ATTACHMENT, DOCUMENT
from models.referral_reading import REFERRAL


def referrals(connection: Connection) -> list[str]:
    """The id of every referral."""
    return [str(id) for id in connection.execute(select(REFERRAL.c.id).order_by(REFERRAL.c.id)).scalars()]


def papers_of(connection: Connection, referral: str) -> Sequence[Row[Any]]:
    """The papers handed in on the referral, locked for this transaction on PostgreSQL."""
    return connection.execute(
        select(ATTACHMENT).where(ATTACHMENT.c.finding_id == referral).with_for_update()
    ).all()


def documents_of(connection: Connection, referral: str) -> Sequence[Row[Any]]:
    """The documents of the referral that a template made, locked likewise."""
    mine = and_(DOCUMENT.c.record_id == referral, DOCUMENT.c.status == "issued")
    return connection.execute(select(DOCUMENT).where(mine).with_for_update()).all()


def messages_of(connection: Connection, referral: str) -> Sequence[Row[Any]]:
    """The messages of the referral, locked likewise."""
    mine = and_(MESSAGE.c.proceeding_id == referral, MESSAGE.c.queue == CRIMINAL_QUEUE)
    return connection.execute(select(MESSAGE).where(mine).with_for_update()).all()


def receipts_of(connection: Connection, messages: Sequence[str]) -> Sequence[Row[Any]]:
    """The receipts to these messages, locked likewise."""
    return connection.execute(
        select(RECEIPT).where(RECEIPT.c.message_id.in_(messages)).with_for_update()
    ).all()


def put_paper(connection: Connection, row: Row[Any], content: bytes) -> None:
    """The paper has these bytes."""
    key = {"finding_id": row.finding_id, "digest": row.digest}
    _put(connection, ATTACHMENT, key, {"content": content})


def put_content(connection: Connection, row: Row[Any], content: Mapping[str, Any]) -> None:
    """The document has that content."""
    _put(connection, DOCUMENT, {"id": row.id}, {"content": content})


def put_message(connection: Connection, row: Row[Any], body: bytes) -> None:
    """The message has that body."""
    _put(connection, MESSAGE, {"id": row.id}, {"body": body})


def put_receipt(connection: Connection, row: Row[Any], body: bytes) -> None:
    """The receipt has that body."""
    _put(connection, RECEIPT, {"system_id": row.system_id, "id": row.id}, {"body": body})


def _put(connection: Connection, table: Table, key: Mapping[str, Any], values: Mapping[str, Any]) -> None:
    mine = and_(*(table.c[name] == value for name, value in key.items()))
    connection.execute(update(table).where(mine).values(**values))
