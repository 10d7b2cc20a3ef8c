"""A bureau to which others send matters, on each kind of database and on SQLite alone."""

from __future__ import annotations

import pytest

from tests.builders import Town
from tests.exchange.linked import Linked
from tests.incoming.senders import Senders


@pytest.fixture
def senders(sqlite_town: Town) -> Senders:
    """The bureau on SQLite; the clock stands at 2024-04-26 17:00."""
    return Senders(Linked(sqlite_town, sqlite_town.house.exchange))


@pytest.fixture
def each_senders(town: Town) -> Senders:
    """The same on each kind of database."""
    return Senders(Linked(town, town.house.exchange))
