"""An office whose people sign in, opened once for each file; hashing is cheap, so that thousands of guesses are."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from engine.clock import Machine
from engine.core.warrants import done
from engine.identity import passwords
from models import account_reading
from tests.api.conftest import Office, with_passwords
from tests.builders import Town
from tests.once import Copies
from tests.web.officer import PASSWORD
from tests.web.visitor import PageForm, Visitor
from web.pages import attach_pages

CHOSEN = "vier Worte, die niemand errät"


class Shifted(Machine):
    """This machine, some time later."""

    __slots__ = ("by",)

    def __init__(self) -> None:
        object.__setattr__(self, "by", timedelta(0))

    def shown(self) -> datetime:
        """What its clock shows."""
        return Machine.shown(self) + self.by


def later(office: Office, **by: float) -> None:
    """So much real time has passed."""
    machine = office.town.house.clock.machine
    assert isinstance(machine, Shifted)
    object.__setattr__(machine, "by", machine.by + timedelta(**by))


@pytest.fixture(scope="module")
def office(tables: Copies, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """The application with its pages over SQLite; the clock stands at 2024-04-26 17:00."""
    folder = tmp_path_factory.mktemp("identity")
    town = Town.open(tables.sqlite(folder / "bihuan.db"), folder, "2024-04-26T17:00")
    yield from opened(town)


def opened(town: Town) -> Iterator[Office]:
    """The application over the town, whose people can sign in."""
    object.__setattr__(town.house.clock, "machine", Shifted())
    app = create_app(with_passwords(town, passwords.hash_password(PASSWORD)).house)
    attach_pages(app)
    with TestClient(app, base_url="http://127.0.0.1"):
        yield Office(town, app)
    town.close()


def administrative(office: Office, action: str) -> list[dict[str, Any]]:
    """The details of the entries of that action, oldest first."""
    with office.town.house.database.read() as connection:
        rows = account_reading.admin_entries(connection, office.town.house.office.office_id)
    return [done(row.detail) for row in rows if row.action == action]


def form_at(visitor: Visitor, path: str) -> PageForm:
    """The form of the last page that is sent to that path."""
    return next(one for one in visitor.read().forms if one.action == path)
