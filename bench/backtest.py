"""How many stored findings a draft is tried on in a second, beside a bare loop over the same facts, and the memory.

Run with `python -m bench.backtest [findings] [--changing N]`. The bare loop decides the facts of as many findings
under both rulebooks with the plain Python evaluator, and reads and writes nothing; it runs in the same process right
after. One finding in N (10) is one that the draft decides otherwise, so that both evaluators decide it again. Nothing
is asserted: figures belong to the machine.
"""

from __future__ import annotations

import argparse
import resource
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path

from models import backtesting
from rules.arbiter import Arbiter
from rules.rulebook import load_rulebook
from tests.builders import Town
from tests.rules import trial

FINDINGS = 100_000
CHANGING = 10
FILLED_AT_ONCE = 5_000
SAMPLE = 2_000
"""Findings whose facts the bare loop holds; it goes round over them until it has decided as many as there are."""


def fill(town: Town, count: int, changing: int) -> None:
    """So many findings stand in the tables, one in `changing` between the two bounds of the draft."""
    for start in range(0, count, FILLED_AT_ONCE):
        numbers = range(start, min(count, start + FILLED_AT_ONCE))
        intakes = [trial.unanswered(16 if number % changing == 0 else 5) for number in numbers]
        trial.put(town.house.database, intakes, first=start)


def bare_loop(town: Town, folder: Path, count: int) -> float:
    """Seconds to decide so many findings under both rulebooks when their facts are at hand."""
    live, book = trial.backtest_of(town).live, load_rulebook(folder)
    with town.house.database.read() as connection:
        stored = backtesting.batch_of_findings(connection, town.house.office.office_id, "", SAMPLE)
    facts = [live.facts_of(one.finding.inspection_intake, one.finding.intake) for one in stored]
    with closing(Arbiter(book, book.facts, book.office)) as draft:
        begun = time.perf_counter()
        for number in range(count):
            given, on = facts[number % len(facts)]
            live.arbiter.decide_alone(given, on)
            draft.decide_alone(given, on)
        return time.perf_counter() - begun


def megabytes() -> float:
    """The largest memory of this process so far; the evaluators' workers are processes of their own."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    """Prints findings per second of the back-test and of the bare loop, and the memory before and after."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("findings", nargs="?", type=int, default=FINDINGS)
    parser.add_argument("--changing", type=int, default=CHANGING, metavar="N", help="one in N changes")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bihuan-bench-") as name:
        folder = Path(name)
        town = Town.open(f"sqlite:///{folder}/bihuan.db", folder, "2024-04-26T17:00")
        fill(town, asked.findings, asked.changing)
        draft, before = trial.longer_interval(folder / "draft"), megabytes()
        begun = time.perf_counter()
        run = trial.backtest_of(town, batch=500).run(draft, progress=progress)
        spent, after = time.perf_counter() - begun, megabytes()
        changed = trial.report_of(town, run)["changed"]["findings"]
        bare = bare_loop(town, draft, asked.findings)
        town.close()
    print(f"{asked.findings} findings, of which {changed} change")
    print(f"  back-test  {spent:8.1f} s  {asked.findings / spent:8.0f} findings/s")
    print(f"  bare loop  {bare:8.1f} s  {asked.findings / bare:8.0f} findings/s")
    print(f"  the back-test takes {spent / bare:.2f} × the bare loop")
    print(f"  most memory before {before:.0f} MB, after {after:.0f} MB")


def progress(done: int, total: int) -> None:
    """How far it is, on stderr, now and then."""
    if done % 10_000 == 0:
        print(f"… {done}/{total}", file=sys.stderr)


if __name__ == "__main__":
    main()
