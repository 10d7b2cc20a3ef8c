"""What stands by the word of the administrative record, and the entries that state it: statements only."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, select

from engine.core.warrants import ACCOUNT, DELEGATION, FACTOR, FORMS, KINDS, PASSWORD, SYSTEM, TOKEN, Value
from models import delegating, delivering
from models.account_reading import ADMIN_ENTRY, SECOND_FACTOR
from models.account_reading import TOKEN as BEARER
from models.exchange_reading import SYSTEM as LINKED
from models.records import USER

_OF_SYSTEM = delivering.DESTINATION.c.system_id == LINKED.c.id
_ENDED = delegating.END.c.delegation_id == delegating.DELEGATION.c.id
_ROWS: dict[str, tuple[Select[Any], ColumnElement[str]]] = {
    ACCOUNT: (select(USER), USER.c.login_key),
    PASSWORD: (select(USER), USER.c.login_key),
    FACTOR: (
        select(SECOND_FACTOR).where(SECOND_FACTOR.c.confirmed_at.is_not(None)),
        SECOND_FACTOR.c.login_key,
    ),
    TOKEN: (select(BEARER).where(BEARER.c.revoked.is_(False)), BEARER.c.id),
    SYSTEM: (
        select(LINKED, delivering.DESTINATION.c.allowed).outerjoin(delivering.DESTINATION, _OF_SYSTEM),
        LINKED.c.id,
    ),
    DELEGATION: (
        select(delegating.DELEGATION, delegating.END.c.ended_at).outerjoin(delegating.END, _ENDED),
        delegating.DELEGATION.c.id,
    ),
}


def standing(connection: Connection, kind: str, keys: Collection[str] | None = None) -> dict[str, Value]:
    """How each of that kind stands now, by its key; of these keys alone, or all."""
    asked, key = _ROWS[kind]
    found = asked if keys is None else asked.where(key.in_(sorted(keys)))
    return {str(getattr(row, key.name)): FORMS[kind](row) for row in connection.execute(found)}


def all_standing(connection: Connection) -> dict[str, dict[str, Value]]:
    """Everything of every kind as it stands now."""
    return {kind: standing(connection, kind) for kind in KINDS}


def stating(connection: Connection) -> Sequence[Row[Any]]:
    """The administrative entries that may state how something stands, oldest first: all but those of people who come and go."""
    found = select(ADMIN_ENTRY).where(ADMIN_ENTRY.c.action.not_like("session.%"))
    return connection.execute(found.order_by(ADMIN_ENTRY.c.id)).all()
