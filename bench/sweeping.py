"""A sweep among many open deadlines, beside the same sweep among few and the bare query of what is due, in one run.

python -m bench.sweeping [DEADLINES]
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import Connection, text

from models import due
from tests.builders import Town

DEADLINES = 1_000_000
DUE = 100
BATCH = 20_000
MADE_UP = {"id": "'filler' || value", "finding_id": "'finding' || value"}
TURNS = ("yellow_at", "red_at", "overdue_at", "severe_at")
LATER = "'2034' || substr(deadline.{name}, 5)"
"""Ten years later than the deadline that is copied."""
BARE = text(
    "SELECT * FROM deadline WHERE office_id = 'yuanping' AND state = 'running' AND told_stage = 0 "
    "AND overdue_at <= :now ORDER BY overdue_at LIMIT 500"
)


def seconds(act: Callable[[], object]) -> float:
    """How long the act takes."""
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


def columns(connection: Connection) -> list[str]:
    """The columns of a deadline, as the database has them."""
    return [row[1] for row in connection.execute(text("PRAGMA table_info(deadline)"))]


def fill(town: Town, count: int) -> None:
    """So many open deadlines more stand in the database, each of a finding of its own, none of them due yet."""

    def write(connection: Connection) -> None:
        named = columns(connection)
        copied = ", ".join(
            MADE_UP.get(name) or (LATER.format(name=name) if name in TURNS else f"deadline.{name}")
            for name in named
        )
        one = connection.execute(text("SELECT * FROM deadline WHERE state = 'running' LIMIT 1")).scalar_one()
        statement = text(
            f"INSERT INTO deadline ({', '.join(named)}) SELECT {copied} FROM deadline, json_each(:numbers) "
            "WHERE deadline.id = :one"
        )
        for first in range(0, count, BATCH):
            numbers = str(list(range(first, min(count, first + BATCH))))
            connection.execute(statement, {"numbers": numbers, "one": one})

    town.house.writer.submit(write)


def measured(count: int) -> tuple[float, float, float]:
    """Among so many open deadlines: seconds of a sweep of DUE findings' ends, of finding what is due, and bare."""
    with tempfile.TemporaryDirectory(prefix="bihuan-sweeping-") as folder:
        town = Town.open(f"sqlite:///{folder}/bihuan.db", Path(folder), "2024-04-26T09:00")
        findings = [town.finding() for _ in range(DUE)]
        fill(town, count)
        town.at("2024-05-20T09:00")
        now, office = town.house.clock.now(), town.house.office.office_id
        with town.house.database.read() as connection:
            bare = min(seconds(lambda: connection.execute(BARE, {"now": now}).all()) for _ in range(20))
            found = min(seconds(lambda: due.due_deadlines(connection, office, now, 500)) for _ in range(20))
        sweep = seconds(lambda: town.house.sweep.run(limit=10 * DUE))
        assert all(any(one.told_stage for one in town.deadlines(finding)) for finding in findings)
        town.close()
    return sweep, found, bare


def main() -> None:
    """Times and ratios are printed."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else DEADLINES
    few, many = measured(0), measured(count)
    print(
        f"sweep of {DUE} findings' ends: {few[0]:.2f} s; among {count:,}: {many[0]:.2f} s; ratio {many[0] / few[0]:.2f}"
    )
    print(
        f"finding {DUE} that are due: {few[1] * 1e3:.1f} ms; among {count:,}: {many[1] * 1e3:.1f} ms; "
        f"ratio {many[1] / few[1]:.2f}; to the bare query there {many[1] / many[2]:.1f}"
    )


if __name__ == "__main__":
    main()
