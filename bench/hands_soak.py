"""The soak of hands: random histories in which nobody approves what they have proposed, by any account."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Iterator
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from bench.telling import say
from tests.builders import Town
from tests.simulation.hands import lived_through

SHARE = 500
PROCESSES = 2
TOLD = ("tried", "steps", "approvals", "reopened", "proposer_cannot_approve", "recused")


def hands(n: int, seed: int) -> dict[str, Any]:
    """N histories in two processes; AssertionError where one person did what takes two."""
    counts: Counter[str] = Counter()
    with get_context("spawn").Pool(PROCESSES) as pool:
        for share, wrong in pool.imap_unordered(_share, _shares(n, seed)):
            if wrong:
                raise AssertionError(f"{len(wrong)} acts by one person for two: {wrong[:3]}")
            counts += share
            say(f"{counts['histories']} of {n} histories, {counts['approvals']} approvals")
    return {"histories": counts["histories"], **{name: counts[name] for name in TOLD}, "self_approvals": 0}


def _shares(n: int, seed: int) -> Iterator[tuple[int, int]]:
    for done in range(0, n, SHARE):
        yield min(SHARE, n - done), seed + done


def _share(asked: tuple[int, int]) -> tuple[Counter[str], list[str]]:
    with tempfile.TemporaryDirectory(prefix="bihuan-hands-") as folder:
        town = Town.open(f"sqlite:///{folder}/bihuan.db", Path(folder), "2024-04-26T17:00")
        try:
            lived = lived_through(town, *asked)
        finally:
            town.close()
    return lived.counts, lived.wrong
