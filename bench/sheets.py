"""The ledger as a sheet at 10,000 and at 100,000 findings: time beside a bare workbook of the same cells, and peak memory.

python -m bench.sheets [FOLDER] [FINDINGS...]     (FOLDER: where bench.pages keeps its houses; they are measured as they are)

Each sheet is written, and each is taken in again untouched, by a process of its own, whose memory is told: how much more it
held at its peak than after a sheet of one small department. Taken in again, nothing may change.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import xlsxwriter

from bench.filling import fill
from engine.building import open_house
from engine.house import House
from engine.settings import Settings
from engine.sheets.ledger import WHOLE, ledger_rows, write_ledger
from engine.sheets.taking import take_sheet
from tests.builders import Town
from tests.reading.world import NOW

SIZES = (10_000, 100_000)
FORMS = ("xlsx", "csv", "json")


def bare(path: Path, lines: list[list[object]], rows: int) -> float:
    """Seconds of processor for a workbook of so many rows with nothing but these cells, over and over."""
    begun = time.process_time()
    with xlsxwriter.Workbook(path, {"constant_memory": True, "strings_to_urls": False}) as book:
        page, look = book.add_worksheet(), book.add_format({"border": 1})
        for row in range(rows):
            for place, cell in enumerate(lines[row % len(lines)]):
                page.write(row, place, cell, look)
    return time.process_time() - begun


def peak_mib() -> float:
    """The most memory that this process has held."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def opened(folder: Path) -> House:
    """The house of that folder, at the time of its clock."""
    url = f"sqlite:///{folder}/bihuan.db"
    return open_house(Settings(data_dir=folder, database_url=url, test_clock=folder / "clock"))


def written(folder: Path, form: str) -> dict[str, Any]:
    """A sheet of all findings: rows, seconds of processor, MiB above those of a small sheet, and beside a bare workbook."""
    house = opened(folder)
    with tempfile.TemporaryDirectory(dir=folder) as name:
        out = Path(name)
        write_ledger(house, WHOLE, {"department": ["transport"]}, out / f"small.{form}")
        warm, begun = peak_mib(), time.process_time()
        done = write_ledger(house, WHOLE, {}, out / f"all.{form}")
        seconds, peak = time.process_time() - begun, peak_mib()
        told = {"rows": done["rows"], "seconds": seconds, "mib": peak - warm, "begun_at_mib": warm}
        if form == "xlsx":
            with ledger_rows(house, WHOLE, {}) as rows:
                cells: list[list[object]] = [
                    ["" if cell is None else str(cell) for cell in line.cells]
                    for line, _ in zip(rows.lines, range(500), strict=False)
                ]
            told["ratio"] = seconds / bare(out / "bare.xlsx", cells, done["rows"])
    house.close()
    return told


def taken(folder: Path, _: str) -> dict[str, Any]:
    """The untouched sheet of all findings taken in again: rows, how many changed anything, seconds of processor, MiB."""
    house = opened(folder)
    with tempfile.TemporaryDirectory(dir=folder) as name:
        path = Path(name) / "sheet.xlsx"
        write_ledger(house, WHOLE, {}, path)
        warm, begun = peak_mib(), time.process_time()
        done = take_sheet(house, WHOLE, path, lambda *_: None, dry_run=False)
        seconds = time.process_time() - begun
    house.close()
    changed = done["read"] - done["unchanged"]
    return {"rows": done["read"], "changed": changed, "seconds": seconds, "mib": peak_mib() - warm}


MEASURES: dict[str, Callable[[Path, str], dict[str, Any]]] = {"written": written, "taken": taken}


def apart(folder: Path, measure: str, form: str) -> dict[str, Any]:
    """What a process of its own measured."""
    asked = [sys.executable, "-m", "bench.sheets", "--one", str(folder), measure, form]
    told = subprocess.run(asked, capture_output=True, text=True, check=True).stdout
    return dict(json.loads(told.splitlines()[-1]))


def prepared(folder: Path, size: int) -> None:
    """A house with so many findings stands in the folder, unless one was kept there."""
    if (folder / "bihuan.db").exists():
        return
    folder.mkdir(parents=True, exist_ok=True)
    town = Town.open(f"sqlite:///{folder}/bihuan.db", folder, NOW.strftime("%Y-%m-%dT%H:%M"))
    fill(town.house.database, size)
    town.close()


def main(arguments: list[str]) -> None:
    """For each size and form a line; then the sheet taken in again."""
    if arguments[:1] == ["--one"]:
        folder, measure, form = arguments[1:]
        print(json.dumps(MEASURES[measure](Path(folder), form)))
        return
    sizes = [int(one) for one in arguments if one.isdecimal()] or SIZES
    with tempfile.TemporaryDirectory(prefix="bihuan-bench-") as name:
        kept = next((Path(one) for one in arguments if not one.isdecimal()), Path(name))
        for size in sizes:
            prepared(kept / str(size), size)
            for measure, form in (*(("written", form) for form in FORMS), ("taken", "xlsx")):
                told = apart(kept / str(size), measure, form)
                print(f"{size:>8} {measure:8} {form:5}", {key: round(one, 1) for key, one in told.items()})


if __name__ == "__main__":
    main(sys.argv[1:])
