"""A stage over each kind of database; the password is hashed once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from engine.accounts import hash_password
from tests.builders import Town
from tests.contract.stage import PASSWORD, Stage
from tests.once import Copies

pytest.register_assert_rewrite("tests.contract.player")


@pytest.fixture(scope="session")
def password_hash() -> str:
    """The hash of everybody's password."""
    return hash_password(PASSWORD)


def _on(town: Town, password_hash: str) -> Iterator[Stage]:
    app = create_app(town.house)
    with TestClient(app, base_url="http://127.0.0.1"):
        yield Stage(town, app, password_hash)


@pytest.fixture
def stage(sqlite_town_url: str, open_town: Callable[..., Town], password_hash: str) -> Iterator[Stage]:
    """A stage on SQLite; the clock stands before every story."""
    yield from _on(open_town(sqlite_town_url, "2024-01-02T09:00"), password_hash)


@pytest.fixture
def postgres_stage(
    postgres: Any, tables: Copies, open_town: Callable[..., Town], password_hash: str
) -> Iterator[Stage]:
    """The same on PostgreSQL."""
    yield from _on(open_town(tables.postgres(postgres), "2024-01-02T09:00"), password_hash)
