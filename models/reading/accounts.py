"""Accounts and the administrative record as administrators read them, page by page."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Table, Text, cast, func, or_, select

from models.account_reading import ADMIN_ENTRY, SECOND_FACTOR, SESSION
from models.log_reading import ATTEMPT
from models.records import USER

ESCAPE = "\\"


@dataclass(frozen=True, slots=True)
class AccountsAsked:
    """Which accounts are asked for: text within login or name, a role, a department, in use or disabled."""

    text: str | None = None
    role: str | None = None
    department: str | None = None
    disabled: bool | None = None


def page_of_accounts(
    connection: Connection, office_id: str, asked: AccountsAsked, after: str | None, limit: int
) -> Sequence[Row[Any]]:
    """The next accounts by login that are asked for."""
    wanted: list[ColumnElement[bool]] = [USER.c.office_id == office_id]
    if asked.text is not None:
        within = f"%{_literal(asked.text)}%"
        folded = f"%{_literal(asked.text.casefold())}%"
        wanted.append(
            or_(USER.c.login_key.like(folded, escape=ESCAPE), USER.c.name.like(within, escape=ESCAPE))
        )
    if asked.role is not None:
        wanted.append(cast(USER.c.roles, Text).like(f'%"{_literal(asked.role)}"%', escape=ESCAPE))
    if asked.department is not None:
        wanted.append(USER.c.department == asked.department)
    if asked.disabled is not None:
        wanted.append(USER.c.disabled.is_(asked.disabled))
    if after is not None:
        wanted.append(USER.c.login_key > after)
    return connection.execute(select(USER).where(*wanted).order_by(USER.c.login_key).limit(limit)).all()


def _literal(text: str) -> str:
    """The text as LIKE takes it for itself."""
    for sign in (ESCAPE, "%", "_"):
        text = text.replace(sign, ESCAPE + sign)
    return text


def last_seen(connection: Connection, login_keys: Collection[str]) -> dict[str, datetime]:
    """By account: when a session of it last asked for anything; nothing for those that never signed in."""
    found = select(SESSION.c.login_key, func.max(SESSION.c.seen_at)).where(
        SESSION.c.login_key.in_(login_keys)
    )
    return {row[0]: row[1] for row in connection.execute(found.group_by(SESSION.c.login_key))}


def with_second_factor(connection: Connection, login_keys: Collection[str]) -> frozenset[str]:
    """Those of the accounts that prove themselves with a second factor."""
    found = select(SECOND_FACTOR.c.login_key).where(
        SECOND_FACTOR.c.login_key.in_(login_keys), SECOND_FACTOR.c.confirmed_at.is_not(None)
    )
    return frozenset(connection.execute(found).scalars())


@dataclass(frozen=True, slots=True)
class EntriesAsked:
    """Which entries are asked for: an act, who did it, on which account, and between which instants."""

    action: str | None = None
    by: str | None = None
    about: str | None = None
    since: datetime | None = None
    until: datetime | None = None


def page_of_entries(
    connection: Connection, office_id: str, asked: EntriesAsked, after: str | None, limit: int
) -> Sequence[Row[Any]]:
    """The next administrative entries, newest first."""
    told = ADMIN_ENTRY.c.detail
    wanted: list[ColumnElement[bool]] = [ADMIN_ENTRY.c.office_id == office_id, *_between(ADMIN_ENTRY, asked)]
    if asked.action is not None:
        wanted.append(ADMIN_ENTRY.c.action == asked.action)
    if asked.by is not None:
        wanted.append(func.lower(ADMIN_ENTRY.c.by) == asked.by.lower())
    if asked.about is not None:
        wanted.append(func.lower(told["login"].as_string()) == asked.about.lower())
    return _newest(connection, ADMIN_ENTRY, wanted, after, limit)


def page_of_attempts(
    connection: Connection, office_id: str, asked: EntriesAsked, after: str | None, limit: int
) -> Sequence[Row[Any]]:
    """The next refused attempts, newest first; `action` is the code of the refusal."""
    wanted: list[ColumnElement[bool]] = [ATTEMPT.c.office_id == office_id, *_between(ATTEMPT, asked)]
    if asked.action is not None:
        wanted.append(ATTEMPT.c.code == asked.action)
    if asked.by is not None:
        wanted.append(func.lower(ATTEMPT.c.by) == asked.by.lower())
    return _newest(connection, ATTEMPT, wanted, after, limit)


def _between(table: Table, asked: EntriesAsked) -> list[ColumnElement[bool]]:
    bounds = []
    if asked.since is not None:
        bounds.append(table.c.recorded_at >= asked.since)
    if asked.until is not None:
        bounds.append(table.c.recorded_at < asked.until)
    return bounds


def _newest(
    connection: Connection, table: Table, wanted: list[ColumnElement[bool]], after: str | None, limit: int
) -> Sequence[Row[Any]]:
    if after is not None:
        wanted = [*wanted, table.c.id < after]
    return connection.execute(select(table).where(*wanted).order_by(table.c.id.desc()).limit(limit)).all()
