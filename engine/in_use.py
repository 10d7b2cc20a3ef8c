"""Who has the database of a data folder open: programs that work with it, or one alone that is about to replace it.

PostgreSQL knows its own connections; the file of SQLite has a lock file beside it.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from engine.core.refusals import Refusal

SQLITE = "sqlite:///"
BEING_REPLACED = "数据库正在恢复，请稍后再试。 · The database is being restored; try again later."


@dataclass(slots=True)
class InUse:
    """The lock of one database; None for a database that keeps its own count."""

    path: Path | None
    _handle: int | None = None

    @classmethod
    def of(cls, database_url: str) -> InUse:
        """The lock that belongs to the database of that URL."""
        if not database_url.startswith(SQLITE):
            return cls(None)
        return cls(Path(database_url.removeprefix(SQLITE) + ".lock"))

    @contextmanager
    def shared(self) -> Iterator[InUse]:
        """The database is not replaced while the block runs; raises `not_ready` while it is being replaced."""
        with self._opened() as handle:
            if handle is not None and not _locked(handle, fcntl.LOCK_SH):
                raise Refusal("not_ready", detail=BEING_REPLACED, retry_after=5)
            yield self

    @contextmanager
    def alone(self) -> Iterator[bool]:
        """True when nobody else has the database open while the block runs."""
        with self._opened() as handle:
            yield handle is None or _locked(handle, fcntl.LOCK_EX)

    def is_alone(self) -> bool:
        """True when, of those that have it open, this program is the only one at this moment."""
        if self._handle is None:
            return True
        alone = _locked(self._handle, fcntl.LOCK_EX)
        _locked(self._handle, fcntl.LOCK_SH)
        return alone

    @contextmanager
    def _opened(self) -> Iterator[int | None]:
        """The lock file; None where there is none to be had, as in a folder that nobody writes."""
        if self.path is None:
            yield None
            return
        with suppress(OSError):
            self._handle = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            yield self._handle
        finally:
            if self._handle is not None:
                os.close(self._handle)
                self._handle = None


def _locked(handle: int, how: int) -> bool:
    try:
        fcntl.flock(handle, how | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
