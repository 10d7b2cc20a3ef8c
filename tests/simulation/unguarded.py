"""A database whose owner has taken away what refuses changes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, text

from models.database import Database

GUARDS = {
    "sqlite": ("SELECT name FROM sqlite_master WHERE type = 'trigger'", "DROP TRIGGER {}"),
    "postgresql": (
        "SELECT DISTINCT tgrelid::regclass::text FROM pg_trigger WHERE NOT tgisinternal",
        "ALTER TABLE {} DISABLE TRIGGER USER",
    ),
}
"""Where the database itself refuses changes, and how its owner takes that away."""


def take_guards_away(database: Database) -> None:
    """Nothing in the database refuses a change any more."""
    names, taken = GUARDS[database.dialect]
    with database.writing() as connection, connection.begin():
        for (name,) in connection.execute(text(names)).all():
            connection.exec_driver_sql(taken.format(name))


@contextmanager
def taken_back(database: Database) -> Iterator[Connection]:
    """A connection past the house; whatever is changed on it is taken back."""
    with database.writing() as connection:
        transaction = connection.begin()
        try:
            yield connection
        finally:
            transaction.rollback()
