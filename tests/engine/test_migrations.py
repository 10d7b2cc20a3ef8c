"""A database brought to its present shape by the revisions is what the models describe, on both kinds."""

from __future__ import annotations

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Column, text
from sqlmodel import SQLModel

from engine.carrier.envelope import new_keys, text_of
from engine.encryption_keys import public_key_from
from models import linked_reading
from models.database import Database
from models.migrate import FOLDER, migrate
from models.tables import APPEND_ONLY

NAMES = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'index'",
    "postgresql": "SELECT indexname FROM pg_indexes WHERE schemaname = 'public'",
}
INDEXES = {index.name: index for table in SQLModel.metadata.tables.values() for index in table.indexes}


def comparable(_: object, name: str | None, kind: str, *__: object) -> bool:
    """False for indexes over expressions, whose text each database writes in its own way."""
    return kind != "index" or all(isinstance(one, Column) for one in INDEXES[str(name)].expressions)


def test_the_revisions_build_what_the_models_describe(database_url: str) -> None:
    database = Database(database_url)
    migrate(database)

    with database.engine.connect() as connection:
        options = {"include_object": comparable, "target_metadata": SQLModel.metadata}
        differences = compare_metadata(
            MigrationContext.configure(connection, opts=options), SQLModel.metadata
        )
        built = set(connection.execute(text(NAMES[database.dialect])).scalars())

    assert [one for one in differences if "alembic_version" not in str(one)] == []
    assert set(INDEXES) - built == set()
    database.dispose()


def test_the_key_of_a_carrier_becomes_an_encryption_key(database_url: str) -> None:
    database, public = Database(database_url), new_keys()[1]
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    with database.engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0020")
        connection.execute(
            text(
                "INSERT INTO linked_system (id, office_id, department, kinds, allow_private, scheme, secrets, disabled,"
                " carrier, carrier_key, created_at) VALUES ('fire', 'yuanping', 'fire_rescue', '[]', false, 'hmac', '[]',"
                " false, true, :key, '2024-04-26 09:00:00+00:00')"
            ),
            {"key": public},
        )
        command.upgrade(config, "head")
        [row] = linked_reading.system_rows(connection)

    [key] = row.encryption_keys
    assert key["jwk"] == public_key_from(public) and key["thumbprint"] == key["jwk"]["kid"]
    assert text_of(key["jwk"]) == public and key["until"] is None
    database.dispose()


def test_migrating_twice_changes_nothing(database_url: str) -> None:
    database = Database(database_url)

    migrate(database)
    migrate(database)

    assert database.ready()
    database.dispose()


def test_what_is_append_only_is_known_by_name() -> None:
    assert {model.__tablename__ for model in APPEND_ONLY} <= set(SQLModel.metadata.tables)
