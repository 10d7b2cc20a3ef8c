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


@cache
def latest() -> str | None:
    """The revision that a database of the present shape names."""
    return ScriptDirectory(str(FOLDER)).get_current_head()


def migrate(database: Database) -> None:
    """Every revision that was missing has been applied; on a database already there nothing happens."""
    with database.engine.connect() as connection:
        if MigrationContext.configure(connection).get_current_revision() == latest():
            return
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    with database.engine.connect().execution_options(begin="IMMEDIATE") as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        connection.commit()
