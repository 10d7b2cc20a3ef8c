"""What happened to a record, and what of it may still be proven."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, and_, or_, select

from models.reading.scope import Scope
from models.records import ATTACHMENT, DOCUMENT, ENTRY, FINDING, INSPECTION, PAYLOAD

_WITH_BODY = ENTRY.outerjoin(
    PAYLOAD, and_(PAYLOAD.c.record_id == ENTRY.c.record_id, PAYLOAD.c.sequence == ENTRY.c.sequence)
)
"""Entries beside what they say, while it is kept."""


def department_of(connection: Connection, seen: Scope, record_id: str) -> str | None:
    """The department of the finding or inspection of that id, if it is seen."""
    for table in (FINDING, INSPECTION):
        row = connection.execute(
            select(table.c.department).where(table.c.id == record_id, seen(table))
        ).first()
        if row is not None:
            return str(row.department)
    return None


def entries_after(
    connection: Connection, record_id: str, after: int, limit: int | None = None, only: str | None = None
) -> Sequence[Row[Any]]:
    """The entries of a record (`only` of a trigger) after that sequence, oldest first, salt and body while they are kept."""
    asked = select(ENTRY, PAYLOAD.c.salt, PAYLOAD.c.body).select_from(_WITH_BODY)
    asked = asked if only is None else asked.where(ENTRY.c.trigger == only)
    asked = asked.where(ENTRY.c.record_id == record_id, ENTRY.c.sequence > after).order_by(ENTRY.c.sequence)
    return connection.execute(asked if limit is None else asked.limit(limit)).all()


def steps_taken(connection: Connection, record_id: str, triggers: Sequence[str]) -> Sequence[Row[Any]]:
    """When these steps were taken on a record and its proceedings, oldest first, with the body while it is kept."""
    asked = select(ENTRY, PAYLOAD.c.body).select_from(_WITH_BODY)
    asked = asked.where(ENTRY.c.record_id == record_id, ENTRY.c.trigger.in_(triggers))
    return connection.execute(asked.order_by(ENTRY.c.sequence)).all()


def taken_by(connection: Connection, record_id: str, sequences: Sequence[int]) -> dict[int, str]:
    """Who took these steps of a record."""
    asked = select(ENTRY.c.sequence, ENTRY.c.by).where(
        ENTRY.c.record_id == record_id, ENTRY.c.sequence.in_(sequences)
    )
    return {int(sequence): str(by) for sequence, by in connection.execute(asked)}


def first_entry(connection: Connection, record_id: str) -> Row[Any] | None:
    """The entry that created the record."""
    asked = select(ENTRY).where(ENTRY.c.record_id == record_id).order_by(ENTRY.c.sequence).limit(1)
    return connection.execute(asked).first()


def documents_of_steps(connection: Connection, record_id: str, first: int, last: int) -> Sequence[Row[Any]]:
    """The documents of the steps of a record from one sequence to another, without what they print."""
    columns = [column for column in DOCUMENT.c if column.name != "content"]
    asked = select(*columns).where(
        DOCUMENT.c.record_id == record_id, DOCUMENT.c.sequence.between(first, last)
    )
    return connection.execute(asked.order_by(DOCUMENT.c.sequence, DOCUMENT.c.id)).all()


def document_row(connection: Connection, record_id: str, named: str) -> Row[Any] | None:
    """The document of that id on the record, or the latest of that kind."""
    asked = (
        select(DOCUMENT)
        .where(DOCUMENT.c.record_id == record_id, or_(DOCUMENT.c.id == named, DOCUMENT.c.kind == named))
        .order_by(DOCUMENT.c.sequence.desc(), DOCUMENT.c.id.desc())
        .limit(1)
    )
    return connection.execute(asked).one_or_none()


def attachment_row(connection: Connection, finding_id: str, digest: str) -> Row[Any] | None:
    """The attachment of that digest with its bytes."""
    asked = select(ATTACHMENT).where(ATTACHMENT.c.finding_id == finding_id, ATTACHMENT.c.digest == digest)
    return connection.execute(asked).one_or_none()
