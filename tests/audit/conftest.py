"""A house with a finding, a criminal referral and a refused attempt, signed; and old copies of it."""

from __future__ import annotations

import itertools
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from engine.building import open_house
from engine.settings import Settings
from tests.audit.keys import Handed, rotated
from tests.audit.recorded import record
from tests.builders import Town
from tests.once import Copies


@pytest.fixture(scope="module")
def witnessed(tables: Copies, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """For tests that leave the record as it is."""
    folder = tmp_path_factory.mktemp("witnessed")
    town = Town.open(tables.sqlite(folder / "bihuan.db"), folder, "2024-04-26T17:00")
    record(town)
    town.house.witness.checkpoint()
    yield town
    town.close()


@pytest.fixture(scope="module")
def handed(tables: Copies, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Handed]:
    """A log that two keys have handed over, for tests that leave it as it is."""
    folder = tmp_path_factory.mktemp("handed")
    town = Town.open(tables.sqlite(folder / "bihuan.db"), folder, "2024-04-26T17:00")
    finding, _ = record(town)
    since = town.house.witness.checkpoint()
    former = town.house.settings.log_key_file.read_text()
    town.at("2024-04-26T18:00")
    told = [rotated(town)]
    town.at("2024-04-26T19:00")
    record(town, 2)
    told.append(rotated(town, "E01", "A01"))
    record(town, 3)
    newest = town.house.witness.checkpoint()
    yield Handed(town, finding, since, former, told, newest)
    town.close()


@dataclass(slots=True)
class Restored:
    """A town that was signed twice, and opens again over the copy made after the first time."""

    town: Town
    old: Path
    open: Callable[[], Town]


@pytest.fixture
def restored(sqlite_town: Town, tmp_path: Path) -> Iterator[Restored]:
    """The database was copied between two checkpoints."""
    town, file = sqlite_town, Path(sqlite_town.house.database.url.removeprefix("sqlite:///"))
    town.add_person("A02", "market_regulation", ("system_admin",))
    record(town)
    town.house.witness.checkpoint()
    with town.house.database.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    old = tmp_path / "old.db"
    shutil.copyfile(file, old)
    record(town, 2)
    town.house.witness.checkpoint()
    opened: list[Town] = []

    def open_again() -> Town:
        folder = town.clock_file.parent
        settings = Settings(data_dir=folder, database_url=f"sqlite:///{old}", test_clock=town.clock_file)
        keys = itertools.count(1_000 * (len(opened) + 1))
        opened.append(Town(open_house(settings), town.clock_file, town.people, keys))
        return opened[-1]

    yield Restored(town, old, open_again)
    for one in opened:
        one.close()
