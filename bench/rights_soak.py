"""The soak of outsiders: two offices that differ by a criminal referral, asked the same thousands of times."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from bench.telling import say
from tests.rights.twins import Compared, chance_of, compare, twins
from tests.throwaway_postgres import start_server

TOLD_APART = 0.01


def outsiders(n: int, seed: int) -> dict[str, Any]:
    """N pairs on each database; no byte, statement or row differs, and times cannot be told apart."""
    found: dict[str, Any] = {"pairs_each_database": n}
    with tempfile.TemporaryDirectory(prefix="bihuan-twins-") as folder, start_server() as server:
        for name, where in (("sqlite", None), ("postgresql", server)):
            with twins(Path(folder) / name, where) as (without, having, referral):
                compared = compare(without, having, referral, n, seed, say)
            found[name] = _told(compared, seed)
            if compared.bytes_differ or compared.work_differs or found[name]["chance"] < TOLD_APART:
                raise AssertionError(f"{found}; {compared.bytes_differ[:5]}; {compared.work_differs[:5]}")
    return found


def _told(compared: Compared, seed: int) -> dict[str, Any]:
    later = sorted(compared.slower)
    return {
        "bytes_differ": len(compared.bytes_differ),
        "work_differs": len(compared.work_differs),
        "chance": round(chance_of(compared.slower, seed), 3),
        "median_later_microseconds": round(1e6 * later[len(later) // 2]),
    }
