"""A house that is killed keeps its word."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import text

from models.database import Database
from tests.builders import Town
from tests.desk.crash import Lost, check
from tests.desk.load import added_facts

ROOT = Path(__file__).parent.parent.parent


def test_a_house_killed_at_random_moments_loses_nothing() -> None:
    # In a process of its own: a house is forked for each life, which a process with threads must not do.
    said = subprocess.run(
        [sys.executable, "-m", "bench.soak", "crash", "--n", "5", "--seed", "5", "--unrecorded"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=300,
    )

    assert said.returncode == 0, said.stderr
    assert '"kills": 5,' in said.stdout


def test_the_look_after_a_crash_finds_what_is_missing(sqlite_town: Town, tmp_path: Path) -> None:
    finding = sqlite_town.finding()
    told = {
        f"k{number}": sqlite_town.handle("W01", added_facts(finding), f"k{number}").id for number in range(3)
    }
    check(tmp_path, told)

    with pytest.raises(Lost, match="not there"):
        check(tmp_path, {**told, "k9": finding})

    database = Database(f"sqlite:///{tmp_path / 'bihuan.db'}")
    with database.engine.begin() as connection:
        connection.execute(text("DROP TRIGGER entry_kept"))
        connection.execute(text("DELETE FROM entry WHERE sequence = 3"))
    database.dispose()
    with pytest.raises(Lost, match="by halves"):
        check(tmp_path, told)
