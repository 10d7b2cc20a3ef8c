"""A house with a finding, a criminal referral and a refused attempt, signed once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.audit.recorded import record
from tests.builders import Town
from tests.once import Copies


@pytest.fixture(scope="module")
def witnessed(tables: Copies, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """For tests that leave the record as it is."""
    folder = tmp_path_factory.mktemp("witnessed")
    town = Town.open(tables.sqlite(folder / "bihuan.db"), folder, "2024-04-26T17:00")
    record(town)
    town.house.witness.checkpoint()
    yield town
    town.close()


@pytest.fixture
def reopened(tmp_path: Path) -> Iterator[Callable[..., Town]]:
    """Opens a house over the same folder again, as the next start of the program does."""
    towns: list[Town] = []

    def reopen(url: str, folder: Path, **more: Any) -> Town:
        town = Town.open(url, folder, "2024-04-27T09:00", **more)
        towns.append(town)
        return town

    yield reopen
    for town in towns:
        town.close()
