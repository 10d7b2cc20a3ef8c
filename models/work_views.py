"""Saved filters: every statement that reads, writes or deletes them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Row, and_, delete, select

from models.records import add, table_of
from models.work_view import WorkView

WORK_VIEW = table_of(WorkView)


def views_of(connection: Connection, login_key: str) -> Sequence[Row[Any]]:
    """The saved filters of the account, by name."""
    asked = select(WORK_VIEW).where(WORK_VIEW.c.login_key == login_key).order_by(WORK_VIEW.c.name)
    return connection.execute(asked).all()


def replace_view(connection: Connection, row: Mapping[str, Any]) -> None:
    """The account's filter of that name is this one."""
    delete_view(connection, row["login_key"], row["name"])
    add(connection, WORK_VIEW, [row])


def delete_view(connection: Connection, login_key: str, name: str) -> None:
    """The account has no filter of that name."""
    this = and_(WORK_VIEW.c.login_key == login_key, WORK_VIEW.c.name == name)
    connection.execute(delete(WORK_VIEW).where(this))
