"""How long the pages of the board take, beside the bare queries that they rest on, in the same run.

python -m bench.board [FINDINGS...]

The reader is asked in this process; the floors are the findings and the entries counted by state. Nothing is asserted:
figures belong to the machine, ratios can be compared.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable
from typing import Any

from sqlalchemy import Table, event, func, select
from sqlmodel import SQLModel

from bench.filling import fill
from bench.reading import RULES, lawbook, milliseconds
from engine.board_reader import BoardReader
from engine.core.commands import Principal
from engine.projections.gather import gather_sources
from models import records
from models.database import Database
from rules.offices import load_office
from rules.rulebook import load_rulebook
from tests.reading.people import OFFICER, SUPERVISOR, StandingClock

SIZES = (1_000, 20_000)


def counting(database: Database, table: Table) -> Callable[[], object]:
    """The bare count of a table by state."""

    def count() -> object:
        with database.read() as connection:
            return connection.execute(select(table.c.state, func.count()).group_by(table.c.state)).all()

    return count


def statements_of(database: Database, act: Callable[[], object]) -> int:
    """How many statements the act sends."""
    sent: list[str] = []

    def note(_: Any, __: Any, statement: str, *more: Any) -> None:
        sent.append(statement)

    event.listen(database.engine, "before_cursor_execute", note)
    act()
    event.remove(database.engine, "before_cursor_execute", note)
    return len(sent)


def pages(board: BoardReader, who: Principal) -> dict[str, Callable[[], object]]:
    """What each page of the board reads."""
    return {
        "overview": lambda: board.overview(who, {}),
        "pace": lambda: board.pace(who, {}),
        "load": lambda: board.loads(who, {}),
        "map": lambda: board.places(who, {}),
    }


def main(sizes: tuple[int, ...]) -> None:
    """For each size and person a table of times, statements and ratios is printed."""
    sources = gather_sources(
        lawbook(), load_office(RULES / "offices" / "yuanping.yaml"), load_rulebook().facts
    )
    for size in sizes:
        with tempfile.TemporaryDirectory() as folder:
            database = Database(f"sqlite:///{folder}/bench.db")
            SQLModel.metadata.create_all(database.engine)
            fill(database, size)
            floors = {
                "findings": milliseconds(counting(database, records.FINDING)),
                "entries": milliseconds(counting(database, records.ENTRY)),
            }
            told = ", ".join(f"counting the {name} {spent:.2f} ms" for name, spent in floors.items())
            print(f"{size} findings; {told}")
            for name, who in (("office", SUPERVISOR), ("department", OFFICER)):
                for page, read in pages(BoardReader(database, sources, StandingClock()), who).items():
                    spent, sent = milliseconds(read), statements_of(database, read)
                    print(
                        f"  {name:10} {page:9} {spent:9.1f} ms {sent:3} statements "
                        f"{spent / floors['findings']:8.1f} × counting the findings "
                        f"{spent / floors['entries']:8.1f} × counting the entries"
                    )
            database.dispose()


if __name__ == "__main__":
    main(tuple(int(size) for size in sys.argv[1:]) or SIZES)
