"""The house served to real browsers."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import pytest
import uvicorn
from fastapi import FastAPI
from playwright.sync_api import Browser, sync_playwright

from api.app import create_app
from engine.accounts import hash_password
from tests.browser import open_browser
from tests.builders import Town
from tests.web.officer import PASSWORD
from tests.web.visitor import Visitor
from web.pages import attach_pages


@dataclass(slots=True)
class Served:
    """A town whose house answers at an address."""

    town: Town
    base: str


def application(town: Town) -> FastAPI:
    """The application over the town's house, pages included."""
    app = create_app(town.house)
    attach_pages(app)
    return app


def serve(town: Town) -> Iterator[Served]:
    """The town's house answers on a free port of this machine until the generator is closed."""
    app = application(town)
    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", lifespan="on"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    until = time.monotonic() + 20
    while not server.started and time.monotonic() < until:
        time.sleep(0.02)
    yield Served(town, f"http://127.0.0.1:{listening.getsockname()[1]}")
    server.should_exit = True
    thread.join(10)


@cache
def password_hash() -> str:
    """The hash of everybody's password, made once."""
    return hash_password(PASSWORD)


def give_passwords(town: Town) -> None:
    """Everybody of the town may sign in with the same password."""
    town.give_passwords(password_hash())


@pytest.fixture
def served(sqlite_town_url: str, open_town: Callable[..., Town]) -> Iterator[Served]:
    """A market regulation bureau on 2024-04-26 whose pages are served."""
    town = open_town(sqlite_town_url)
    give_passwords(town)
    yield from serve(town)


@dataclass(slots=True)
class Pages:
    """A town and its application, visited without a browser."""

    town: Town
    app: Any

    def visit(self, login: str, **headers: str) -> Visitor:
        """A person who has signed in."""
        return Visitor.sign_in(self.app, login, **headers)


@pytest.fixture
def pages(sqlite_town_url: str, open_town: Callable[..., Town]) -> Pages:
    """A market regulation bureau on 2024-04-26 whose pages are asked directly."""
    town = open_town(sqlite_town_url)
    give_passwords(town)
    return Pages(town, application(town))


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One browser for the tests of a module.

    While it is open this thread has a running event loop, in which no other test could start one.
    """
    with sync_playwright() as playwright:
        opened = open_browser(playwright)
        yield opened
        opened.close()
