"""The soak of edits: the database is changed by the thousand behind its guards, and one saved checkpoint finds it."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Iterator
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from bench.telling import say
from tests.builders import Town
from tests.simulation.edits import tamper
from tests.throwaway_postgres import ThrowawayPostgres, start_server

PER_TOWN = 500
PROCESSES = 2
POSTGRES_EVERY = 4
CLEAN_SHARE = 10
AT = "2024-04-26T17:00"


def edits(n: int, seed: int) -> dict[str, Any]:
    """N edits in two processes, every fourth town on PostgreSQL; a tenth as many records that went on rightly."""
    told, clean = Counter[str](), 0
    with start_server() as server, get_context("spawn").Pool(PROCESSES) as pool:
        for found, went_on in pool.imap_unordered(_tampered, _towns(n, seed, server)):
            told += found
            clean += went_on
            say(f"{told.total()} of {n} edits")
    return {
        "edits": told.total(),
        "not_found": 0,
        "clean": clean,
        "false_alarms": 0,
        "kinds": dict(sorted(told.items())),
    }


Asked = tuple[str | None, int, int]
"""(PostgreSQL address or None for SQLite, how many edits, seed)."""


def _towns(n: int, seed: int, server: ThrowawayPostgres) -> Iterator[Asked]:
    for number, done in enumerate(range(0, n, PER_TOWN)):
        on_postgres = number % POSTGRES_EVERY == POSTGRES_EVERY - 1
        url = server.create_database(f"edits{number}") if on_postgres else None
        yield url, min(PER_TOWN, n - done), seed + number


def _tampered(asked: Asked) -> tuple[Counter[str], int]:
    url, share, seed = asked
    with tempfile.TemporaryDirectory(prefix="bihuan-edits-") as folder:
        town = Town.open(url or f"sqlite:///{folder}/bihuan.db", Path(folder), AT)
        try:
            return tamper(town, share, share // CLEAN_SHARE, seed), share // CLEAN_SHARE
        finally:
            town.close()
