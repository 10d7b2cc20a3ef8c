"""The soak of generated requests: what the OpenAPI document allows and forbids, asked by every role."""

from __future__ import annotations

from collections import Counter
from multiprocessing import get_context
from typing import Any

from bench.telling import say
from tests.generated.asking import CALLERS, NEVER_DONE, Asked, ask_everything
from tests.generated.house import questioned
from tests.throwaway_postgres import start_server

HONEST_FROM = 12_000
"""With fewer requests not every operation comes to be asked by somebody who may."""


def requests(n: int, seed: int) -> dict[str, Any]:
    """N requests, half of them to PostgreSQL: no server error, no broken schema, no operation that nobody was answered."""
    shares = (("sqlite", n // 2, seed, CALLERS), ("postgresql", n - n // 2, seed + 1000, CALLERS))
    with get_context("spawn").Pool(len(shares)) as pool:
        asked = pool.starmap(_share, shares)
    statuses, phases, done = Counter[int](), Counter[str](), Counter[str]()
    for one in asked:
        statuses += one.seen.statuses
        phases += one.by_phase
        done += one.seen.done
    breaches = [fault for one in asked for fault in one.told()]
    never = sorted(asked[0].operations - set(done) - set(NEVER_DONE)) if n >= HONEST_FROM else []
    found = {
        "requests": statuses.total(),
        "callers": len(CALLERS),
        "operations": len(asked[0].operations),
        "server_errors": sum(count for status, count in statuses.items() if status >= 500),
        "schema_breaches": len(breaches),
        "phases": dict(phases),
        "answers": {f"{status}": count for status, count in sorted(statuses.items())},
    }
    if breaches or never:
        raise AssertionError(f"{found}; never answered: {never}; " + "; ".join(breaches[:20]))
    return found


def _share(database: str, n: int, seed: int, callers: tuple[str, ...]) -> Asked:
    if database == "sqlite":
        with questioned() as (fort, hashed):
            return ask_everything(fort, hashed, n, seed, callers, say)
    with start_server() as server, questioned(lambda _: server.create_database("requests")) as (fort, hashed):
        return ask_everything(fort, hashed, n, seed, callers, say)
