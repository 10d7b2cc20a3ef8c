"""Leases: what one node of several does, no other one begins meanwhile; a node that dies leaves its lease at once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import func, select

from models.database import Database


@contextmanager
def lease(database: Database, name: str, *, wait: bool) -> Iterator[bool]:
    """True when this node holds the lease while the block runs; where it is taken: False, or waited for.

    On PostgreSQL it belongs to a connection, and ends with it. SQLite has one house, and its writer one queue.
    """
    if database.dialect == "sqlite":
        yield True
        return
    key = func.hashtextextended(f"lease {name}", 0)
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if wait:
            connection.execute(select(func.pg_advisory_lock(key)))
        held = wait or bool(connection.execute(select(func.pg_try_advisory_lock(key))).scalar())
        try:
            yield held
        finally:
            if held:
                connection.execute(select(func.pg_advisory_unlock(key)))
