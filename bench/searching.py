"""How long a search takes at 1,000, 100,000 and 1,000,000 findings, beside the bare query of the index; on either database.

Run with `python -m bench.searching [--postgres] [--keep FOLDER] [findings…]`; FOLDER is where bench.pages keeps its houses.
The floor is one page of one key, newest first, without rights, texts or lines. Times are of the processor on SQLite, which
runs in this process, and of the clock on PostgreSQL. What is printed are the 95th percentile of each way to search over many
words, its ratio to the floor, and what the search adds to a finding: rows and bytes. Nothing is asserted: figures belong to
the machine.
"""

from __future__ import annotations

import random
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path

from sqlalchemy import func, select, text

from bench.filling import fill
from bench.pattern import FIRST, name_of
from bench.reading import RULES, lawbook
from engine.core.commands import Principal
from engine.cursor import Cursors
from engine.projections.gather import gather_sources
from engine.search.reader import SearchReader
from models.database import Database
from models.migrate import migrate
from models.search_leading import KEY
from models.searching import RECORD
from rules.offices import load_office
from rules.rulebook import load_rulebook
from tests.reading.people import OFFICER, SUPERVISOR, StandingClock, person
from tests.throwaway_postgres import start_server

SIZES = (1_000, 100_000, 1_000_000)
ASKED = 60


def ways(size: int) -> dict[str, list[str]]:
    """Many words for each way to search."""
    chance = random.Random(size)
    numbers = [chance.randrange(min(size, 1_000)) for _ in range(ASKED)]
    return {
        "ledger number": [f"原台[2026]{number:06d}" for number in numbers],
        "document number": [f"原市监移（2026）{number}号" for number in numbers],
        "name": [name_of(chance)[3:-4] for _ in numbers],
        "piece of a name": ["".join(chance.sample(FIRST, 2)) for _ in numbers],
        "initials": ["yp" + "".join(chance.choices("yfjxghz", k=2)) for _ in numbers],
        "beginning of a code": [f"91140981ma{chance.randrange(10)}" for _ in numbers],
        "word of many": [chance.choice(("有限公司", "灭火器", "损坏", "原平市")) for _ in numbers],
        "two words of many": [f"{chance.choice(FIRST)}{chance.choice(FIRST)} 灭火器" for _ in numbers],
        "words that never meet": ["灭火器 紫外线", "标签 计量", "压力容器 散装"] * (ASKED // 3),
        "nothing": [f"没有{number}这样的词" for number in numbers],
    }


def percentile(act: Callable[[str], object], words: Sequence[str], clock: Callable[[], float]) -> float:
    """Milliseconds that 95 of 100 of these acts stay below, after one to warm up."""
    act(words[0])
    times = []
    for word in words:
        begun = clock()
        act(word)
        times.append((clock() - begun) * 1000)
    return sorted(times)[int(len(times) * 0.95)]


def clock_of(database: Database) -> Callable[[], float]:
    """What is measured by."""
    return time.process_time if database.dialect == "sqlite" else time.perf_counter


def measured(database: Database, reader: SearchReader, size: int) -> None:
    """Prints a line for each way and each kind of reader."""

    def bare(pair: str) -> None:
        with database.read() as connection:
            asked = select(KEY.c.n).where(KEY.c.key == "f" + pair).order_by(KEY.c.n.desc()).limit(20)
            connection.execute(asked).all()

    clock = clock_of(database)
    floor = percentile(bare, ["灭火", "损坏", "原平", "移2"] * (ASKED // 4), clock)
    print(f"  {'one page of one key':24} {floor:9.2f} ms")
    small = person("F01", "inspector", department="fire_rescue")
    readers: dict[str, Principal] = {"office": SUPERVISOR, "department": OFFICER, "small department": small}
    for way, words in ways(size).items():
        told = []
        for who in readers.values():
            spent = percentile(lambda q, who=who: reader.search(who, {"q": [q]}), words, clock)  # type: ignore[misc]  # bound
            told.append(f"{spent:8.2f} ms {spent / floor:6.1f} ×")
        print(f"  {way:24} {'   '.join(told)}")


def added(database: Database, size: int) -> None:
    """Prints what the search holds for each finding."""
    with database.read() as connection:
        keys = connection.execute(select(func.count()).select_from(KEY)).scalar_one()
        rows = connection.execute(select(func.count()).select_from(RECORD)).scalar_one()
        if database.dialect == "sqlite":
            sizes = "SELECT sum(pgsize) FROM dbstat WHERE name LIKE 'search_%'"
        else:
            sizes = "SELECT pg_total_relation_size('search_key') + pg_total_relation_size('search_record')"
        try:
            held = f"{int(connection.execute(text(sizes)).scalar_one()) / size:,.0f} bytes"
        except Exception:  # a SQLite without dbstat cannot tell
            held = "bytes unknown"
    print(
        f"{size:,} findings on {database.dialect}: {rows / size:.1f} records, {keys / size:.0f} keys, {held} for each "
        "finding",
        flush=True,
    )


def main(arguments: Sequence[str]) -> None:
    """For each size a table of times and ratios is printed."""
    kept = Path(arguments[arguments.index("--keep") + 1]) if "--keep" in arguments else None
    sizes = [int(one) for one in arguments if one.isdecimal()] or SIZES
    sources = gather_sources(
        lawbook(), load_office(RULES / "offices" / "yuanping.yaml"), load_rulebook().facts
    )
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        server = stack.enter_context(start_server(durable=False)) if "--postgres" in arguments else None
        for size in sizes:
            name = f"searching_{size}"
            url = server.create_database(name) if server else f"sqlite:///{Path(folder) / name}.db"
            database = Database(url if kept is None else f"sqlite:///{kept / str(size)}/bihuan.db")
            if kept is None:
                migrate(database)
                fill(database, size, searched=True)
            added(database, size)
            measured(database, SearchReader(database, sources, StandingClock(), Cursors(b"bench")), size)
            database.dispose()


if __name__ == "__main__":
    main(sys.argv[1:])
