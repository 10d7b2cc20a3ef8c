"""The exchange of a bureau on each kind of database, and the same served over HTTP on loopback."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator

import pytest
import uvicorn

from api.app import create_app
from tests.builders import Town
from tests.exchange.linked import Linked
from tests.partner import Desk, Partner, serving


@pytest.fixture
def linked(town: Town) -> Linked:
    """The bureau with nobody linked yet, on each kind of database."""
    return Linked(town, town.house.exchange)


@pytest.fixture
def sqlite_linked(sqlite_town: Town) -> Linked:
    """The same on SQLite alone."""
    return Linked(sqlite_town, sqlite_town.house.exchange)


@pytest.fixture
def fire(linked: Linked) -> Partner:
    """The fire brigade's system, which pulls."""
    return linked.link("yuanping-fire", "fire_rescue")


@pytest.fixture
def served(linked: Linked) -> Iterator[Linked]:
    """The bureau served over HTTP, on each kind of database."""
    yield from _served(linked)


@pytest.fixture
def sqlite_served(sqlite_linked: Linked) -> Iterator[Linked]:
    """The same on SQLite alone."""
    yield from _served(sqlite_linked)


def _served(linked: Linked) -> Iterator[Linked]:
    app = create_app(linked.town.house)
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", lifespan="on"))
    thread = threading.Thread(target=server.run, args=([listener],), daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    linked.base = f"http://127.0.0.1:{listener.getsockname()[1]}"
    yield linked
    server.should_exit = True
    thread.join()
    listener.close()


@pytest.fixture
def hook() -> Iterator[Desk]:
    """The server of the other side."""
    with serving() as desk:
        yield desk
