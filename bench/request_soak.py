"""The soak of generated requests: what the OpenAPI document allows and forbids, asked by every role."""

from __future__ import annotations

from collections import Counter
from multiprocessing import get_context
from typing import Any

from bench.telling import say
from tests.generated.asking import CALLERS, NEVER_DONE, Asked, ask_everything
from tests.generated.house import questioned

PROCESSES = 2
HONEST_FROM = 10_000
"""With fewer requests not every operation comes to be asked by somebody who may."""


def requests(n: int, seed: int) -> dict[str, Any]:
    """N requests: no server error, nothing that breaks a schema, no operation that nobody was answered."""
    shares = [CALLERS[number::PROCESSES] for number in range(PROCESSES)]
    with get_context("spawn").Pool(PROCESSES) as pool:
        asked = pool.starmap(
            _share,
            [(n * len(who) // len(CALLERS), seed + 1000 * at, who) for at, who in enumerate(shares)],
        )
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


def _share(n: int, seed: int, callers: tuple[str, ...]) -> Asked:
    with questioned() as (fort, hashed):
        return ask_everything(fort, hashed, n, seed, callers, say)
