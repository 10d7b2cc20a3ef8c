"""How long it takes to count every deadline anew when a notice is loaded, beside the bare query and the bare rows.

Run with `python -m bench.calendar [FINDINGS]`. Each finding has a penalty case whose clocks cross the year of the notice.
The bare query reads the live deadlines by the plain driver; the bare rows are as many entries, payloads and changed
deadlines and findings by the plain driver, in as many durable commits. Nothing is asserted: figures belong to the
machine, ratios can be compared.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from pysqlite3 import dbapi2

from engine.administration import Administration
from engine.core.commands import Step
from engine.outcomes import new_id
from engine.recounting import AT_ONCE
from rules.calendar_notice import Notice, notice_of
from tests.builders import Town
from tests.engine.test_penalty_papers import OPENING, VERIFYING

FINDINGS = 100_000
TODAY = "2026-12-21"
COPIED_AT_ONCE = 5_000
LIVE = "office_id = ? AND state IN ('running', 'suspended') AND severe_at >= '2026-12-20'"


def notice() -> Notice:
    """Days off in January that move what is due in it; of no real notice."""
    days = [
        {"zh": "元旦", "en": "New Year's Day", "from": "2027-01-01", "to": "2027-01-03"},
        {"zh": "假", "en": "made up", "from": "2027-01-11", "to": "2027-01-13"},
    ]
    said = {"year": 2027, "source": "基准测试用的安排", "document_no": None, "mark": "R-l", "holidays": days}
    return notice_of({**said, "working_weekends": ["2027-01-09"]})


def fill(town: Town, count: int) -> None:
    """So many findings of as many parties, their cases being verified; all but the first are copies of it."""
    finding = town.finding()
    steps = (
        Step("open_penalty", None, {**OPENING, "clue_on": TODAY}),
        Step("start_verification", "@0", {**VERIFYING, "clue_on": TODAY}),
    )
    town.steps("C02", finding, *steps)
    driver = plain(town)
    known = {
        table: rows(driver, table, column, finding)
        for table, column in (("finding", "id"), ("proceeding", "finding_id"), ("deadline", "finding_id"))
    }
    known["party"] = rows(driver, "party", "id", known["finding"][0]["party_id"])
    identity = known["party"][0]["identity"]
    for start in range(1, count, COPIED_AT_ONCE):
        driver.execute("BEGIN IMMEDIATE")
        for _ in range(start, min(count, start + COPIED_AT_ONCE)):
            names = {one["id"]: new_id() for found in known.values() for one in found}
            names[identity] = new_id()
            for table, found in known.items():
                for one in found:
                    values = [
                        names.get(value, value) if isinstance(value, str) else value for value in one.values()
                    ]
                    driver.execute(f"INSERT INTO {table} VALUES ({', '.join('?' * len(values))})", values)
        driver.execute("COMMIT")
    driver.close()


def rows(driver: Any, table: str, column: str, value: str) -> list[dict[str, Any]]:
    """The rows of the table with that value, by column."""
    found = driver.execute(f"SELECT * FROM {table} WHERE {column} = ?", (value,))
    names = [one[0] for one in found.description]
    return [dict(zip(names, row, strict=True)) for row in found]


def plain(town: Town) -> Any:
    """The plain driver on the town's database, as durable as the house."""
    driver = dbapi2.connect(town.house.database.url.removeprefix("sqlite:///"), isolation_level=None)
    driver.execute("PRAGMA journal_mode=WAL")
    driver.execute("PRAGMA synchronous=FULL")
    return driver


def seconds(act: Callable[[], object]) -> float:
    """How long the act takes."""
    begun = time.perf_counter()
    act()
    return time.perf_counter() - begun


def bare_query(town: Town) -> float:
    """Seconds to read every live deadline by the plain driver."""
    driver = plain(town)
    spent = seconds(
        lambda: driver.execute(
            f"SELECT * FROM deadline WHERE {LIVE}", (town.house.office.office_id,)
        ).fetchall()
    )
    driver.close()
    return spent


def bare_rows(town: Town, changed: Sequence[tuple[str, list[str]]]) -> float:
    """Seconds to write as many rows by the plain driver: an entry and its payload for each finding, and its deadlines."""
    driver = plain(town)
    added = {}
    for table in ("entry", "payload"):
        driver.execute(f"CREATE TABLE bench_{table} AS SELECT * FROM {table} WHERE 0")
        row = driver.execute(f"SELECT * FROM {table} LIMIT 1").fetchone()
        added[f"INSERT INTO bench_{table} VALUES ({', '.join('?' * len(row))})"] = row

    def write() -> None:
        for start in range(0, len(changed), AT_ONCE):
            driver.execute("BEGIN IMMEDIATE")
            for finding, deadlines in changed[start : start + AT_ONCE]:
                for statement, row in added.items():
                    driver.execute(statement, row)
                for id in deadlines:
                    driver.execute("UPDATE deadline SET spec = spec, history = history WHERE id = ?", (id,))
                driver.execute("UPDATE finding SET sequence = sequence, head = head WHERE id = ?", (finding,))
            driver.execute("COMMIT")

    spent = seconds(write)
    driver.close()
    return spent


def changed_deadlines(town: Town) -> list[tuple[str, list[str]]]:
    """The findings with those of their deadlines that were counted anew."""
    driver = plain(town)
    found: dict[str, list[str]] = {}
    asked = "SELECT finding_id, id FROM deadline WHERE history LIKE '%recomputed%' AND finding_id IS NOT NULL"
    for finding, id in driver.execute(asked):
        found.setdefault(finding, []).append(id)
    driver.close()
    return list(found.items())


def main() -> None:
    """Prints the time of the load with its ratios to both floors, and of a second look that changes nothing."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else FINDINGS
    with tempfile.TemporaryDirectory(prefix="bihuan-bench-") as name:
        folder = Path(name)
        town = Town.open(f"sqlite:///{folder}/bihuan.db", folder, f"{TODAY}T09:00")
        town.house.ring()
        fill(town, count)
        detail = {"file": dict(notice().data), "by": "bench"}
        would = seconds(lambda: town.house.recounting.would_change(notice()))
        Administration(town.house).ask("calendar.load", detail, command="bench")
        query, commits = bare_query(town), town.house.writer.commits
        begun = time.perf_counter()
        told = town.house.recounting.run(progress=progress)
        spent, commits = time.perf_counter() - begun, town.house.writer.commits - commits
        query = min(query, bare_query(town))
        rows_alone = bare_rows(town, changed_deadlines(town))
        town.close()
    print(
        f"{told.records} records counted anew, {told.moved} deadlines moved, {told.final} final, {commits} commits"
    )
    print(f"  bare query            {query:8.2f} s")
    print(f"  bare rows             {rows_alone:8.2f} s, as many commits")
    print(f"  what it would move    {would:8.2f} s {would / query:7.1f} × the bare query")
    print(f"  counting anew         {spent:8.2f} s {spent / query:7.1f} × the bare query")
    print(f"                                   {spent / (query + rows_alone):7.1f} × the bare query and rows")


def progress(done: int) -> None:
    """How far it is, on stderr, now and then."""
    if done % 10_000 == 0:
        print(f"… {done}", file=sys.stderr)


if __name__ == "__main__":
    main()
