"""A bureau on each kind of database, and one department that it reaches by carrier alone."""

from __future__ import annotations

import pytest

from tests.builders import Town
from tests.carrier.carried import Office, without_network
from tests.exchange.linked import Linked


@pytest.fixture
def linked(town: Town) -> Linked:
    """The bureau with nobody linked yet, on each kind of database."""
    return Linked(town, town.house.exchange)


@pytest.fixture
def sqlite_linked(sqlite_town: Town) -> Linked:
    """The same on SQLite alone."""
    return Linked(sqlite_town, sqlite_town.house.exchange)


@pytest.fixture
def fire(sqlite_linked: Linked) -> Office:
    """The fire brigade, without a network."""
    return without_network(sqlite_linked, "fire-carried", "fire_rescue")
