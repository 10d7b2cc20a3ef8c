"""Where the time of a step goes, in processor time of the thread that writes.

python -m bench.where [STEPS]
"""

from __future__ import annotations

import cProfile
import pstats
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from bench.steps import REGISTER, STEPS
from engine.core.commands import Command, Step, StepCommand
from models.prepared import say
from tests.builders import Town

PARTS = {
    "reading: the key that may be bound": ("records.py", "bound_key"),
    "reading: the case file": ("snapshots.py", "load_finding"),
    "deciding": ("decide.py", "decide"),
    "  of it reading the account that a fact names": ("desk.py", "_person"),
    "writing: papers": ("papers.py", "issue"),
    "writing: entries and state": ("scribe.py", "keep"),
    "parked receipts": ("inbox.py", "retry_parked"),
    "in all: statements, with their values": ("prepared.py", "_executed"),
    "  of it the driver and the database": (
        "~",
        "<method 'execute' of 'pysqlite3.dbapi2.Connection' objects>",
    ),
    "in all: statements that go through SQLAlchemy": ("base.py", "_execute_context"),
}
"""What is told, by file and function; papers lie within entries and state."""


def carry_out(town: Town, findings: Sequence[str]) -> None:
    """Every finding is registered, in one transaction on this thread, as the writer does it."""

    def act(connection: Connection, finding: str) -> Any:
        steps = (Step("register", None, REGISTER),)
        command = Command(
            town.who("W01"), f"where-{finding}", "digest", StepCommand("finding", finding, steps)
        )
        return town.house.desk.handle_within(connection, command)

    with town.house.database.writing() as connection:
        transaction = connection.begin()
        for finding in findings:
            say(connection, "SAVEPOINT act")
            act(connection, finding)
            say(connection, "RELEASE act")
        transaction.commit()


def shares(profile: cProfile.Profile) -> dict[str, float]:
    """The share of each part in the whole, as the profile saw it."""
    stats: Any = pstats.Stats(profile)
    whole = stats.total_tt
    told = dict.fromkeys(PARTS, 0.0)
    for (file, _, function), (_, _, _, cumulative, _) in stats.stats.items():
        for name, (wanted, called) in PARTS.items():
            if function == called and file.rpartition("/")[2] == wanted:
                told[name] = max(told[name], cumulative / whole)
    return told


def main() -> None:
    """Prints the processor time of a step, and the share of each part."""
    steps = int(sys.argv[1]) if len(sys.argv) > 1 else STEPS
    with tempfile.TemporaryDirectory(prefix="bihuan-bench-") as folder:
        town = Town.open(f"sqlite:///{folder}/bihuan.db", Path(folder), "2024-04-26T17:00")
        warm, timed, profiled = ([town.finding() for _ in range(steps)] for _ in range(3))
        carry_out(town, warm)
        begun = time.thread_time()
        carry_out(town, timed)
        each = (time.thread_time() - begun) / steps
        profile = cProfile.Profile()
        profile.runcall(carry_out, town, profiled)
        town.close()
    print(f"a step takes {each * 1000:.2f} ms of processor time")
    for name, share in shares(profile).items():
        print(f"{share * 100:5.1f} %  {name}")


if __name__ == "__main__":
    main()
