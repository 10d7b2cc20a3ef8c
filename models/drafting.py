"""Drafts: every statement that reads, writes or deletes them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, and_, delete, select

from models.draft import Draft
from models.records import add, table_of

DRAFT = table_of(Draft)


def drafts_of(
    connection: Connection, login_key: str, records: Sequence[str], since: datetime
) -> Sequence[Row[Any]]:
    """The drafts of the account on these records that were saved since then."""
    columns = DRAFT.c
    asked = select(DRAFT).where(
        columns.login_key == login_key, columns.record_id.in_(records), columns.saved_at >= since
    )
    return connection.execute(asked).all()


def replace_draft(connection: Connection, row: Mapping[str, Any]) -> None:
    """The draft of that account, record and form is this one."""
    delete_draft(connection, row["login_key"], row["record_id"], row["triggers"], row["proceeding"])
    add(connection, DRAFT, [row])


def delete_draft(
    connection: Connection, login_key: str, record_id: str, triggers: str, proceeding: str
) -> None:
    """The account has no draft of that form."""
    columns = DRAFT.c
    this = and_(
        columns.login_key == login_key,
        columns.record_id == record_id,
        columns.triggers == triggers,
        columns.proceeding == proceeding,
    )
    connection.execute(delete(DRAFT).where(this))


def keep_newest(connection: Connection, login_key: str, number: int) -> None:
    """Of the account's drafts so many are left, the last saved."""
    columns = DRAFT.c
    mine = select(columns.id).where(columns.login_key == login_key)
    beyond = mine.order_by(columns.saved_at.desc(), columns.id.desc()).offset(number)
    gone = [row.id for row in connection.execute(beyond)]
    if gone:
        connection.execute(delete(DRAFT).where(columns.id.in_(gone)))


def delete_drafts_on(connection: Connection, record_id: str) -> None:
    """Nothing is left of what anybody typed and did not send about the record."""
    connection.execute(delete(DRAFT).where(DRAFT.c.record_id == record_id))


def delete_drafts_before(connection: Connection, office_id: str, before: datetime) -> None:
    """Nothing is left of drafts saved before that instant."""
    connection.execute(delete(DRAFT).where(DRAFT.c.office_id == office_id, DRAFT.c.saved_at < before))
