"""A stage over each kind of database; the password is hashed once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from engine.accounts import hash_password
from tests.builders import Town
from tests.contract.stage import PASSWORD, Stage

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
def stage(sqlite_url: str, open_town: Callable[..., Town], password_hash: str) -> Iterator[Stage]:
    """A stage on SQLite; the clock stands before every story."""
    yield from _on(open_town(sqlite_url, "2024-01-02T09:00"), password_hash)


@pytest.fixture
def postgres_stage(
    postgres: Any, tmp_path: Path, open_town: Callable[..., Town], password_hash: str
) -> Iterator[Stage]:
    """The same on PostgreSQL."""
    url = str(postgres.create_database(f"stage_{uuid4().hex}"))
    yield from _on(open_town(url, "2024-01-02T09:00"), password_hash)
