"""The throw-away PostgreSQL is real, cheap to copy, and leaves nothing behind."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from tests.throwaway_postgres import ThrowawayPostgres, start_server

ROOT = Path(__file__).resolve().parent.parent

DIES_AT_ONCE = """
import os, signal
from tests.throwaway_postgres import start_server
print(start_server().folder, flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.fixture(scope="module")
def server() -> Iterator[ThrowawayPostgres]:
    with start_server(durable=False) as running:
        yield running


def test_its_url_works_with_the_driver_of_the_house(server: ThrowawayPostgres) -> None:
    engine = sa.create_engine(server.create_database("asked"))
    with engine.connect() as connection:
        assert connection.scalar(sa.text("SELECT current_database()")) == "asked"
        assert connection.scalar(sa.text("SHOW server_encoding")) == "UTF8"
    engine.dispose()


def test_a_database_made_from_a_template_holds_its_rows_and_leaves_it_alone(
    server: ThrowawayPostgres,
) -> None:
    server.create_database("pattern")
    with server.connect("pattern") as connection:
        connection.execute("CREATE TABLE finding (name text)")
        connection.execute("INSERT INTO finding VALUES ('未亮证')")
    server.create_database("copy", template="pattern")
    with server.connect("copy") as connection:
        assert connection.execute("DELETE FROM finding RETURNING name").fetchall() == [("未亮证",)]
    with server.connect("pattern") as connection:
        assert connection.execute("SELECT count(*) FROM finding").fetchone() == (1,)


def test_a_dropped_database_is_gone_although_somebody_was_connected(server: ThrowawayPostgres) -> None:
    server.create_database("dropped")
    visitor = server.connect("dropped")
    server.drop_database("dropped")
    visitor.close()
    with server.connect() as connection:
        left = connection.execute("SELECT count(*) FROM pg_database WHERE datname = 'dropped'").fetchone()
    assert left == (0,)


def test_commits_are_durable_unless_a_test_asks_otherwise(server: ThrowawayPostgres) -> None:
    with server.connect() as connection:
        assert connection.execute("SHOW fsync").fetchone() == ("off",)
    with start_server() as durable, durable.connect() as connection:
        assert connection.execute("SHOW fsync").fetchone() == ("on",)
    assert not durable.folder.exists()


def test_nothing_is_left_when_its_owner_is_killed() -> None:
    # The guard holds the same standard output, so this returns when the guard has finished as well.
    owner = subprocess.run(
        [sys.executable, "-c", DIES_AT_ONCE], cwd=ROOT, capture_output=True, text=True, check=False
    )
    folder = Path(owner.stdout.strip())
    assert owner.returncode == -9, owner.stderr
    assert folder.name.startswith("bihuan-pg-")
    assert not folder.exists()
