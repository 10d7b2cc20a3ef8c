"""What every test may ask for: a database of either kind, a house whose clock is a file, and its people."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher

from engine.identity import passwords
from tests.builders import Town
from tests.once import Copies, law_read_once, migrated, statements_compiled_once


@pytest.fixture(scope="session", autouse=True)
def law() -> Iterator[None]:
    """The law is read once for all houses of this worker, and each statement compiled once."""
    with law_read_once(), statements_compiled_once():
        yield


@pytest.fixture(scope="session", autouse=True)
def cheap_hashing() -> Iterator[None]:
    """What a hash costs is asserted in tests/hostile; elsewhere it only has to be the same for everybody."""
    with pytest.MonkeyPatch.context() as patch:
        hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
        patch.setattr(passwords, "_HASHER", hasher)
        patch.setattr(passwords, "_NOBODY", hasher.hash("nobody"))
        yield


@pytest.fixture(scope="session")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Copies:
    """Databases that have their tables already."""
    return Copies(tmp_path_factory.mktemp("tables"), migrated)


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[object]:
    """A throw-away PostgreSQL server for this worker."""
    from tests.throwaway_postgres import start_server

    with start_server(durable=False) as server:
        yield server


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database, once of each kind."""
    return _url(request, request.param, tmp_path)


def _url(request: pytest.FixtureRequest, kind: str, folder: Path) -> str:
    if kind == "sqlite":
        return f"sqlite:///{folder / 'bihuan.db'}"
    server = request.getfixturevalue("postgres")
    name = "t" + folder.name.replace("-", "_").lower()[-40:] + str(abs(hash(str(folder))) % 10_000)
    return str(server.create_database(name))


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """An empty SQLite database, for what does not depend on the kind."""
    return f"sqlite:///{tmp_path / 'bihuan.db'}"


@pytest.fixture(params=["sqlite", "postgresql"])
def town_url(request: pytest.FixtureRequest, tables: Copies, tmp_path: Path) -> str:
    """A database with its tables, once of each kind."""
    if request.param == "sqlite":
        return tables.sqlite(tmp_path / "bihuan.db")
    return tables.postgres(request.getfixturevalue("postgres"))


@pytest.fixture
def sqlite_town_url(tables: Copies, tmp_path: Path) -> str:
    """The same on SQLite alone."""
    return tables.sqlite(tmp_path / "bihuan.db")


@pytest.fixture
def open_town(tmp_path: Path) -> Iterator[Callable[..., Town]]:
    """Opens houses that are closed again after the test."""
    opened: list[Town] = []

    def open_one(url: str, at: str = "2024-04-26T17:00", **settings: Any) -> Town:
        folder = tmp_path / f"town{len(opened)}"
        folder.mkdir()
        town = Town.open(url, folder, at, **settings)
        opened.append(town)
        return town

    yield open_one
    for town in opened:
        town.close()
    shutil.rmtree(tmp_path, ignore_errors=True)


@pytest.fixture
def town(town_url: str, open_town: Callable[..., Town]) -> Town:
    """A market regulation bureau at work on 2024-04-26, on each kind of database."""
    return open_town(town_url)


@pytest.fixture
def sqlite_town(sqlite_town_url: str, open_town: Callable[..., Town]) -> Town:
    """The same on SQLite alone."""
    return open_town(sqlite_town_url)
