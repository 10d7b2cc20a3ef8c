"""Where a database stands, where a new one is made beside it, and how the one takes the place of the other.

Either the old one stands or the new one, whenever the power goes; the old one is kept under another name.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from engine.core.calendar import SHANGHAI
from engine.core.refusals import Refusal
from engine.in_use import InUse
from models import keeping
from models.database import Database

SQLITE = "sqlite:///"
IN_USE = (
    "数据库正在使用：先停止服务和其他命令，再恢复。"
    " · The database is in use: stop the server and other commands first, then restore."
)


@dataclass(frozen=True, slots=True)
class FilePlace:
    """A SQLite database: a file, with the new one in the same folder."""

    file: Path
    stamp: str

    @property
    def url(self) -> str:
        """The URL of the new database."""
        return f"{SQLITE}{self._new}"

    def make(self) -> None:
        """The new file is there, readable by its owner only."""
        os.close(os.open(self._new, os.O_CREAT | os.O_EXCL, 0o600))

    def discard(self) -> None:
        """Nothing of the new database is left."""
        for ending in ("", "-wal", "-shm", "-journal"):
            with suppress(FileNotFoundError):
                os.unlink(f"{self._new}{ending}")

    def swap(self) -> str:
        """The new database stands in the place of the old one; raises `not_ready` where somebody has that one open."""
        with InUse.of(f"{SQLITE}{self.file}").alone() as free:
            if not free:
                raise Refusal("not_ready", detail=IN_USE)
            for path in (self.file, self._new):
                database = Database(f"{SQLITE}{path}")
                one_file = keeping.into_one_file(database)
                database.dispose()
                if not one_file:
                    raise Refusal("not_ready", detail=IN_USE)
            os.chmod(self._new, self.file.stat().st_mode & 0o777)
            kept = self.file.with_name(f"{self.file.name}.before-restore-{self.stamp}")
            os.link(self.file, kept)
            _on_disk(self._new)
            os.replace(self._new, self.file)
            _on_disk(self.file.parent)
        return str(kept)

    @property
    def _new(self) -> Path:
        return self.file.with_name(f"{self.file.name}.restoring-{self.stamp}")


@dataclass(frozen=True, slots=True)
class SchemaPlace:
    """A PostgreSQL database: its schema, with the new one in a schema beside it."""

    database_url: str
    stamp: str

    @property
    def url(self) -> str:
        """The URL of the new database."""
        return keeping.in_schema(self.database_url, self._new)

    def make(self) -> None:
        """The empty schema is there."""
        with _administering(self.database_url) as database:
            keeping.make_schema(database, self._new)

    def discard(self) -> None:
        """Nothing of the new schema is left."""
        with _administering(self.database_url) as database:
            keeping.drop_schema(database, self._new)

    def swap(self) -> str:
        """The new schema has the name of the old one; raises `not_ready` while anybody else is connected."""
        kept = f"before_restore_{self.stamp}"
        with _administering(self.database_url) as database:
            if keeping.others_connected(database):
                raise Refusal("not_ready", detail=IN_USE)
            keeping.swap_schema(database, self._new, kept)
        return kept

    @property
    def _new(self) -> str:
        return f"restoring_{self.stamp}"


@contextmanager
def _administering(url: str) -> Iterator[Database]:
    """The database with a connection of its own, gone afterwards."""
    database = Database(url, pool_size=1)
    try:
        yield database
    finally:
        database.dispose()


Place = FilePlace | SchemaPlace


def stands(database_url: str) -> bool:
    """False where it names a file that is not there; looking into it would make it."""
    return not database_url.startswith(SQLITE) or Path(database_url.removeprefix(SQLITE)).is_file()


def place_of(database_url: str, now: datetime) -> Place:
    """The place of the database of that URL; `now` is real time, so that no two places have one name."""
    stamp = now.astimezone(SHANGHAI).strftime("%Y%m%dt%H%M%S%f")
    if database_url.startswith(SQLITE):
        return FilePlace(Path(database_url.removeprefix(SQLITE)).absolute(), stamp)
    return SchemaPlace(database_url, stamp)


def _on_disk(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
