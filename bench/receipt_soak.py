"""The soak of receipts: forgeries by the thousand on both databases, among good ones that count once."""

from __future__ import annotations

import random
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

from bench.telling import say
from tests.builders import Town
from tests.exchange.assault import Assault
from tests.exchange.linked import Linked
from tests.throwaway_postgres import start_server

PER_TOWN = 2_500
AT = "2024-04-26T17:00"


def receipts(n: int, seed: int) -> dict[str, Any]:
    """N forgeries, a town on SQLite and a town on PostgreSQL by turns; every one came to nothing."""
    told: Counter[str] = Counter()
    with start_server() as server:
        for number, done in enumerate(range(0, n, PER_TOWN)):
            share = min(PER_TOWN, n - done)
            url = server.create_database(f"receipts{number}") if number % 2 else None
            told += _assaulted(url, share, seed + number)
            say(f"{done + share} of {n} forgeries, {told['good']} good receipts")
    good, repeated = told.pop("good"), told.pop("repeated")
    return {
        "forgeries": sum(told.values()),
        "accepted": 0,
        "good": good,
        "accepted_once": good,
        "repeated": repeated,
        "kinds": dict(sorted(told.items())),
    }


def _assaulted(url: str | None, attempts: int, seed: int) -> Counter[str]:
    with tempfile.TemporaryDirectory(prefix="bihuan-receipts-") as folder:
        town = Town.open(url or f"sqlite:///{folder}/bihuan.db", Path(folder), AT)
        try:
            return Assault(Linked(town, town.house.exchange), random.Random(seed)).run(attempts)
        finally:
            town.close()
