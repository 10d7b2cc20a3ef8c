"""A reader over an empty database, on SQLite and on PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import SQLModel

from engine.core.forms import Forms
from engine.core.lawbook import Lawbook
from engine.projections.gather import gather_sources
from engine.reader import Reader
from engine.referral_reader import ReferralReader
from engine.referral_vault import ReferralVault
from engine.referrals import Referrals
from engine.writer import Writer
from models.database import Database
from rules.calendars import load_calendar
from rules.charts import load_charts
from rules.offices import load_office
from rules.rulebook import load_rulebook
from rules.terms import load_terms
from tests.once import migrated
from tests.reading.people import StandingClock
from tests.reading.world import OFFICE, World
from tests.throwaway_postgres import ThrowawayPostgres

RULES = Path(__file__).parent.parent.parent / "rules"
SECRET = b"the secret of this database"
TEMPLATE = "reading_template"


@pytest.fixture(scope="session")
def server(postgres: ThrowawayPostgres) -> ThrowawayPostgres:
    """The PostgreSQL server of this worker, with a template that has every table and its policies."""
    migrated(postgres.create_database(TEMPLATE))
    return postgres


@pytest.fixture(scope="session")
def numbers() -> Iterator[int]:
    """Numbers for the names of databases."""
    return iter(range(10_000))


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path, numbers: Iterator[int]) -> Iterator[Database]:
    """An empty database with every table."""
    if request.param == "sqlite":
        opened = Database(f"sqlite:///{tmp_path}/reading.db")
        SQLModel.metadata.create_all(opened.engine)
        yield opened
        opened.dispose()
        return
    server: ThrowawayPostgres = request.getfixturevalue("server")
    name = f"reading_{next(numbers)}"
    opened = Database(server.create_database(name, TEMPLATE))
    yield opened
    opened.dispose()
    server.drop_database(name)


@pytest.fixture(scope="session")
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


@pytest.fixture(scope="session")
def sources(lawbook: Lawbook) -> Any:
    """What projections read apart from rows."""
    office = load_office(RULES / "offices" / "yuanping.yaml")
    return gather_sources(lawbook, office, load_rulebook().facts)


@pytest.fixture
def clock() -> StandingClock:
    """The clock of the reader."""
    return StandingClock()


@pytest.fixture
def reader(database: Database, sources: Any, clock: StandingClock, lawbook: Lawbook) -> Iterator[Reader]:
    """The reader; what is open is not its affair, so it lists no steps. Nobody has an account, so no list names any."""
    writer = Writer(database)
    nobody_writes: Any = None
    referrals = Referrals(OFFICE, lawbook, nobody_writes)
    confidential = ReferralReader(database, writer, clock, lawbook, sources, referrals, ReferralVault())
    yield Reader(database, sources, clock, lambda *_: [], SECRET, confidential)
    writer.close()


@pytest.fixture
def world() -> World:
    """An empty world."""
    return World()


@pytest.fixture
def settle(database: Database) -> Callable[[World], None]:
    """Puts a world into the database."""

    def insert(world: World) -> None:
        with database.writing() as connection, connection.begin():
            world.insert(connection)

    return insert
