"""Rows of a table as somebody with the database in hands reads and names them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, Table, select


def rows_of(connection: Connection, table: Table) -> list[dict[str, Any]]:
    """All rows, in the order of their keys."""
    asked = select(table).order_by(*table.primary_key.columns)
    return [dict(row._mapping) for row in connection.execute(asked)]


def this_row(table: Table, row: Mapping[str, Any]) -> Any:
    """The condition that names that row."""
    wanted = [column == row[column.name] for column in table.primary_key.columns]
    return wanted[0] if len(wanted) == 1 else wanted[0] & wanted[1]
