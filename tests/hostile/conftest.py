"""Forts to be attacked: one on SQLite for all tests of a worker, a fresh one where steps are taken, one on PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from engine.accounts import hash_password
from tests.builders import Town
from tests.hostile.fort import PASSWORD, Fort
from tests.once import Copies

OPENED_AT = "2024-04-26T17:00"


@pytest.fixture(scope="session")
def fort_hash() -> str:
    """The hash of everybody's password, made once."""
    return hash_password(PASSWORD)


@pytest.fixture(scope="session", autouse=True)
def sessions_are_not_touched() -> Iterator[None]:
    """Reading writes nothing while tests look for what was written, however slow the machine is."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("engine.identity.sessions.SEEN_EVERY", timedelta(hours=9))
        yield


def _opened(url: str, folder: Path, hashed: str) -> Fort:
    town = Town.open(url, folder, OPENED_AT)
    town.add_person("X01", "market_regulation", ("inspector",))
    town.add_person("B01", "market_regulation", ("security_admin",))
    return Fort.open(town, hashed)


@pytest.fixture(scope="session")
def one_fort(tables: Copies, tmp_path_factory: pytest.TempPathFactory, fort_hash: str) -> Iterator[Fort]:
    """The bureau with its records on SQLite, opened once."""
    folder = tmp_path_factory.mktemp("fort")
    fort = _opened(tables.sqlite(folder / "bihuan.db"), folder, fort_hash)
    fort.settle()
    fort.keep()
    yield fort
    fort.close()


@pytest.fixture
def fort(one_fort: Fort) -> Fort:
    """The same, as it was at first whatever another test did to it."""
    one_fort.restore()
    one_fort.journal.lines.clear()
    return one_fort


@pytest.fixture
def empty_fort(tmp_path: Path, sqlite_town_url: str, fort_hash: str) -> Iterator[Fort]:
    """The same without records, for one test alone."""
    fort = _opened(sqlite_town_url, tmp_path, fort_hash)
    yield fort
    fort.close()


@pytest.fixture(scope="session")
def postgres_fort(postgres: Any, tmp_path_factory: pytest.TempPathFactory, fort_hash: str) -> Iterator[Fort]:
    """The bureau with its records on PostgreSQL."""
    folder = tmp_path_factory.mktemp("postgres_fort")
    fort = _opened(str(postgres.create_database("hostile")), folder, fort_hash)
    fort.settle()
    yield fort
    fort.close()
