"""Scenarios as outsiders play them: HTTP, signed receipts and the command line; through the desk all of them run."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.once import Copies
from tests.scenarios.outsider import Outsider
from tests.scenarios.player import KINDS, scenario
from tests.scenarios.server import PASSWORD, Server, bihuan, tell

OPENED_AT = "2024-03-01T09:00"
ON_POSTGRESQL = ("S08",)
ON_SQLITE = tuple(sorted(set(KINDS) - set(ON_POSTGRESQL)))[::2]
"""Every other one, and one of the longest on PostgreSQL; through the desk all of them run on both."""
ACCOUNTS = ("demo", "--accounts-only", "--password-stdin")


@pytest.fixture(scope="session")
def offices(tmp_path_factory: pytest.TempPathFactory) -> Copies:
    """Databases with the accounts and linked systems of the demonstration, and without findings."""
    folder = tmp_path_factory.mktemp("offices")
    tell(folder, OPENED_AT)
    return Copies(folder, lambda url: bihuan(folder, url, *ACCOUNTS, says=PASSWORD))


@pytest.fixture
def server(request: pytest.FixtureRequest, kind: str, offices: Copies, tmp_path: Path) -> Iterator[Server]:
    sqlite = kind == "sqlite"
    url = offices.sqlite(tmp_path / "bihuan.db") if sqlite else offices.postgres(_postgres(request))
    started = Server.start(tmp_path, url, OPENED_AT)
    yield started
    started.stop()


def _postgres(request: pytest.FixtureRequest) -> Any:
    return request.getfixturevalue("postgres")


@pytest.mark.parametrize(
    ("kind", "id"), [*(("sqlite", id) for id in ON_SQLITE), *(("postgresql", id) for id in ON_POSTGRESQL)]
)
def test_the_scenario_runs_exactly(server: Server, id: str) -> None:
    story = scenario(id)
    outsider = Outsider(server, KINDS[id])

    outsider.play(story)

    outsider.check_ending(story)
    assert server.bihuan("audit", "verify")["faults"] == []
