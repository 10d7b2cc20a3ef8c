"""Every scenario that runs, as outsiders play it: HTTP, signed receipts and the command line, on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.scenarios.outsider import Outsider
from tests.scenarios.player import KINDS, scenario
from tests.scenarios.server import Server


@pytest.fixture
def server(database_url: str, tmp_path: Path) -> Iterator[Server]:
    started = Server.start(tmp_path, database_url, "2024-03-01T09:00")
    yield started
    started.stop()


@pytest.mark.parametrize("id", KINDS)
def test_the_scenario_runs_exactly(server: Server, id: str) -> None:
    story = scenario(id)
    outsider = Outsider(server, KINDS[id])

    outsider.play(story)

    outsider.check_ending(story)
    assert server.bihuan("audit", "verify")["faults"] == []
