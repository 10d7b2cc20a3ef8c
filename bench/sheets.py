"""A sheet of the ledger beside a bare workbook of as many cells, and the memory that it takes.

python -m bench.sheets FOLDER [ROWS]     (FOLDER: data of a house, such as the demonstration's; it is copied, never written)
"""

from __future__ import annotations

import resource
import shutil
import sys
import tempfile
import time
from pathlib import Path

import xlsxwriter
from pysqlite3 import dbapi2

from engine.house import House, open_house
from engine.settings import Settings
from engine.sheets.ledger import WHOLE, ledger_rows, write_ledger

KEYS = {
    "inspection": ("id", "reference"),
    "finding": ("id", "inspection_id", "reference", "ledger_no"),
    "proceeding": ("id", "finding_id"),
    "deadline": ("id", "inspection_id", "finding_id", "proceeding_id"),
    "entry": ("record_id", "proceeding_id"),
    "payload": ("record_id",),
}
"""What makes a copied row another one, table by table."""


def multiplied(path: Path, rows: int) -> None:
    """The database holds at least so many findings, each a copy of one that was there."""
    with dbapi2.connect(str(path)) as database:
        known = database.execute("select count(*) from finding").fetchone()[0]
        columns = {
            table: [row[1] for row in database.execute(f"pragma table_info({table})")] for table in KEYS
        }
        for table in KEYS:
            database.execute(f"create temp table first_{table} as select * from {table}")
        for copy in range(1, -(-rows // known)):
            for table, keys in KEYS.items():
                taken = [f"{one} || '-{copy}'" if one in keys else f'"{one}"' for one in columns[table]]
                database.execute(f"insert into {table} select {', '.join(taken)} from first_{table}")


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


def measure(house: House, folder: Path) -> None:
    """The ratio of the two, and by how much the peak of memory rose from a tenth of the rows to all."""
    write_ledger(house, WHOLE, {"department": ["fire_rescue"]}, folder / "warm.xlsx")
    warm = peak_mib()
    begun = time.process_time()
    done = write_ledger(house, WHOLE, {}, folder / "all.xlsx")
    seconds, peak = time.process_time() - begun, peak_mib()
    with ledger_rows(house, WHOLE, {}) as rows:
        lines = [
            ["" if cell is None else str(cell) for cell in line.cells]
            for line, _ in zip(rows.lines, range(500), strict=False)
        ]
    alone = bare(folder / "bare.xlsx", lines, done["rows"])
    size = (folder / "all.xlsx").stat().st_size / 1e6
    print(f"rows {done['rows']}  sheet {seconds:.1f} s  bare {alone:.1f} s  ratio {seconds / alone:.1f}")
    print(f"file {size:.1f} MB  memory before {warm:.0f} MiB, peak {peak:.0f} MiB")


def main() -> None:
    """The figures of one run."""
    source, rows = Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 10_000
    with tempfile.TemporaryDirectory(dir=source.parent) as name:
        folder = Path(name)
        shutil.copytree(source, folder / "data")
        multiplied(folder / "data" / "bihuan.db", rows)
        house = open_house(Settings.from_environment(data_dir=folder / "data"))
        try:
            measure(house, folder)
        finally:
            house.close()


if __name__ == "__main__":
    main()
