"""Whole tables as they are copied out of one database and into another of either kind."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Connection,
    Date,
    Float,
    Integer,
    LargeBinary,
    MetaData,
    Row,
    String,
    Table,
    Text,
    cast,
    func,
    insert,
    inspect,
    select,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import make_url
from sqlalchemy.types import TypeEngine
from sqlmodel import SQLModel
from sqlmodel.sql.sqltypes import AutoString

from models import tables
from models.columns import Instant
from models.database import Database
from models.exchange_reading import MESSAGE, SYSTEM
from models.records import mark_value
from models.search import DERIVED

KINDS: tuple[tuple[str, Any, Any], ...] = (
    ("instant", Instant, Instant),
    ("json", JSON, JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")),
    ("boolean", Boolean, Boolean),
    ("integer", Integer, BigInteger),
    ("float", Float, Float),
    ("date", Date, Date),
    ("bytes", LargeBinary, LargeBinary),
    ("text", (String, AutoString), String),
)
"""What a column holds, whichever database it stands in: the name, how it is known, and what it becomes."""
BECOMES = {name: becomes for name, _, becomes in KINDS}
ROWS_AT_A_TIME, LARGE_ROWS_AT_A_TIME = 500, 4
"""Rows that are held in memory at once; those with files in them may have many mebibytes each."""
VERSION_TABLE = "alembic_version"

Columns = Sequence[tuple[str, str]]


def kind_of(type: TypeEngine[Any]) -> str:
    """The name of what a column of this type holds."""
    return next(name for name, known, _ in KINDS if isinstance(type, known))


def table_forms() -> dict[str, Columns]:
    """Every table of this program with its columns, in an order in which they can be filled; none that is made from others."""
    assert tables.__all__, "the models are known"
    return {
        str(table.name): tuple((str(column.name), kind_of(column.type)) for column in table.columns)
        for table in SQLModel.metadata.sorted_tables
        if table.name not in DERIVED
    }


def key_of(name: str) -> tuple[str, ...]:
    """The columns of the table's key."""
    return tuple(str(column.name) for column in SQLModel.metadata.tables[name].primary_key.columns)


def table_of(name: str, columns: Columns) -> Table:
    """A table of these columns, as statements need it."""
    return Table(name, MetaData(), *(Column(column, BECOMES[kind]) for column, kind in columns))


def rows(
    connection: Connection, name: str, columns: Columns, key: Sequence[str]
) -> Iterator[Sequence[Sequence[Any]]]:
    """Every row of the table in the order of its key, which is the same on both databases; few at a time.

    JSON comes as its text: a column that holds `null` is not one that holds nothing.
    """
    table = table_of(name, columns)
    kinds = dict(columns)
    bytewise = connection.dialect.name == "postgresql"
    order = [table.c[one].collate("C") if bytewise and kinds[one] == "text" else table.c[one] for one in key]
    shown = [cast(one, Text) if kinds[one.name] == "json" else one for one in table.columns]
    at_a_time = LARGE_ROWS_AT_A_TIME if "bytes" in kinds.values() else ROWS_AT_A_TIME
    found = connection.execution_options(yield_per=at_a_time).execute(select(*shown).order_by(*order))
    yield from found.partitions()


JSON_NULL = JSON.NULL
"""What stands for the document `null`, where None stands for no document."""


def fill(connection: Connection, table: Table, filled: Sequence[Mapping[str, Any]]) -> None:
    """The rows stand in the table."""
    if filled:
        connection.execute(insert(table), filled)


def standing(connection: Connection) -> dict[str, set[str]]:
    """The tables that stand in the database with the names of their columns."""
    seen = inspect(connection)
    return {
        name: {column["name"] for column in seen.get_columns(name)}
        for name in seen.get_table_names()
        if name != VERSION_TABLE and name not in DERIVED
    }


def papers(connection: Connection) -> Iterator[Row[Any]]:
    """(finding_id, digest, content) of each paper that was handed in; few at a time."""
    paper = SQLModel.metadata.tables["attachment"]
    found = select(*(paper.c[name] for name in ("finding_id", "digest", "content")))
    yield from connection.execution_options(yield_per=LARGE_ROWS_AT_A_TIME).execute(found)


def is_marked(connection: Connection, name: str) -> bool:
    """True when the database carries the mark."""
    return mark_value(connection, name) is not None


def put_to_rest(connection: Connection) -> None:
    """Nobody is signed in, no token counts, and no courier holds a message."""
    known = SQLModel.metadata.tables
    connection.execute(update(known["sign_in"]).values(ended=True))
    connection.execute(update(known["api_token"]).values(revoked=True))
    connection.execute(
        update(MESSAGE).where(MESSAGE.c.lease.is_not(None)).values(lease=None, leased_until=None)
    )


def is_called(connection: Connection) -> bool:
    """True when there is a linked system that messages are brought to."""
    found = select(SYSTEM.c.id).where(SYSTEM.c.url.is_not(None)).limit(1)
    return connection.execute(found).first() is not None


def in_schema(url: str, schema: str) -> str:
    """The URL of the same PostgreSQL database, with that schema in the place of the usual one."""
    parted = make_url(url).update_query_dict({"options": f"-csearch_path={schema}"})
    return parted.render_as_string(hide_password=False)


def make_schema(database: Database, schema: str) -> None:
    """The empty schema is there."""
    with database.engine.begin() as connection:
        connection.execute(text(f'CREATE SCHEMA "{schema}"'))


def drop_schema(database: Database, schema: str) -> None:
    """The schema is gone with all that is in it."""
    with database.engine.begin() as connection:
        connection.execute(text(f'DROP SCHEMA IF EXISTS "{schema}" CASCADE'))


def swap_schema(database: Database, new: str, kept: str) -> None:
    """In one transaction the present schema got the name `kept`, and the new one the name of the present one."""
    with database.engine.begin() as connection:
        present = connection.execute(select(func.current_schema())).scalar_one()
        connection.execute(text(f'ALTER SCHEMA "{present}" RENAME TO "{kept}"'))
        connection.execute(text(f'ALTER SCHEMA "{new}" RENAME TO "{present}"'))


def others_connected(database: Database) -> int:
    """How many other connections there are to this PostgreSQL database."""
    asked = text(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        " AND backend_type = 'client backend'"
    )
    with database.engine.connect() as connection:
        return int(connection.execute(asked).scalar_one())


def into_one_file(database: Database) -> bool:
    """The SQLite database lies in one file, its log written back; False while somebody else has it open."""
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        raw = connection.connection.cursor()
        raw.execute("PRAGMA busy_timeout=0")
        try:
            return bool(raw.execute("PRAGMA journal_mode=DELETE").fetchone()[0] == "delete")
        except Exception as fault:
            if "locked" in str(fault):
                return False
            raise
        finally:
            raw.close()
