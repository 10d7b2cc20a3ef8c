"""The small run of the soak `guesses`."""

from __future__ import annotations

from pathlib import Path

from tests.identity.guessing import besiege
from tests.once import Copies


def test_no_guess_opens_anything_and_each_costs_the_same(tables: Copies, tmp_path: Path) -> None:
    found = besiege(tables.sqlite(tmp_path / "bihuan.db"), tmp_path, 300, seed=7)
    assert found["successes"] == 0
    assert {name.split(":")[0] for name in found["answers"]} == {
        *("password", "unknown login", "code", "session", "csrf", "token")
    }
    assert any(name.endswith("429") for name in found["answers"]), "guessing was slowed down"
