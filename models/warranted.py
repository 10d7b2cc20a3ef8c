"""What stands by the word of the administrative record, and the entries that state it: statements only."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, func, or_, select

from engine.core.warrants import (
    ACCOUNT,
    ALIVE,
    DELEGATION,
    FACTOR,
    FORMS,
    KINDS,
    PASSWORD,
    SESSION,
    SIGNED_IN,
    SYSTEM,
    TOKEN,
    Value,
    first_id_at,
)
from models import delegating, delivering
from models.account_reading import ADMIN_ENTRY, SECOND_FACTOR
from models.account_reading import SESSION as SIGN_IN
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
    SESSION: (select(SIGN_IN).where(SIGN_IN.c.ended.is_(False)), SIGN_IN.c.token_digest),
    DELEGATION: (
        select(delegating.DELEGATION, delegating.END.c.ended_at).outerjoin(delegating.END, _ENDED),
        delegating.DELEGATION.c.id,
    ),
}


def standing(connection: Connection, kind: str, keys: Collection[str] | None = None) -> dict[str, Value]:
    """How each of that kind stands now, by its key; of these keys alone, or all. Of sessions those that can be alive."""
    asked, key = _ROWS[kind]
    since = _alive_since(connection) if kind == SESSION and keys is None else None
    asked = asked if since is None else asked.where(SIGN_IN.c.created_at >= since)
    found = asked if keys is None else asked.where(key.in_(sorted(keys)))
    return {str(getattr(row, key.name)): FORMS[kind](row) for row in connection.execute(found)}


def _alive_since(connection: Connection) -> datetime | None:
    """No session that began before can be alive; None where there is none at all. By the newest one: no clock is asked."""
    newest = connection.execute(select(func.max(SIGN_IN.c.created_at))).scalar()
    return None if newest is None else newest - ALIVE


def all_standing(connection: Connection) -> dict[str, dict[str, Value]]:
    """Everything of every kind as it stands now."""
    return {kind: standing(connection, kind) for kind in KINDS}


def stating(connection: Connection) -> Sequence[Row[Any]]:
    """The administrative entries that may state how something stands, oldest first.

    Of people who come and go those alone that began a session which can be alive.
    """
    wanted: ColumnElement[bool] = ADMIN_ENTRY.c.action.not_like("session.%")
    since = _alive_since(connection)
    if since is not None:
        began = and_(ADMIN_ENTRY.c.action.in_(SIGNED_IN), ADMIN_ENTRY.c.id >= first_id_at(since))
        wanted = or_(wanted, began)
    found = select(ADMIN_ENTRY).where(wanted)
    return connection.execute(found.order_by(ADMIN_ENTRY.c.id)).all()
