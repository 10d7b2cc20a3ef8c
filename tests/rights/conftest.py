"""A town with everybody in it and a record of every kind, on SQLite."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from engine.accounts import hash_password
from tests.builders import Town
from tests.hostile.fort import PASSWORD, Fort
from tests.once import Copies
from tests.rights.matrix import MORE, settle


@pytest.fixture(scope="module")
def office(tables: Copies, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fort]:
    """The bureau, the brigade, the overseers and the administrators, and what the oracle speaks of."""
    folder = tmp_path_factory.mktemp("rights")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("engine.identity.sessions.SEEN_EVERY", timedelta(hours=9))  # reading writes nothing
        town = Town.open(tables.sqlite(folder / "bihuan.db"), folder, "2024-04-26T17:00")
        for login, department, roles in MORE:
            town.add_person(login, department, roles)
        fort = Fort.open(town, hash_password(PASSWORD))
        settle(town, fort)
        fort.keep()
        yield fort
        fort.close()
