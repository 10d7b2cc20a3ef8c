"""Steps per second through the desk, beside raw durable commits and the rate of `decide` alone, in one run.

python -m bench.steps [STEPS]
"""

from __future__ import annotations

import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from pysqlite3 import dbapi2

from engine.core.commands import Step
from engine.core.decide import decide
from engine.core.scope import Scope
from engine.outcomes import new_id
from engine.snapshots import load_finding
from models.records import table_of
from models.tables import CommandKey, Deadline, Document, Entry, Payload
from tests.builders import Town

STEPS = 400
CLIENTS = (1, 16, 64)
REGISTER = {"ledger_no": "原台〔2024〕0001", "department": "market_regulation", "handler": "W01"}
WRITTEN = (Document, Entry, Payload, Deadline, CommandKey)
"""The tables that one `register` adds a row to; it also changes the finding and settles a deadline."""


def rate(count: int, act: Callable[[], object]) -> float:
    """How many a second, `act` doing all of them."""
    started = time.perf_counter()
    act()
    return count / (time.perf_counter() - started)


def bare(town: Town, findings: Sequence[str], *, whole: bool) -> float:
    """Durable commits of the bare driver: with all rows of a step, or with one number each."""
    path = town.house.database.url.removeprefix("sqlite:///")
    copy = dbapi2.connect(path, isolation_level=None)
    copy.execute("PRAGMA journal_mode=WAL")
    copy.execute("PRAGMA synchronous=FULL")
    inserts = [
        (f"INSERT INTO bench_{model.__tablename__} VALUES ({_marks(model)})", _row(copy, model))
        for model in WRITTEN
    ]
    for model in WRITTEN:
        name = model.__tablename__
        copy.execute(f"CREATE TABLE IF NOT EXISTS bench_{name} AS SELECT * FROM {name} WHERE 0")
    copy.execute("CREATE TABLE IF NOT EXISTS bench_number (n INTEGER)")
    settled = _row(copy, Deadline)

    def write() -> None:
        for finding in findings:
            copy.execute("BEGIN IMMEDIATE")
            if whole:
                for statement, row in inserts:
                    copy.execute(statement, row)
                copy.execute("UPDATE deadline SET told_stage = 1 - told_stage WHERE id = ?", (settled[0],))
                copy.execute(
                    "UPDATE finding SET record = record, version = version + 1 WHERE id = ?", (finding,)
                )
            else:
                copy.execute("INSERT INTO bench_number VALUES (1)")
            copy.execute("COMMIT")

    measured = rate(len(findings), write)
    copy.close()
    return measured


def _marks(model: type) -> str:
    return ", ".join("?" for _ in table_of(model).columns)  # type: ignore[arg-type]  # every model is a table


def _row(connection: dbapi2.Connection, model: type) -> tuple[object, ...]:
    columns = ", ".join(f'"{column.name}"' for column in table_of(model).columns)  # type: ignore[arg-type]  # as above
    table = table_of(model).name  # type: ignore[arg-type]  # as above
    row = connection.execute(f"SELECT {columns} FROM {table} LIMIT 1").fetchone()
    return tuple(row)


def deciding(town: Town, findings: Sequence[str]) -> float:
    """`decide` alone, on snapshots that were read before."""
    house, now = town.house, town.house.clock.now()
    with house.database.read() as connection:
        files = [load_finding(connection, house.office, one) for one in findings]
    people = {login: {"name": login, "certificate_no": login, "login": login} for login in ("W01", "W02")}
    scope = Scope(house.law, town.who("W01"), now, people.get, new_id)

    def run() -> None:
        for file in files:
            assert file is not None
            decide(scope, file.snapshot, (Step("register", None, REGISTER),))

    return rate(len(files), run)


def through_the_desk(town: Town, findings: Sequence[str], clients: int) -> tuple[float, float]:
    """Steps a second with so many threads, and commits per step."""
    shares = [findings[n::clients] for n in range(clients)]

    def one(share: Sequence[str]) -> None:
        for finding in share:
            town.step("W01", finding, "register", **REGISTER)

    before = town.house.writer.commits

    def run() -> None:
        threads = [threading.Thread(target=one, args=(share,)) for share in shares]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    measured = rate(len(findings), run)
    return measured, (town.house.writer.commits - before) / len(findings)


def main() -> None:
    """Prints every figure with its ratio to the floor of the same run."""
    steps = int(sys.argv[1]) if len(sys.argv) > 1 else STEPS
    with tempfile.TemporaryDirectory() as folder:
        town = Town.open(f"sqlite:///{folder}/bench.db", Path(folder), "2024-04-26T17:00")
        fresh = [[town.finding() for _ in range(steps)] for _ in CLIENTS]
        decided = deciding(town, fresh[0])
        desk = [
            through_the_desk(town, findings, clients)
            for findings, clients in zip(fresh, CLIENTS, strict=True)
        ]
        empty, rows = bare(town, fresh[0], whole=False), bare(town, fresh[0], whole=True)
        town.close()
    floor = 1 / (1 / decided + 1 / rows)
    print(f"raw durable commits          {empty:9.0f} /s")
    print(f"the rows of a step, bare     {rows:9.0f} /s")
    print(f"decide alone                 {decided:9.0f} /s")
    print(f"floor: decide + bare rows    {floor:9.0f} /s")
    for clients, (measured, commits) in zip(CLIENTS, desk, strict=True):
        print(
            f"desk, {clients:2} client(s)           {measured:9.0f} /s   {floor / measured:5.2f} × the floor's time"
            f"   {commits:.2f} commits per step"
        )


if __name__ == "__main__":
    main()
