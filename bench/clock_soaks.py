"""Soaks of the clocks: histories of deadlines, leaps of the clock, periods counted twice."""

from __future__ import annotations

import tempfile
from collections import Counter
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from bench.telling import say
from tests.clocks import oracle
from tests.clocks.histories import play_many
from tests.clocks.machines import leap_about
from tests.throwaway_postgres import start_server

PROCESSES = 2
HISTORIES_PER_SHARE = 20_000
DEADLINES_PER_SHARE = 5_000


def histories(n: int, seed: int) -> dict[str, Any]:
    """N histories, in two processes."""
    shares = [(min(HISTORIES_PER_SHARE, n - done), seed + done) for done in range(0, n, HISTORIES_PER_SHARE)]
    ended: Counter[str] = Counter()
    with get_context("spawn").Pool(PROCESSES) as pool:
        for share in pool.imap_unordered(play_share, shares):
            ended += share
            say(f"{sum(ended.values())} of {n} histories")
    return {"histories": sum(ended.values()), "differences": 0, **dict(sorted(ended.items()))}


def play_share(share: tuple[int, int]) -> Counter[str]:
    """A share of the histories, for a process of the pool."""
    return play_many(*share)


def leaps(n: int, seed: int) -> dict[str, Any]:
    """N rounds on each kind of database."""
    did: Counter[str] = Counter()
    with start_server() as server, tempfile.TemporaryDirectory(prefix="bihuan-leaps-") as folder:
        for name, url, nodes in (
            ("one", f"sqlite:///{folder}/bihuan.db", 1),
            ("two", server.create_database("leaps"), 2),
        ):
            home = Path(folder) / name
            home.mkdir()
            did += leap_about(url, home, n, seed, nodes, say)
    return {"rounds_each_database": n, "missed": 0, "twice": 0, **dict(sorted(did.items()))}


def deadlines(n: int, seed: int) -> dict[str, Any]:
    """N periods at random, in two processes; the reckoning of each adds up and ends on the day that is told."""
    shares = [(min(DEADLINES_PER_SHARE, n - done), seed + done) for done in range(0, n, DEADLINES_PER_SHARE)]
    seen: Counter[str] = Counter()
    with get_context("spawn").Pool(PROCESSES) as pool:
        for found in pool.starmap(oracle.compare, shares, chunksize=1):
            seen += found
    left_out = seen.pop(oracle.LEFT_OUT)
    return {"periods": sum(seen.values()), "left_out": left_out, "by_unit": dict(seen), "differences": 0}
