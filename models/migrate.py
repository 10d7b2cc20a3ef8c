"""Brings a database to the present shape, on SQLite and PostgreSQL alike."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from models.database import Database

FOLDER = Path(__file__).parent / "migrations"
HEAD = "head"


@cache
def latest() -> str | None:
    """The revision that a database of the present shape names."""
    return ScriptDirectory(str(FOLDER)).get_current_head()


@cache
def every_revision() -> frozenset[str]:
    """The revisions that this program can bring to the present shape."""
    return frozenset(one.revision for one in ScriptDirectory(str(FOLDER)).walk_revisions())


def revision_of(database: Database) -> str | None:
    """The revision that the database has; None for one without tables."""
    with database.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def migrate(database: Database, to: str = HEAD) -> None:
    """Every revision up to that one that was missing has been applied; on one already there nothing happens."""
    if revision_of(database) == (latest() if to == HEAD else to):
        return
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    with database.writing() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, to)
        connection.commit()
