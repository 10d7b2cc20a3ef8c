"""The writer answers after the COMMIT and not before; a transaction that died took nothing with it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import Connection, event, text
from sqlalchemy.exc import DBAPIError

from engine.auditing import verify
from engine.core.refusals import Refusal
from engine.writer import Writer
from models.database import Database
from tests.builders import Town
from tests.desk.load import added_facts, inspected

DEFERRED = (
    "CREATE TABLE pledge (id integer PRIMARY KEY)",
    "CREATE TABLE promise (id integer REFERENCES pledge (id) DEFERRABLE INITIALLY DEFERRED)",
)
PAGES_LEFT = 12
BREAK_A_PROMISE = text("INSERT INTO promise (id) VALUES (7)")


@contextmanager
def held(writer: Writer) -> Iterator[None]:
    """What is submitted meanwhile waits, and then goes together."""
    going, go = threading.Event(), threading.Event()

    def hold(_: Connection) -> None:
        going.set()
        go.wait()

    holder = threading.Thread(target=writer.submit, args=(hold,))
    holder.start()
    going.wait()
    try:
        yield
    finally:
        go.set()
        holder.join()


def started(act: Callable[[], Any]) -> Future[Any]:
    """The promise of what the act returns or raises in a thread of its own."""
    promise: Future[Any] = Future()

    def run() -> None:
        try:
            promise.set_result(act())
        except BaseException as fault:
            promise.set_exception(fault)

    threading.Thread(target=run).start()
    return promise


def waiting(writer: Writer, count: int) -> None:
    """Returns when so many acts are in the queue."""
    while len(writer._queue) < count:
        threading.Event().wait(0.001)


def entries(town: Town, finding: str) -> int:
    """How many entries the finding has."""
    with town.house.database.read() as connection:
        statement = text("SELECT count(*) FROM entry WHERE record_id = :id")
        return int(connection.execute(statement, {"id": finding}).scalar_one())


def with_promises(town: Town) -> None:
    """The database has a rule that is asked at COMMIT alone."""
    with town.house.database.engine.begin() as connection:
        for statement in DEFERRED:
            connection.execute(text(statement))


def test_what_waits_goes_in_one_commit(sqlite_town: Town) -> None:
    findings, writer = [sqlite_town.finding() for _ in range(20)], sqlite_town.house.writer
    commits = writer.commits

    with held(writer):
        promises = [started(lambda id=id: sqlite_town.handle("W01", added_facts(id))) for id in findings]
        waiting(writer, 20)
    for promise in promises:
        promise.result()

    assert writer.commits - commits == 2, "one of the holder, one of the twenty"


def test_a_refusal_among_others_takes_none_with_it(sqlite_town: Town) -> None:
    findings, writer = [sqlite_town.finding() for _ in range(6)], sqlite_town.house.writer

    with held(writer):
        promises = [
            started(lambda id=id, n=n: sqlite_town.handle("W01", added_facts(id, 9 if n % 2 else None)))
            for n, id in enumerate(findings)
        ]
        waiting(writer, 6)
    codes = [type(promise.exception()).__name__ for promise in promises]

    assert codes == ["NoneType", "Refusal"] * 3
    assert [entries(sqlite_town, id) for id in findings] == [2, 1] * 3


def test_a_failing_commit_is_told_to_its_cause_alone(town: Town) -> None:
    with_promises(town)
    findings, writer = [town.finding() for _ in range(8)], town.house.writer

    def break_a_promise() -> None:
        writer.submit(lambda connection: connection.execute(BREAK_A_PROMISE))

    if town.house.database.dialect == "sqlite":
        with held(writer):
            promises = [started(lambda id=id: town.handle("W01", added_facts(id))) for id in findings]
            broken = started(break_a_promise)
            waiting(writer, 9)
    else:
        promises = [started(lambda id=id: town.handle("W01", added_facts(id))) for id in findings]
        broken = started(break_a_promise)

    with pytest.raises(DBAPIError):
        broken.result()
    assert {promise.result().decision["sequence_to"] for promise in promises} == {2}
    assert [entries(town, id) for id in findings] == [2] * 8
    assert verify(town.house.database).faults == []


def test_a_command_whose_commit_fails_left_nothing_and_can_be_sent_again(town: Town) -> None:
    with_promises(town)
    finding, desk = town.finding(), town.house.desk
    desk.after_step = lambda connection, *_: connection.execute(BREAK_A_PROMISE)

    with pytest.raises(DBAPIError):
        town.handle("W01", added_facts(finding), "k")
    assert entries(town, finding) == 1
    desk.after_step = None

    assert town.handle("W01", added_facts(finding), "k").decision["replayed"] is False
    assert verify(town.house.database).faults == []


@contextmanager
def full_disk(database: Database) -> Iterator[None]:
    """The file may not grow any more."""

    with database.read() as reading:
        room = reading.execute(text("PRAGMA page_count")).scalar_one() + PAGES_LEFT

    def limit(connection: Any, _: Any) -> None:
        connection.execute(f"PRAGMA max_page_count = {room}")

    event.listen(database.engine, "connect", limit)
    database.engine.dispose()
    try:
        yield
    finally:
        event.remove(database.engine, "connect", limit)
        database.engine.dispose()


def test_a_full_disk_is_told_and_loses_nothing_that_was_acknowledged(sqlite_town: Town) -> None:
    town, writer = sqlite_town, sqlite_town.house.writer
    told: dict[str, str] = {}

    def send(key: str) -> str:
        try:
            told[key] = town.handle("W01", inspected(town, 2), key).id
        except Refusal as refusal:
            return refusal.code
        return "done"

    with full_disk(town.house.database):
        with held(writer):
            promises = [started(lambda n=n: send(f"full-{n}")) for n in range(30)]
            waiting(writer, 30)
        answers = [promise.result(timeout=60) for promise in promises]

    assert set(answers) == {"done", "read_only"}, "some found room, the others were told"
    with town.house.database.read() as connection:
        bound = {
            row[0]
            for row in connection.execute(text('SELECT "key" FROM command_key WHERE "key" LIKE \'full-%\''))
        }
    assert bound == set(told)
    assert [len(town.findings_of(id)) for id in told.values()] == [2] * len(told)
    assert verify(town.house.database).faults == []


def test_when_there_is_room_again_the_house_goes_on(sqlite_town: Town) -> None:
    town = sqlite_town
    with full_disk(town.house.database):
        codes = [_code(town, f"full-{number}") for number in range(12)]
    assert codes[-1] == "read_only"

    assert _code(town, "full-11") == "done"
    assert verify(town.house.database).faults == []


def _code(town: Town, key: str) -> str:
    try:
        town.handle("W01", inspected(town, 3), key)
    except Refusal as refusal:
        return refusal.code
    return "done"


def test_the_database_drops_the_whole_transaction_on_a_full_disk(sqlite_town: Town) -> None:
    """The ground for running each act again alone: a savepoint does not survive a full disk."""
    town = sqlite_town
    with full_disk(town.house.database), town.house.database.engine.connect() as connection:
        connection.begin()
        connection.execute(text("CREATE TABLE ballast (bytes blob)"))
        connection.exec_driver_sql("SAVEPOINT act")
        with pytest.raises(DBAPIError, match="full"):
            connection.execute(text("INSERT INTO ballast VALUES (zeroblob(1000000))"))
        raw: Any = connection.connection.dbapi_connection
        assert not raw.in_transaction


def test_an_error_of_the_program_is_told_to_its_cause_alone(town: Town) -> None:
    finding, writer = town.finding(), town.house.writer

    def stumble(_: Connection) -> None:
        raise KeyError("a fault of the program")

    with pytest.raises(KeyError):
        writer.submit(stumble)

    assert town.handle("W01", added_facts(finding)).decision["sequence_to"] == 2


def test_a_closed_writer_refuses(sqlite_town: Town) -> None:
    finding = sqlite_town.finding()
    sqlite_town.house.writer.close()

    with pytest.raises(Refusal) as told:
        sqlite_town.handle("W01", added_facts(finding))

    assert told.value.code == "not_ready"
