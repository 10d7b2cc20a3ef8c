"""My work of an officer with forty findings and of a head with 2,000: statements, and time beside counting the same rows.

python -m bench.work [FINDINGS…]
"""

from __future__ import annotations

import sys
import tempfile
from datetime import timedelta
from functools import partial
from pathlib import Path

from sqlalchemy import event, func, select
from sqlmodel import SQLModel

from bench.reading import RULES, lawbook, milliseconds
from engine.cursor import Cursors
from engine.projections.gather import gather_sources
from engine.work_reader import WorkReader
from models import records
from models.database import Database
from rules.offices import load_office
from rules.rulebook import load_rulebook
from tests.reading.people import StandingClock, person
from tests.reading.world import NOW, World

SIZES = (40, 2_000)
HEAD = person("H01", "department_head")
ASKED = {
    "overview": {"limit": ["15"]},
    "narrowed": {"limit": ["15"], "whose": ["handled"], "todo": ["finding.approve_close"]},
    "by party": {"limit": ["15"], "sort": ["party"]},
    "one group": {"group": ["green"]},
}


def fill(database: Database, count: int) -> None:
    """So many findings wait for the head, with clocks spread over fifty days, each with an open proceeding."""
    world = World()
    party = world.party()
    inspection = world.inspection(party)
    for number in range(count):
        dues = [NOW.date() + timedelta(days=number % 50 - 25)]
        finding = world.finding(inspection, party, dues=dues, handler="H01", ledger_no=f"{number:06d}")
        world.proceeding(finding, "rectification", "correcting")
    with database.engine.begin() as connection:
        world.insert(connection)


def measure(database: Database, reader: WorkReader, size: int) -> None:
    """Prints a line per question."""
    asked: list[str] = []
    event.listen(database.engine, "before_cursor_execute", lambda *given: asked.append(given[2]))

    def count() -> None:
        with database.read() as connection:
            connection.execute(select(func.count()).select_from(records.FINDING)).scalar()

    floor = milliseconds(count)
    for name, query in ASKED.items():
        asked.clear()
        reader.work(HEAD, query)
        statements = len(asked)
        took = milliseconds(partial(reader.work, HEAD, query))
        print(
            f"{size:>6} findings, {name:<10} {statements:>3} statements {took / floor:8.1f} × counting them"
        )


def main() -> None:
    """For each size the findings are made and the questions asked."""
    law = lawbook()
    sources = gather_sources(law, load_office(RULES / "offices" / "yuanping.yaml"), load_rulebook().facts)
    for size in [int(one) for one in sys.argv[1:]] or SIZES:
        with tempfile.TemporaryDirectory() as folder:
            database = Database(f"sqlite:///{Path(folder) / 'work.db'}")
            SQLModel.metadata.create_all(database.engine)
            fill(database, size)
            measure(database, WorkReader(database, sources, StandingClock(), Cursors(b"bench")), size)
            database.dispose()


if __name__ == "__main__":
    main()
