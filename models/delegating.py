"""Delegations during leave: every statement that reads or writes them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, bindparam, literal, or_, select, tuple_

from models.delegation import Delegation, DelegationEnd
from models.prepared import Prepared
from models.records import USER, lock_key, table_of

DELEGATION, END = table_of(Delegation), table_of(DelegationEnd)
COMING, RUNNING, PAST, ENDED = "coming", "running", "past", "ended"
STATES = (COMING, RUNNING, PAST, ENDED)
LOCK = "delegations of"

Place = tuple[date, str]
"""Where a page of delegations ended: its first day and its id."""

_NOT_ENDED = DELEGATION.outerjoin(END, END.c.delegation_id == DELEGATION.c.id)
_LENT = Prepared(
    select(
        DELEGATION.c.roles.label("lent"),
        DELEGATION.c.first_on,
        DELEGATION.c.last_on,
        *(USER.c[name] for name in ("login", "name", "certificate_no", "department", "roles")),
    )
    .select_from(_NOT_ENDED.join(USER, USER.c.login_key == DELEGATION.c.delegator))
    .where(
        DELEGATION.c.delegate == bindparam("delegate"),
        DELEGATION.c.first_on <= bindparam("today"),
        DELEGATION.c.last_on >= bindparam("today"),
        END.c.delegation_id.is_(None),
        USER.c.disabled.is_(False),
    )
    .order_by(DELEGATION.c.first_on, DELEGATION.c.id)
)


def lent_to(connection: Connection, delegate: str, today: date) -> Sequence[Row[Any]]:
    """What enabled accounts lend that one on the day: the lent roles with days, and the lender's account."""
    return _LENT.all(connection, {"delegate": delegate, "today": today})


def lock_delegations(connection: Connection, office_id: str) -> None:
    """On PostgreSQL delegations are given one after another; on SQLite there is one writer anyway."""
    lock_key(connection, LOCK, office_id)


def given_by_between(connection: Connection, delegator: str, first: date, last: date) -> Sequence[Row[Any]]:
    """What the account lends on some of these days and has not ended."""
    found = select(DELEGATION).select_from(_NOT_ENDED)
    return connection.execute(
        found.where(
            DELEGATION.c.delegator == delegator,
            DELEGATION.c.first_on <= last,
            DELEGATION.c.last_on >= first,
            END.c.delegation_id.is_(None),
        )
    ).all()


def delegation_row(connection: Connection, office_id: str, id: str) -> Row[Any] | None:
    """The delegation of that id, with names and its end if it has one."""
    found = _named().where(DELEGATION.c.office_id == office_id, DELEGATION.c.id == id)
    return connection.execute(found).one_or_none()


def page_of_delegations(
    connection: Connection,
    office_id: str,
    login_key: str,
    departments: str | None,
    state: str | None,
    today: date,
    after: Place | None,
    limit: int,
) -> Sequence[Row[Any]]:
    """The next delegations, the latest first: of that department ("*": of all), else the account's own alone."""
    columns = DELEGATION.c
    wanted: list[ColumnElement[bool]] = [columns.office_id == office_id]
    if departments != "*":
        own = or_(columns.delegator == login_key, columns.delegate == login_key)
        wanted.append(own if departments is None else or_(own, columns.department == departments))
    if state is not None:
        wanted.append(_in_state(state, today))
    if after is not None:
        first = literal(after[0], columns.first_on.type)
        wanted.append(tuple_(columns.first_on, columns.id) < tuple_(first, literal(after[1])))
    found = _named().where(*wanted).order_by(columns.first_on.desc(), columns.id.desc())
    return connection.execute(found.limit(limit)).all()


def _in_state(state: str, today: date) -> ColumnElement[bool]:
    columns, open_one = DELEGATION.c, END.c.delegation_id.is_(None)
    if state == COMING:
        return and_(open_one, columns.first_on > today)
    if state == PAST:
        return and_(open_one, columns.last_on < today)
    if state == RUNNING:
        return and_(open_one, columns.first_on <= today, columns.last_on >= today)
    return END.c.delegation_id.is_not(None)


def _named() -> Select[Any]:
    lender, substitute = USER.alias("lender"), USER.alias("substitute")
    columns = (
        *DELEGATION.c,
        END.c.ended_by,
        END.c.ended_at,
        lender.c.login.label("delegator_login"),
        lender.c.name.label("delegator_name"),
        substitute.c.login.label("delegate_login"),
        substitute.c.name.label("delegate_name"),
    )
    return select(*columns).select_from(
        _NOT_ENDED.join(lender, lender.c.login_key == DELEGATION.c.delegator).join(
            substitute, substitute.c.login_key == DELEGATION.c.delegate
        )
    )
