"""The database: one URL, SQLite or PostgreSQL, opened safely or not at all."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.pool import QueuePool

from models import at_rest
from models.at_rest import NoSeals, Seals
from models.second_wall import HOUSE, OPTION, Behalf, in_force, stand_up

SAFE_SQLITE = (3, 51, 3)
SAFE_BRANCHES = ((3, 50, 7), (3, 44, 6))
FIRST_WAL = (3, 7, 0)
STATEMENTS_KEPT = 1_000
"""Compiled statements per connection. The driver keeps 128 and drops the seldom used, so that those of a migration
fill its store and every statement of the day is compiled anew each time: those of a step took four times as long."""
NETWORK_FILE_SYSTEMS = frozenset(
    {"nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "fuse.sshfs", "afs", "glusterfs"}
)


class DatabaseUnsafe(RuntimeError):
    """The database cannot be trusted with a ledger; the sentence says why and what to do."""


class Database:
    """One database; readers have their own connections, writing belongs to the writer."""

    seals: Seals = NoSeals()
    """What opens the referrals of this database; it is named before anything is read of them."""

    def __init__(self, url: str, *, pool_size: int = 20) -> None:
        self.url = normalised(url)
        self.dialect = "sqlite" if self.url.startswith("sqlite") else "postgresql"
        self.engine: Engine = self._sqlite() if self.dialect == "sqlite" else self._postgresql(pool_size)
        # A reading transaction of SQLite sees one state by itself; PostgreSQL is asked for it.
        stable = {} if self.dialect == "sqlite" else {"isolation_level": "REPEATABLE READ"}
        self._readers = self.engine.execution_options(**stable)

    @contextmanager
    def read(self, behalf: Behalf = HOUSE) -> Iterator[Connection]:
        """A connection for reading; what it sees does not change while it is open, and it is rolled back.

        Whoever reads for a person says so, and PostgreSQL shows no more than that person may see.
        """
        with self._readers.connect().execution_options(**self._said(behalf)) as connection:
            yield connection
            connection.rollback()

    def writing(self) -> Connection:
        """A connection of the house itself, which SQLite locks for writing from its beginning on."""
        return self.engine.connect().execution_options(begin="IMMEDIATE", **self._said(HOUSE))

    def _said(self, behalf: Behalf) -> dict[str, Any]:
        return {OPTION: behalf, at_rest.OPTION: self.seals}

    def ready(self) -> bool:
        """True when the database answers."""
        with self.read() as connection:
            return connection.execute(text("select 1")).scalar() == 1

    def walled(self) -> bool | None:
        """Whether the database itself holds this program to what each person may see; None on SQLite, which cannot."""
        with self.read() as connection:
            return in_force(connection)

    def dispose(self) -> None:
        """All connections are closed."""
        self.engine.dispose()

    def _sqlite(self) -> Engine:
        from pysqlite3 import dbapi2

        check_sqlite_version(dbapi2.sqlite_version_info)
        path = self.url.removeprefix("sqlite:///")
        check_file_system(Path(path))
        engine = create_engine(
            self.url,
            module=dbapi2,
            poolclass=QueuePool,
            pool_size=20,
            max_overflow=40,
            json_serializer=lambda value: orjson.dumps(value).decode(),
            json_deserializer=orjson.loads,
            connect_args={
                "check_same_thread": False,
                "timeout": 30,
                "isolation_level": None,
                "cached_statements": STATEMENTS_KEPT,
            },
        )
        event.listen(engine, "connect", _pragmas)
        event.listen(engine, "begin", _begin)
        return engine

    def _postgresql(self, pool_size: int) -> Engine:
        engine = create_engine(
            self.url,
            pool_size=pool_size,
            max_overflow=40,
            pool_pre_ping=True,
            isolation_level="READ COMMITTED",
            json_serializer=lambda value: orjson.dumps(value).decode(),
            json_deserializer=orjson.loads,
        )
        stand_up(engine)
        return engine


def normalised(url: str) -> str:
    """The URL with the driver the house uses."""
    for plain in ("postgresql://", "postgres://"):
        if url.startswith(plain):
            return "postgresql+psycopg://" + url.removeprefix(plain)
    return url


def check_sqlite_version(version: tuple[int, ...]) -> None:
    """Raises DatabaseUnsafe for builds whose write-ahead log can lose a page at a checkpoint."""
    fixed = version >= SAFE_SQLITE or any(
        version[:2] == branch[:2] and version >= branch for branch in SAFE_BRANCHES
    )
    if version >= FIRST_WAL and not fixed:
        spoken = ".".join(map(str, version))
        raise DatabaseUnsafe(
            f"SQLite {spoken} can corrupt the file at a checkpoint; it is fixed in 3.51.3, 3.50.7 and 3.44.6. "
            "Run ./dev, which installs a safe build."
        )


def check_file_system(path: Path, mounts: Path = Path("/proc/mounts")) -> None:
    """Raises DatabaseUnsafe when the file would lie on a network file system, where locks are not kept."""
    if not mounts.exists():
        return
    folder = path.resolve().parent
    best = ("", "")
    for line in mounts.read_text().splitlines():
        _, point, kind, *_ = line.split()
        if str(folder).startswith(point) and len(point) > len(best[0]):
            best = (point, kind)
    if best[1] in NETWORK_FILE_SYSTEMS:
        raise DatabaseUnsafe(
            f"The data folder lies on a network file system ({best[1]}), where SQLite cannot lock. "
            "Choose a local disk with --data, or use PostgreSQL."
        )


def _pragmas(connection: Any, _: Any) -> None:
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=30000"):
        cursor.execute(f"PRAGMA {pragma}")
    if cursor.execute("PRAGMA synchronous").fetchone()[0] < 2:
        raise DatabaseUnsafe("SQLite runs with synchronous below FULL: an acknowledged step could be lost.")
    cursor.close()


def _begin(connection: Connection) -> None:
    """Reading transactions are deferred; the writer asks for BEGIN IMMEDIATE by an execution option."""
    mode = connection.get_execution_options().get("begin", "DEFERRED")
    connection.exec_driver_sql(f"BEGIN {mode}")
