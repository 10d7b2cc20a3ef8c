"""Rows per second of an import, beside reading the file alone and beside sending it a second time.

python -m bench.importing [FILE [MAPPING]]     (without: the committed sample, mapping sf)
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

from engine.importing import Report, import_file
from engine.intake import read_export
from rules.intake_lists import intake_vocabularies
from rules.mapping import load_mapping
from tests.builders import Town

SAMPLE = Path(__file__).parent.parent / "tests" / "data" / "sf" / "violations.csv"
AT = "2026-11-23T09:00"


def timed(town: Town, file: Path, mapping: str, *, dry_run: bool = False) -> tuple[Report, float]:
    """The report of an import, and its seconds."""
    begun = time.perf_counter()
    report = import_file(town.house, file, mapping, dry_run=dry_run)
    return report, time.perf_counter() - begun


def main() -> None:
    """Prints the rates, and what the import reported."""
    file = Path(sys.argv[1]) if len(sys.argv) > 1 else SAMPLE
    name = sys.argv[2] if len(sys.argv) > 2 else "sf"
    with tempfile.TemporaryDirectory(prefix="bihuan-bench-") as folder:
        town = Town.open(f"sqlite:///{folder}/bihuan.db", Path(folder), AT)
        mapping = load_mapping(name, intake_vocabularies(town.house.facts, town.house.office))
        begun = time.perf_counter()
        for _ in read_export(file, mapping):
            pass
        reading = time.perf_counter() - begun
        commits = town.house.writer.commits
        report, first = timed(town, file, name)
        commits = town.house.writer.commits - commits
        again, second = timed(town, file, name)
        town.close()
    print(f"reading and checking   {report.read / reading:8.0f} rows/s")
    print(
        f"the import             {report.read / first:8.0f} rows/s   {first / reading:6.2f} × reading"
        f"   {commits / max(1, report.accepted):.3f} commits per row"
    )
    print(
        f"sent a second time     {again.read / second:8.0f} rows/s   {second / first:6.2f} × the first time"
    )
    print(f"first: {report.answer()}")
    print(f"again: {again.answer()}")


if __name__ == "__main__":
    main()
