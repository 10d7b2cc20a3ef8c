"""Templates of papers: every statement that reads and keeps them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Row, select

from models.paper_template import PaperTemplate, TemplateChange
from models.records import add, insert_or_leave, table_of

TEMPLATE, CHANGE = table_of(PaperTemplate), table_of(TemplateChange)


def text_of(connection: Connection, digest: str) -> str | None:
    """The template of that digest as it was kept."""
    return connection.execute(select(TEMPLATE.c.text).where(TEMPLATE.c.digest == digest)).scalar()


def digests_kept(connection: Connection) -> frozenset[str]:
    """Every template that is kept."""
    return frozenset(str(one) for one in connection.execute(select(TEMPLATE.c.digest)).scalars())


def changes(connection: Connection, office_id: str) -> Sequence[Row[Any]]:
    """Every change of an office's own templates, oldest first."""
    return connection.execute(
        select(CHANGE).where(CHANGE.c.office_id == office_id).order_by(CHANGE.c.changed_at, CHANGE.c.id)
    ).all()


def keep(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """The templates are kept; those of the same digest that were there already stay."""
    if rows:
        connection.execute(
            insert_or_leave(connection, TEMPLATE).on_conflict_do_nothing(), [dict(row) for row in rows]
        )


def change(connection: Connection, row: Mapping[str, Any]) -> None:
    """The change is on record."""
    add(connection, CHANGE, [row])
