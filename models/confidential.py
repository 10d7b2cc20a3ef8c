"""Rows of criminal referrals and confidential matters that were written before anything of them was sealed: statements only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Row, Table, and_, select, update

from models.at_rest import ATTACHED, NAMED
from models.exchange_reading import CRIMINAL_QUEUE, MESSAGE
from models.incoming_reading import INCOMING, PERSON
from models.linked_reading import RECEIPT
from models.records import ATTACHMENT, DOCUMENT, PAYLOAD
from models.referral_reading import REFERRAL, REFERRAL_DEADLINE


def referrals(connection: Connection) -> list[str]:
    """The id of every referral."""
    return [str(id) for id in connection.execute(select(REFERRAL.c.id).order_by(REFERRAL.c.id)).scalars()]


def referral_row(connection: Connection, id: str) -> Row[Any]:
    """The referral, locked for this transaction on PostgreSQL."""
    return connection.execute(select(REFERRAL).where(REFERRAL.c.id == id).with_for_update()).one()


def payloads_of(connection: Connection, record: str) -> Sequence[Row[Any]]:
    """What the entries of the referral say, or of a matter of it."""
    return connection.execute(select(PAYLOAD).where(PAYLOAD.c.record_id == record)).all()


def deadlines_of(connection: Connection, referral: str) -> Sequence[Row[Any]]:
    """The deadlines of the referral, locked likewise."""
    mine = REFERRAL_DEADLINE.c.referral_id == referral
    return connection.execute(select(REFERRAL_DEADLINE).where(mine).with_for_update()).all()


def papers_of(connection: Connection, referral: str) -> Sequence[Row[Any]]:
    """The papers handed in on the referral, locked for this transaction on PostgreSQL."""
    return connection.execute(
        select(ATTACHMENT).where(ATTACHMENT.c.finding_id == referral).with_for_update()
    ).all()


def numbers_of(connection: Connection, referral: str) -> Sequence[Row[Any]]:
    """The documents of the referral that others made, locked likewise."""
    mine = and_(DOCUMENT.c.record_id == referral, DOCUMENT.c.status == ATTACHED)
    return connection.execute(select(DOCUMENT).where(mine).with_for_update()).all()


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


def matters_of(connection: Connection, referral: str) -> Sequence[Row[Any]]:
    """The inbound matters that belong to the referral, locked likewise."""
    asked = select(INCOMING).where(INCOMING.c.referral_id == referral)
    return connection.execute(asked.with_for_update()).all()


def matters_alone(connection: Connection) -> list[str]:
    """The id of every confidential matter that belongs to no referral."""
    alone = and_(INCOMING.c.confidential, INCOMING.c.referral_id.is_(None))
    return [str(id) for id in connection.execute(select(INCOMING.c.id).where(alone)).scalars()]


def matter_row(connection: Connection, id: str) -> Row[Any]:
    """The matter as it is kept, locked for this transaction on PostgreSQL."""
    return connection.execute(select(INCOMING).where(INCOMING.c.id == id).with_for_update()).one()


def person_of(connection: Connection, matter: str) -> Row[Any] | None:
    """Who informs in the matter, as it is kept."""
    return connection.execute(select(PERSON).where(PERSON.c.incoming_id == matter)).one_or_none()


def put_matter(connection: Connection, row: Row[Any], matter: Mapping[str, Any]) -> None:
    """The matter says that."""
    _put(connection, INCOMING, {"id": row.id}, {name: matter[name] for name in ("title", "content", "said")})


def put_person(connection: Connection, row: Row[Any], person: Mapping[str, Any]) -> None:
    """That person informs in the matter."""
    values = {name: person[name] for name in ("particulars", "body")}
    _put(connection, PERSON, {"incoming_id": row.incoming_id}, values)


def put_record(connection: Connection, row: Row[Any], record: Mapping[str, Any]) -> None:
    """The referral remembers that."""
    _put(connection, REFERRAL, {"id": row.id}, {"record": record})


def put_history(connection: Connection, row: Row[Any], history: Sequence[Any]) -> None:
    """That happened to the deadline."""
    _put(connection, REFERRAL_DEADLINE, {"id": row.id}, {"history": history})


def put_payload(connection: Connection, row: Row[Any], payload: Mapping[str, Any]) -> None:
    """The entry says that; the guard of the table lets it through where it was plain and is sealed now."""
    key = {"record_id": row.record_id, "sequence": row.sequence}
    _put(connection, PAYLOAD, key, {name: payload[name] for name in ("salt", "body")})


def put_names(connection: Connection, row: Row[Any], paper: Mapping[str, Any]) -> None:
    """The paper is called that."""
    key = {"finding_id": row.finding_id, "digest": row.digest}
    _put(connection, ATTACHMENT, key, {name: paper[name] for name in (*NAMED, "told")})


def put_paper(connection: Connection, row: Row[Any], content: bytes) -> None:
    """The paper has these bytes."""
    key = {"finding_id": row.finding_id, "digest": row.digest}
    _put(connection, ATTACHMENT, key, {"content": content})


def put_content(connection: Connection, row: Row[Any], content: Mapping[str, Any]) -> None:
    """The document has that content."""
    _put(connection, DOCUMENT, {"id": row.id}, {"content": content})


def put_number(connection: Connection, row: Row[Any], document: Mapping[str, Any]) -> None:
    """The document of others has that number, as it is kept."""
    _put(connection, DOCUMENT, {"id": row.id}, {name: document[name] for name in ("doc_no", "content")})


def put_message(connection: Connection, row: Row[Any], body: bytes) -> None:
    """The message has that body."""
    _put(connection, MESSAGE, {"id": row.id}, {"body": body})


def put_receipt(connection: Connection, row: Row[Any], body: bytes) -> None:
    """The receipt has that body."""
    _put(connection, RECEIPT, {"system_id": row.system_id, "id": row.id}, {"body": body})


def _put(connection: Connection, table: Table, key: Mapping[str, Any], values: Mapping[str, Any]) -> None:
    mine = and_(*(table.c[name] == value for name, value in key.items()))
    connection.execute(update(table).where(mine).values(**values))
