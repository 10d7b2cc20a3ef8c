"""The one who writes: on SQLite one thread with a queue and group commit, on PostgreSQL a transaction each."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from engine.core.refusals import Refusal
from models.database import Database
from models.prepared import say

T = TypeVar("T")
BATCH_MAX = 64
RETRIES_MAX = 5
TRIED_AGAIN = frozenset({"40001", "40P01", "23505"})
"""Serialization failure, deadlock, and a key that another entered meanwhile: run again, the act sees it."""


@dataclass(slots=True)
class Waiting:
    """An act in the queue and the promise of its result."""

    act: Callable[[Connection], Any]
    promise: Future[Any]


class Writer:
    """Acts are carried out one after the other, each in a savepoint; nobody is answered before the COMMIT."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.commits = 0
        self.acts = 0
        self._queue: deque[Waiting] = deque()
        self._wake = threading.Condition()
        self._closing = False
        self.shut: Callable[[], Refusal] | None = None
        """While set, nothing is written but what is marked so: what it gives is raised."""
        self._thread: threading.Thread | None = None
        if database.dialect == "sqlite":
            self._thread = threading.Thread(target=self._work, name="writer", daemon=True)
            self._thread.start()

    def submit(self, act: Callable[[Connection], T], *, always: bool = False) -> T:
        """The result of the act, after it is durable; what the act raises is raised here and nothing is kept.

        `always` marks what goes on while the house is read-only: who signs in, the time, and what the record says of it.
        """
        if self.shut is not None and not always:
            raise self.shut()
        if self._thread is None:
            return self._alone(act)
        waiting = Waiting(act, Future())
        with self._wake:
            if self._closing:
                raise Refusal("not_ready", retry_after=5)
            self._queue.append(waiting)
            self._wake.notify()
        return waiting.promise.result()  # type: ignore[no-any-return]  # what the act returned

    def close(self) -> None:
        """What was queued is done; then the thread ends."""
        with self._wake:
            self._closing = True
            self._wake.notify()
        if self._thread is not None:
            self._thread.join()

    def _work(self) -> None:
        while True:
            with self._wake:
                while not self._queue and not self._closing:
                    self._wake.wait()
                if not self._queue:
                    return
                batch = [self._queue.popleft() for _ in range(min(len(self._queue), BATCH_MAX))]
            self._carry_out(batch)

    def _carry_out(self, batch: list[Waiting]) -> None:
        """One COMMIT for the batch; when the transaction died, each act runs again alone."""
        try:
            results = self._together(batch)
        except Exception as fault:
            if len(batch) == 1:
                batch[0].promise.set_exception(_told(fault))
                return
            for waiting in batch:
                self._carry_out([waiting])
            return
        for waiting, (result, raised) in zip(batch, results, strict=True):
            if raised is None:
                waiting.promise.set_result(result)
            else:
                waiting.promise.set_exception(raised)

    def _together(self, batch: list[Waiting]) -> list[tuple[Any, BaseException | None]]:
        results: list[tuple[Any, BaseException | None]] = []
        with self._database.writing() as connection:
            transaction = connection.begin()
            try:
                for waiting in batch:
                    results.append(self._in_savepoint(connection, waiting.act))
                if any(fault is None for _, fault in results):
                    transaction.commit()
                    self.commits += 1
                else:
                    transaction.rollback()
            except BaseException:
                transaction.rollback()
                raise
        self.acts += len(batch)
        return results

    def _in_savepoint(
        self, connection: Connection, act: Callable[[Connection], Any]
    ) -> tuple[Any, BaseException | None]:
        say(connection, "SAVEPOINT act")
        try:
            result = act(connection)
        except Exception as fault:
            if isinstance(fault, DBAPIError) and not _alive(connection):
                raise
            say(connection, "ROLLBACK TO act")
            say(connection, "RELEASE act")
            return None, fault
        say(connection, "RELEASE act")
        return result, None

    def _alone(self, act: Callable[[Connection], T]) -> T:
        """One transaction on PostgreSQL; what another transaction stood in the way of is tried again."""
        for attempt in range(RETRIES_MAX):
            try:
                with self._database.writing() as connection, connection.begin():
                    result = act(connection)
                self.commits += 1
                self.acts += 1
                return result
            except DBAPIError as fault:
                state = getattr(fault.orig, "sqlstate", None)
                if state not in TRIED_AGAIN or attempt == RETRIES_MAX - 1:
                    raise _told(fault) from fault
        raise AssertionError("unreachable: the last attempt returns or raises")


def _alive(connection: Connection) -> bool:
    """True while SQLite still holds the transaction; on a full disk it drops it inside a savepoint."""
    raw = connection.connection.dbapi_connection
    return bool(raw is not None and raw.in_transaction)


def _told(fault: Exception) -> Exception:
    """A full or read-only disk is told as read_only; everything else stays what it is."""
    words = str(fault).lower()
    if isinstance(fault, DBAPIError) and any(
        sign in words for sign in ("disk is full", "readonly", "disk i/o error", "read-only", "no space left")
    ):
        return Refusal("read_only", retry_after=30)
    return fault
