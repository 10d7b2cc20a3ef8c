"""How long a search takes at 1,000 and at 20,000 findings, beside the bare query of the index; on either database.

Run with `python -m bench.searching [--postgres] [findings…]`. The floor is one page of one key, newest first, without
rights, texts or lines. Times are of the processor on SQLite, which runs in this process, and of the clock on PostgreSQL.
What is printed are the 95th percentile of each way to search over many words, its ratio to the floor, and what the search
adds to a finding: rows, bytes and the time to fill it. Nothing is asserted: figures belong to the machine.
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
from sqlmodel import SQLModel

from bench.reading import RULES, lawbook
from engine.core.commands import Principal
from engine.cursor import Cursors
from engine.projections.gather import gather_sources
from engine.search.filling import fill_search
from engine.search.reader import SearchReader
from engine.writer import Writer
from models.database import Database
from models.searching import KEY, RECORD
from rules.offices import load_office
from rules.rulebook import load_rulebook
from tests.reading.people import OFFICER, SUPERVISOR, StandingClock, person
from tests.reading.world import OFFICE, World
from tests.throwaway_postgres import start_server

SIZES = (1_000, 20_000)
BATCH = 5_000
ASKED = 60
PLACES = (
    "前进西街",
    "府前街",
    "永康北街",
    "京原北路",
    "轩岗镇",
    "崞阳镇",
    "和平街",
    "育才街",
    "平安大街",
    "站前路",
)
FIRST, SECOND = (
    "中源安泰晋阳宏盛鑫旺永昌瑞丰恒信德润嘉禾明远",
    "食品餐饮机械建材商贸超市药房酒店物流印务电器汽修",
)
FACTS = (
    "凉菜间紫外线灯损坏，操作人员未更换专用工作服",
    "三具灭火器压力不足，应急照明灯损坏",
    "压力容器安全阀校验到期未申报",
    "散装食品标签缺少生产日期",
    "疏散通道堆放货物，宽度不足",
    "计量器具未经检定仍在使用",
)
DEPARTMENTS = ("market_regulation",) * 6 + ("fire_rescue", "ecology")


def name_of(chance: random.Random) -> str:
    """The name of a business that does not exist."""
    first = "".join(chance.sample(FIRST, 2))
    at = chance.randrange(0, len(SECOND), 2)
    return f"原平市{chance.choice(PLACES)}{first}{SECOND[at : at + 2]}有限公司"


def fill(database: Database, count: int) -> None:
    """So many findings of a fourth as many parties, each with a number, a code and facts of its own."""
    chance, world = random.Random(count), World()
    for number in range(count):
        if number % 4 == 0:
            code, name = f"91140981MA{chance.randrange(36**6):08d}", name_of(chance)
            party = world.party(name=name, identifiers=[{"scheme": "uscc", "value": code}])
            inspection = world.inspection(party, task_no=f"YP2026-{number:06d}")
        said = f"{chance.choice(FACTS)}，共{chance.randint(2, 90)}处，位于{chance.choice(PLACES)}{number}号。"
        world.finding(
            inspection,
            party,
            department=chance.choice(DEPARTMENTS),
            ledger_no=f"原台〔2026〕{number:06d}",
            search_text=f"原台〔2026〕{number:06d}\n{name}\n{code}\n原市监移〔2026〕{number}号\n{said}".casefold(),
            record={"facts": {"facts_summary": said}, "registers": {}},
        )
        if number % BATCH == BATCH - 1 or number == count - 1:
            with database.engine.begin() as connection:
                world.insert(connection)
    if database.dialect == "postgresql":
        with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("ANALYZE"))


def ways(size: int) -> dict[str, list[str]]:
    """Many words for each way to search."""
    chance = random.Random(size)
    numbers = [chance.randrange(size) for _ in range(ASKED)]
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


def added(database: Database, size: int, seconds: float) -> None:
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
        f"finding; filled at {size / seconds:,.0f} findings a second"
    )


def main(arguments: Sequence[str]) -> None:
    """For each size a table of times and ratios is printed."""
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
            database = Database(url)
            SQLModel.metadata.create_all(database.engine)
            fill(database, size)
            writer = Writer(database)
            clock = clock_of(database)
            begun = clock()
            fill_search(database, writer, OFFICE)
            added(database, size, clock() - begun)
            measured(database, SearchReader(database, sources, StandingClock(), Cursors(b"bench")), size)
            writer.close()
            database.dispose()


if __name__ == "__main__":
    main(sys.argv[1:])
