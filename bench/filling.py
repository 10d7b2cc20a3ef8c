"""Findings for the benches, as many as are asked for: a pattern goes in row by row and the database multiplies it.

Some thousands are open whatever the size, as in a county; the rest was closed over four years. Hashes are not those of a
chain, as nothing that is measured proves it.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Date, Table, bindparam, func, select, text

from bench.pattern import findings
from engine.search.index import index_finding, index_inspection, index_party
from models import leading, records, tallying
from models.columns import Instant
from models.database import Database
from models.exchange_reading import MESSAGE
from models.incoming_reading import INCOMING
from models.search_leading import KEY
from models.searching import RECORD
from tests.reading.world import OFFICE, World

OPEN_MOST = 3_000
PATTERN = 1_000
DAYS = 1_400
"""Over so many days before the pattern its copies are spread."""
AT_A_TIME = 100
CACHE_KIB = 2_000_000
INDEXES = {
    "sqlite": text(
        "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL AND tbl_name IN :tables"
    ),
    "postgresql": text(
        "SELECT indexname, indexdef FROM pg_indexes WHERE tablename IN :tables AND NOT EXISTS "
        "(SELECT 1 FROM pg_constraint AS c WHERE c.conindid = (quote_ident(indexname))::regclass)"
    ),
}
"""Name of each index that no constraint needs, and the statement that makes it."""


@dataclass(frozen=True, slots=True)
class Copied:
    """A table whose rows are multiplied: the columns that name rows, and those that get a text of their own."""

    table: Table
    ids: tuple[str, ...]
    own: Mapping[str, str]


COPIED = (
    Copied(records.PARTY, ("id", "identity"), {}),
    Copied(records.INSPECTION, ("id", "party_id"), {}),
    Copied(
        records.FINDING,
        ("id", "inspection_id", "party_id", "ledger_no"),
        {"search_text": "{} || ' ' || copies.k"},
    ),
    Copied(records.PROCEEDING, ("id", "finding_id"), {}),
    Copied(records.DEADLINE, ("id", "inspection_id", "finding_id"), {}),
    Copied(records.ENTRY, ("record_id",), {}),
    Copied(records.PAYLOAD, ("record_id",), {}),
    Copied(MESSAGE, ("id", "finding_id", "thread"), {}),
    Copied(INCOMING, ("id", "number", "finding_id"), {}),
)
KEPT = frozenset({"next_try_at", "sorts_at"})
"""Instants that are no days of a case."""


def fill(database: Database, count: int, searched: bool = False) -> None:
    """So many findings stand in the tables, with parties, inspections, proceedings, clocks and entries of their own.

    `searched` ones are found by the search too.
    """
    chance, still = random.Random(count), min(count // 2, OPEN_MOST)
    pattern = min(PATTERN, count - still)
    world = World()
    after = findings(world, chance, still, pattern)
    apart = [(table, world.rows.pop(table.name, [])) for table in (MESSAGE, INCOMING)]
    with database.writing() as connection, connection.begin():
        if searched:
            _index(connection, world)
        world.insert(connection)
        for table, rows in apart:
            records.add(connection, table, rows)
    with database.writing() as connection, connection.begin():
        tallying.remove(connection)
        leading.remove(connection)
        indexes = _taken_away(connection)
        _figures(connection)
    _multiply(database, after, -(-(count - still) // pattern) - 1, searched)
    with database.writing() as connection, connection.begin():
        for index in indexes:
            connection.exec_driver_sql(index)
        _figures(connection)
        tallying.recount(connection)
        tallying.install(connection)
        leading.remake(connection)
        leading.install(connection)
    settle(database)


def _figures(connection: Connection) -> None:
    """PostgreSQL knows how large its tables are, without which it takes minutes to multiply and to count."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("ANALYZE")


def _taken_away(connection: Connection) -> list[str]:
    """The indexes of what is multiplied stand no more; what makes them again, which takes less than to keep them meanwhile."""
    asked = INDEXES[connection.dialect.name].bindparams(
        bindparam("tables", [*(one.table.name for one in COPIED), RECORD.name, KEY.name], expanding=True)
    )
    found = connection.execute(asked).all()
    for name, _ in found:
        connection.exec_driver_sql(f"DROP INDEX {name}")
    return [made for _, made in found]


def settle(database: Database) -> None:
    """The database knows what it holds, and numbers go on behind those that were given."""
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if database.dialect == "postgresql":
            connection.execute(text("SELECT setval('search_record_n_seq', max(n)) FROM search_record"))
            connection.execute(text("VACUUM ANALYZE"))
        else:
            connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))


def _index(connection: Connection, world: World) -> None:
    """What the world holds is found by the search."""
    parties = {row["id"]: row for row in world.rows["party"]}
    for row in parties.values():
        index_party(connection, OFFICE, row["id"], row["name"], row["detail"])
    for row in world.rows["inspection"]:
        index_inspection(connection, OFFICE, row["id"], parties[row["party_id"]]["name"], [row["task_no"]])
    for row in world.rows["finding"]:
        index_finding(connection, OFFICE, row["id"], row["search_text"])


def _multiply(database: Database, after: str, copies: int, searched: bool) -> None:
    """Each row of the pattern stands so many times more, under other names and at other times."""
    with database.read() as connection:
        block = connection.execute(select(func.coalesce(func.max(RECORD.c.n), 0))).scalar_one()
    for begun in range(1, copies + 1, AT_A_TIME):
        span = (begun, min(begun + AT_A_TIME - 1, copies))
        with database.writing() as connection, _at_ease(connection), connection.begin():
            for one in COPIED:
                connection.execute(text(_copying(one, database.dialect, span)), {"after": after})
            for statement in _searched(database.dialect, span, block) if searched else ():
                connection.execute(text(statement), {"after": after})


@contextmanager
def _at_ease(connection: Connection) -> Iterator[None]:
    """Meanwhile a file of SQLite is written as what may be made again: in a wide memory, and references are not looked up."""
    if connection.dialect.name == "postgresql":
        yield
        return
    raw: Any = connection.connection.driver_connection
    for pragma in (f"cache_size = -{CACHE_KIB}", "synchronous = OFF", "foreign_keys = OFF"):
        raw.execute(f"PRAGMA {pragma}")
    yield
    for pragma in ("synchronous = FULL", "foreign_keys = ON"):
        raw.execute(f"PRAGMA {pragma}")


def _copying(one: Copied, dialect: str, span: tuple[int, int]) -> str:
    table = one.table
    key = next(iter(table.primary_key.columns)).name
    shown = [_copied(one, column, dialect) for column in table.columns]
    names = ", ".join(f'"{column.name}"' for column in table.columns)
    taken = f"SELECT {', '.join(shown)} FROM {table.name} AS t, copies WHERE {_of_pattern('t.' + key)}"
    return _copies(dialect, span, f"INSERT INTO {table.name} ({names}) {taken}")


def _of_pattern(key: str) -> str:
    """True of what the pattern named: an id of the world without the dash that a copy adds."""
    return f"{key} > :after AND {key} LIKE '________-%' AND {key} NOT LIKE '%-%-%'"


def _copied(one: Copied, column: Any, dialect: str) -> str:
    said = f't."{column.name}"'
    if column.name in one.ids:
        return f"{said} || '-' || copies.k"
    if column.name in one.own:
        return one.own[column.name].format(said)
    if isinstance(column.type, Instant) and column.name not in KEPT:
        return (
            f"strftime('%Y-%m-%dT%H:%M:%f000+00:00', {said}, '-' || (copies.k * 3 % {DAYS}) || ' days')"
            if dialect == "sqlite"
            else f"{said} - make_interval(days => copies.k * 3 % {DAYS})"
        )
    if isinstance(column.type, Date):
        return (
            f"date({said}, '-' || (copies.k * 3 % {DAYS}) || ' days')"
            if dialect == "sqlite"
            else f"{said} - copies.k * 3 % {DAYS}"
        )
    return said


def _searched(dialect: str, span: tuple[int, int], block: int) -> Iterator[str]:
    """The search finds the copies under the keys of their pattern, and by whole lines of their own."""
    mine = _of_pattern("r.record_id")
    yield (
        _copies(dialect, span, f"INSERT INTO {RECORD.name} (n, office_id, kind, record_id, text)")
        + f" SELECT r.n + copies.k * {block}, r.office_id, r.kind, r.record_id || '-' || copies.k,"
        f" r.text || ' ' || copies.k FROM {RECORD.name} AS r, copies WHERE {mine}"
    )
    yield (
        _copies(dialect, span, f"INSERT INTO {KEY.name} (key, n)")
        + " SELECT CASE WHEN substr(y.key, 2, 1) = '=' THEN y.key || ' ' || copies.k"
        " WHEN length(y.key) = 7 AND substr(y.key, 2) BETWEEN '000000' AND '999999' THEN y.key || '0' || copies.k"
        " ELSE y.key END,"
        f" r.n + copies.k * {block} FROM {RECORD.name} AS r JOIN {KEY.name} AS y ON y.n = r.n, copies"
        f" WHERE {mine}"
    )


def _copies(dialect: str, span: tuple[int, int], statement: str) -> str:
    """The statement with the table `copies`, which has the numbers of that span."""
    first, last = span
    if dialect == "postgresql":
        counted = f"SELECT generate_series({first}, {last})"
    else:
        counted = f"SELECT {first} UNION ALL SELECT k + 1 FROM copies WHERE k < {last}"
    return f"WITH RECURSIVE copies(k) AS ({counted}) {statement}"
