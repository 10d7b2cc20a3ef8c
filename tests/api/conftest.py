"""People with passwords, and browsers and programs that speak to the house over its web application."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from engine.accounts import hash_password
from tests.api.terminal import Terminal
from tests.builders import Town

PASSWORD = "原平-2024-Bihuan"


@pytest.fixture(scope="session")
def password_hash() -> str:
    """The hash of everybody's password, made once."""
    return hash_password(PASSWORD)


@dataclass(slots=True)
class Office:
    """The application over a town; `visit` opens a browser for a person, `token` gives a program's header."""

    town: Town
    app: Any
    keys: Any = field(default_factory=lambda: itertools.count(1))
    browsers: dict[str, Browser] = field(default_factory=dict)

    def stranger(self) -> TestClient:
        """A browser of somebody who has not signed in."""
        return TestClient(self.app, base_url="http://127.0.0.1", raise_server_exceptions=False)

    def visit(self, login: str) -> Browser:
        """The browser of a person who has signed in."""
        if login not in self.browsers:
            browser = Browser(self.stranger(), self.keys)
            answer = browser.client.post("/api/v1/session", json={"login": login, "password": PASSWORD})
            assert answer.status_code == 204, answer.text
            self.browsers[login] = browser
        return self.browsers[login]


@dataclass(slots=True)
class Browser:
    """A signed-in browser that sends what pages send along."""

    client: TestClient
    keys: Any

    @property
    def csrf(self) -> dict[str, str]:
        """The header that unsafe requests of a session carry."""
        return {"X-CSRF-Token": self.client.cookies["bihuan_csrf"]}

    def get(self, path: str) -> httpx.Response:
        """What the path answers."""
        return self.client.get(path)

    def post(self, path: str, body: Any, key: str | None = None) -> httpx.Response:
        """What the command answers, under a fresh key unless one is given."""
        headers = {**self.csrf, "Idempotency-Key": key or f"http-{next(self.keys)}"}
        return self.client.post(path, json=body, headers=headers)

    def send(self, path: str, content: bytes, **headers: str) -> httpx.Response:
        """What the raw body answers."""
        told = {"Content-Type": "application/json", "Idempotency-Key": f"http-{next(self.keys)}", **self.csrf}
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.client.post(path, content=content, headers=told | named)


def with_passwords(town: Town, password_hash: str) -> Town:
    """Everybody in town can sign in."""
    return town.give_passwords(password_hash)


@pytest.fixture
def office(sqlite_town: Town, password_hash: str) -> Iterator[Office]:
    """The application over SQLite; the clock stands at 2024-04-26 17:00."""
    yield from _opened(sqlite_town, password_hash)


@pytest.fixture
def each_office(town: Town, password_hash: str) -> Iterator[Office]:
    """The same on each kind of database."""
    yield from _opened(town, password_hash)


def _opened(town: Town, password_hash: str) -> Iterator[Office]:
    app = create_app(with_passwords(town, password_hash).house)
    with TestClient(app, base_url="http://127.0.0.1"):
        yield Office(town, app)


Recorded = Callable[[], int]


@pytest.fixture
def entries(sqlite_town: Town) -> Recorded:
    """How many entries stand in the ledger."""
    from sqlalchemy import func, select

    from models.records import ENTRY

    def count() -> int:
        with sqlite_town.house.database.read() as connection:
            return int(connection.execute(select(func.count()).select_from(ENTRY)).scalar_one())

    return count


@pytest.fixture
def bihuan(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Terminal:
    """A terminal with an empty data folder."""
    for name in ("BIHUAN_DATABASE_URL", "BIHUAN_TEST_CLOCK", "BIHUAN_ACCEPT_TEST_DATABASE"):
        monkeypatch.delenv(name, raising=False)
    return Terminal(tmp_path, monkeypatch, capsys)
