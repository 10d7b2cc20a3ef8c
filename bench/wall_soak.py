"""The soak of the second wall: every list asked of one PostgreSQL database by two roles, of whom its policies hold one."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import ExitStack
from statistics import median
from typing import Any

from sqlalchemy import text

from bench.filling import fill
from bench.reading import questions, reader_over
from bench.telling import say
from models.database import Database
from models.migrate import migrate
from tests.throwaway_postgres import ROLE, RULER, ThrowawayPostgres, start_server

TURNS = 18
"""How often each is asked; in the first half the driver prepares its statements and the server settles on plans."""


def wall(n: int, seed: int) -> dict[str, Any]:
    """N findings. With and without the wall the answers are the same; told is how much longer each takes."""
    with start_server() as server:
        ratios = compared(server, n, TURNS)
    return {
        "findings": n,
        "questions": len(ratios),
        "answers_differ": 0,
        "median_ratio": round(median(ratios.values()), 2),
        "ratios": {name.replace(", ", " "): round(ratio, 2) for name, ratio in ratios.items()},
    }


def compared(server: ThrowawayPostgres, n: int, turns: int) -> dict[str, float]:
    """How many times as long each question takes behind the wall; raises AssertionError where an answer differs."""
    with ExitStack() as opened:
        url = server.create_database("wall")
        held, free = Database(url), Database(url.replace(f"//{ROLE}@", f"//{RULER}@"))
        for database in (held, free):
            opened.callback(database.dispose)
        migrate(held)
        fill(held, n)
        with free.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE"))
        assert held.walled() is True, "the plain role is held by the policies"
        assert free.walled() is False, "the superuser by none"
        say(f"{n} findings stand")
        with_it, without = (questions(opened.enter_context(reader_over(one))) for one in (held, free))
        return {name: _ratio(with_it[name], without[name], turns) for name in with_it}


def _ratio(held: Callable[[], object], free: Callable[[], object], turns: int) -> float:
    """By medians of the second half of so many turns."""
    assert _without_cursor(held()) == _without_cursor(free())
    spent: tuple[list[float], list[float]] = ([], [])
    for turn in range(turns):
        for times, act in zip(spent, (held, free), strict=True):
            begun = time.perf_counter()
            act()
            if turn >= turns // 2:
                times.append(time.perf_counter() - begun)
    return median(spent[0]) / median(spent[1])


def _without_cursor(answer: Any) -> Any:
    """The answer without what is sealed afresh each time."""
    if isinstance(answer, dict):
        return {name: _without_cursor(one) for name, one in answer.items() if name != "next"}
    return [_without_cursor(one) for one in answer] if isinstance(answer, list) else answer
