"""What proving costs: chain, stated rows and sequencer per command, and the looks per entry, in bare durable commits.

python -m bench.sequencing [STEPS]
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

from pysqlite3 import dbapi2

from engine.chaining import Deed, chain_entry
from engine.standing import read_back
from engine.witness.looking import look
from engine.witness.verifying import verify_all
from tests.builders import Town

STEPS = 300
REGISTER = {"ledger_no": "原台〔2024〕0001", "department": "market_regulation", "handler": "W01"}


def seconds(act: Callable[[], object]) -> float:
    """How long the act took."""
    started = time.perf_counter()
    act()
    return time.perf_counter() - started


def bare(folder: Path, count: int) -> None:
    """So many durable commits of one number each."""
    connection = dbapi2.connect(str(folder / "bare.db"), isolation_level=None)
    for pragma in ("journal_mode=WAL", "synchronous=FULL"):
        connection.execute(f"PRAGMA {pragma}")
    connection.execute("CREATE TABLE number (n INTEGER)")
    for number in range(count):
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("INSERT INTO number VALUES (?)", (number,))
        connection.execute("COMMIT")
    connection.close()


def chain(count: int) -> None:
    """So many entries chained, without a database."""
    now, head = datetime.fromisoformat("2024-04-26T17:00:00+08:00"), ""
    for number in range(count):
        deed = Deed("r", number + 1, 1, "finding", "register", None, "s", "W01", "inspector", now, now, False)
        entry, _ = chain_entry("yuanping", head, deed, {"facts": REGISTER})
        head = entry["hash"]


def stand(town: Town, findings: Sequence[str]) -> None:
    """How the rows of each finding stand, as a command states it: before it, and read back after it."""
    salt = town.house.desk.scribe.salt
    with town.house.database.read() as connection:
        for one in findings:
            stood = read_back(connection, "finding", one)
            assert stood is not None
            stood.stated(salt)
            stood.stated(salt)


def main() -> None:
    """Prints each cost in the time of a bare commit of the same run."""
    steps = int(sys.argv[1]) if len(sys.argv) > 1 else STEPS
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        town = Town.open(f"sqlite:///{folder}/bench.db", folder, "2024-04-26T17:00")
        findings = [town.finding() for _ in range(steps)]
        witness = town.house.witness
        witness.sequencer.run()
        commit = seconds(lambda: bare(folder, steps)) / steps
        command = seconds(lambda: [town.step("W01", one, "register", **REGISTER) for one in findings]) / steps
        chained = seconds(lambda: chain(steps)) / steps
        stood = seconds(lambda: stand(town, findings)) / steps
        sequenced = seconds(lambda: witness.sequencer.run()) / steps
        signed = seconds(witness.checkpoint)
        with town.house.database.read() as connection:
            quick = seconds(lambda: look(connection, (), dated=False)) / (3 * steps)
        whole = seconds(lambda: verify_all(witness, None)) / (3 * steps)
        town.close()
    print(f"a bare durable commit          {commit * 1e6:9.1f} µs")
    for words, taken in (
        ("a command with its chain", command),
        ("the chain of a command", chained),
        ("what stands, per command", stood),
        ("the sequencer, per command", sequenced),
        ("a checkpoint with its look", signed),
        ("quick look, per entry", quick),
        ("whole look, per entry", whole),
    ):
        print(f"{words:<30} {taken * 1e6:9.1f} µs   {taken / commit:8.3f} × a bare commit")


if __name__ == "__main__":
    main()
