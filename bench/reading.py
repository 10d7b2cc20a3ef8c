"""How long lists, ledger and work take at 1,000 and at 100,000 findings, beside counting the same rows.

Run with `python -m bench.reading [findings…]`. The floor is `select count(*)` over the findings in the same run;
what is printed are times and their ratio to that floor. Nothing is asserted: figures belong to the machine.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

from sqlalchemy import func, select
from sqlmodel import SQLModel

from bench.filling import fill
from engine.core.commands import Principal
from engine.core.forms import Forms
from engine.core.lawbook import Lawbook
from engine.projections.asked import Query
from engine.projections.gather import gather_sources
from engine.reader import Reader
from engine.referral_reader import ReferralReader
from engine.referral_vault import ReferralVault
from engine.referrals import Referrals
from engine.writer import Writer
from models import records
from models.database import Database
from rules.calendars import load_calendar
from rules.charts import load_charts
from rules.offices import load_office
from rules.rulebook import load_rulebook
from rules.terms import load_terms
from tests.reading.people import OFFICER, SUPERVISOR, StandingClock, person

RULES = Path(__file__).parent.parent / "rules"
SIZES = (1_000, 100_000)
REPEATS = 7


def lawbook() -> Lawbook:
    """The law, without an office's own figures."""
    charts = load_charts()
    return Lawbook(
        charts=charts,
        forms=Forms(charts.dictionary),
        terms=load_terms(RULES),
        calendar=load_calendar(RULES),
        late_entry_days=5,
        severe_after=10,
        department_code=lambda name: name,
    )


def milliseconds(act: Callable[[], object]) -> float:
    """The median time of the act over a few runs, after one to warm up."""
    act()
    times = []
    for _ in range(REPEATS):
        begun = time.perf_counter()
        act()
        times.append((time.perf_counter() - begun) * 1000)
    return median(times)


def questions(reader: Reader) -> dict[str, Callable[[], object]]:
    """What is asked, by name."""
    small = person("F01", "inspector", department="fire_rescue")
    asked: dict[str, tuple[Principal, Query]] = {
        "first page, office": (SUPERVISOR, {}),
        "first page, department": (OFFICER, {}),
        "first page, small department": (small, {}),
        "seventh page, office": (SUPERVISOR, {"cursor": [page_seven(reader, SUPERVISOR)]}),
        "seventh page, department": (OFFICER, {"cursor": [page_seven(reader, OFFICER)]}),
        "green ones": (SUPERVISOR, {"light": ["green"]}),
        "closed ones": (SUPERVISOR, {"state": ["closed"]}),
        "registered ones, department": (OFFICER, {"state": ["registered"]}),
        "with a transfer": (SUPERVISOR, {"route": ["transfer"]}),
        "with a transfer, department": (OFFICER, {"route": ["transfer"]}),
        "search, one match": (SUPERVISOR, {"q": ["〔2026〕000777"]}),
        "by officer": (SUPERVISOR, {"officer": ["W07"]}),
    }
    pages = {name: partial(reader.findings, who, query) for name, (who, query) in asked.items()}
    return {
        **pages,
        "deadlines": partial(reader.deadlines, OFFICER, {}),
        "inspections, department": partial(reader.inspections, OFFICER, {}),
        "ledger, office": partial(reader.ledger, SUPERVISOR, {}),
        "ledger, department": partial(reader.ledger, OFFICER, {}),
        "ledger, a month": partial(reader.ledger, SUPERVISOR, {"from": ["2026-10-23"]}),
        "work": partial(reader.work, OFFICER, {}),
    }


def measured(database: Database, reader: Reader) -> dict[str, float]:
    """Milliseconds per question; `floor` is the bare count of the findings."""

    def count() -> None:
        with database.read() as connection:
            connection.execute(select(func.count()).select_from(records.FINDING)).scalar()

    def unscoped() -> None:
        with database.read() as connection:
            connection.execute(
                select(records.FINDING.c.id)
                .order_by(records.FINDING.c.yellow_at, records.FINDING.c.id)
                .limit(50)
            ).all()

    acts = {"floor": count, "fifty ids, without rights": unscoped, **questions(reader)}
    return {name: milliseconds(act) for name, act in acts.items()}


def page_seven(reader: Reader, who: Principal) -> str:
    """The cursor to the seventh page of the person's list."""
    cursor: list[str] = []
    for _ in range(6):
        page = reader.findings(who, {"cursor": cursor, "limit": ["20"]})
        cursor = [page["next"]]
    return cursor[0]


@contextmanager
def reader_over(database: Database) -> Iterator[Reader]:
    """A reader that lists no steps, over a database that nothing is written to."""
    law = lawbook()
    sources = gather_sources(law, load_office(RULES / "offices" / "yuanping.yaml"), load_rulebook().facts)
    writer, clock = Writer(database), StandingClock()
    nobody_writes: Any = None
    referrals = Referrals(sources.office_id, law, nobody_writes)
    confidential = ReferralReader(database, writer, clock, law, sources, referrals, ReferralVault())
    yield Reader(database, sources, clock, lambda *_: [], b"bench", confidential)
    writer.close()


def main(sizes: tuple[int, ...]) -> None:
    """For each size a table of times and ratios is printed."""
    for size in sizes:
        with tempfile.TemporaryDirectory() as folder:
            database = Database(f"sqlite:///{folder}/bench.db")
            SQLModel.metadata.create_all(database.engine)
            fill(database, size)
            with reader_over(database) as reader:
                times = measured(database, reader)
            database.dispose()
        print(f"{size} findings")
        for name, spent in times.items():
            print(f"  {name:32} {spent:9.2f} ms {spent / times['floor']:9.1f} × counting them")


if __name__ == "__main__":
    main(tuple(int(size) for size in sys.argv[1:]) or SIZES)
