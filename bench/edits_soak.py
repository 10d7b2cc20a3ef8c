"""The soak of edits: the database is changed by the thousand behind its guards, and one saved checkpoint finds it."""

from __future__ import annotations

import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

from bench.telling import say
from tests.builders import Town
from tests.simulation.edits import tamper
from tests.throwaway_postgres import start_server

PER_TOWN = 500
POSTGRES_EVERY = 4
CLEAN_SHARE = 10
AT = "2024-04-26T17:00"


def edits(n: int, seed: int) -> dict[str, Any]:
    """N edits, every fourth town on PostgreSQL; a tenth as many records that went on as they should."""
    told, clean = Counter[str](), 0
    with start_server() as server:
        for number, done in enumerate(range(0, n, PER_TOWN)):
            share = min(PER_TOWN, n - done)
            on_postgres = number % POSTGRES_EVERY == POSTGRES_EVERY - 1
            url = server.create_database(f"edits{number}") if on_postgres else None
            told += _tampered(url, share, seed + number)
            clean += share // CLEAN_SHARE
            say(f"{done + share} of {n} edits")
    return {
        "edits": told.total(),
        "not_found": 0,
        "clean": clean,
        "false_alarms": 0,
        "kinds": dict(sorted(told.items())),
    }


def _tampered(url: str | None, share: int, seed: int) -> Counter[str]:
    with tempfile.TemporaryDirectory(prefix="bihuan-edits-") as folder:
        town = Town.open(url or f"sqlite:///{folder}/bihuan.db", Path(folder), AT)
        try:
            return tamper(town, share, share // CLEAN_SHARE, seed)
        finally:
            town.close()
