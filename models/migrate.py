"""Brings a database to the present shape, on SQLite and PostgreSQL alike."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config

from models.database import Database

FOLDER = Path(__file__).parent / "migrations"


def migrate(database: Database) -> None:
    """Every revision that was missing has been applied; on a database already there nothing happens."""
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    with database.engine.connect().execution_options(begin="IMMEDIATE") as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        connection.commit()
