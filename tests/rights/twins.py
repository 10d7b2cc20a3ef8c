"""Two offices that differ by a criminal referral and by nothing else, asked the same by whoever must not know of it."""

from __future__ import annotations

import random
import shutil
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from engine.identity.passwords import hash_password
from tests.builders import Town
from tests.hostile.fort import PASSWORD, Fort
from tests.hostile.outsiders import (
    ADMINISTRATORS,
    LATER,
    NEVER,
    NOBODY,
    OUTSIDERS,
    as_told,
    asked,
    places,
    referred,
    renamed,
    settled,
)
from tests.throwaway_postgres import ThrowawayPostgres

AT = "2024-04-26T17:00"
STEPS = ("close", "add_facts", "open_penalty", "propose_route")
REFUSED = (
    *(("/api/v1/findings/{id}/steps", {"trigger": trigger, "facts": {}}) for trigger in STEPS),
    ("/api/v1/findings/{id}/corrections", {"sequence": 1, "date": "2024-04-25", "reason": "日期"}),
    ("/api/v1/referrals/{id}/steps", {"trigger": "form_team", "facts": {}}),
    ("/api/v1/referrals/{id}/corrections", {"sequence": 1, "date": "2024-04-25", "reason": "日期"}),
)
"""Commands that those who ask may not give, or not so."""
FLIPS = 2_000
"""How often the permutation test turns the signs of the differences."""


@dataclass(slots=True)
class Work:
    """How many statements a database was sent, and how many rows they read or changed, as far as it tells."""

    statements: int = 0
    rows: int = 0

    def watch(self, town: Town) -> None:
        """From now on everything that the town's database is asked is counted."""
        event.listen(town.house.database.engine, "after_cursor_execute", self._count)

    def _count(self, _: Any, cursor: Any, *__: Any) -> None:
        self.statements += 1
        self.rows += max(cursor.rowcount, 0)

    def taken(self) -> tuple[int, int]:
        """What was counted since the last look."""
        told, self.statements, self.rows = (self.statements, self.rows), 0, 0
        return told


@dataclass(slots=True)
class Compared:
    """What the pairs of answers showed; nobody who must not know learns anything while all lists are empty."""

    pairs: int = 0
    bytes_differ: list[str] = field(default_factory=list)
    work_differs: list[str] = field(default_factory=list)
    slower: list[float] = field(default_factory=list)
    """By how many seconds the office with the referral answered later, pair by pair."""
    statuses: Counter[int] = field(default_factory=Counter)


@contextmanager
def twins(folder: Path, server: ThrowawayPostgres | None) -> Iterator[tuple[Fort, Fort, str]]:
    """The office without and the office with a referral, and its id; on PostgreSQL where there is a server."""
    first, second = folder / "without", folder / "with"
    first.mkdir(parents=True)
    hashed = hash_password(PASSWORD)
    url = f"sqlite:///{first}/bihuan.db" if server is None else server.create_database("without")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("engine.identity.sessions.SEEN_EVERY", timedelta(hours=9))  # reading writes nothing
        town = Town.open(url, first, AT)
        for login, department, roles in (*LATER, *ADMINISTRATORS):
            town.add_person(login, department, roles)
        fort = Fort.open(town, hashed)
        settled(fort)
        ids, cookies, tokens = fort.ids, fort.cookies, fort.tokens
        fort.close()
        shutil.copytree(first, second)
        other = (
            f"sqlite:///{second}/bihuan.db" if server is None else server.create_database("with", "without")
        )
        opened = []
        for place, where in ((first, url), (second, other)):
            again = Fort.open(Town.open(where, place, AT), hashed)
            again.town.people = town.people
            again.ids, again.cookies, again.tokens = dict(ids), dict(cookies), dict(tokens)
            _with_pages(again)
            opened.append(again)
        try:
            yield opened[0], opened[1], referred(opened[1])
        finally:
            for one in opened:
                one.close()


def _with_pages(fort: Fort) -> None:
    from web.pages import attach_pages

    attach_pages(fort.app)


def compare(
    without: Fort, having: Fort, referral: str, n: int, seed: int, say: Callable[[str], None]
) -> Compared:
    """N requests of outsiders, each sent to both offices, which first by chance.

    Where the one is asked for the referral by its id, the other is asked for one that never was.
    """
    chance, compared = random.Random(seed), Compared()
    work = Work(), Work()
    for one, fort in zip(work, (without, having), strict=True):
        one.watch(fort.town)
    requests = _requests(having, referral)
    while compared.pairs < n:
        who, path, body = chance.choice(requests)
        there = path.replace(referral, NEVER)
        order = [(0, without, there), (1, having, path)]
        chance.shuffle(order)
        answers: dict[int, Any] = {}
        seconds: dict[int, float] = {}
        for number, fort, place in order:
            work[number].taken()
            begun = time.perf_counter()
            answers[number] = asked(fort, who, place) if body is None else fort.post(who, place, body)
            seconds[number] = time.perf_counter() - begun
        where = f"{who} at {path}" if body is None else f"{who} says {body} at {path}"
        _note(compared, where, answers, (NEVER, referral), [one.taken() for one in work])
        compared.slower.append(seconds[1] - seconds[0])
        if compared.pairs % 500 == 0:
            say(f"{compared.pairs} of {n} pairs")
    return compared


def _requests(having: Fort, referral: str) -> list[tuple[str, str, Any]]:
    """Who asks where, and what they say; nothing where they read."""
    paths = sorted({path for path in places(having, referral) if path != "/metrics"})
    reading = [(who, path, None) for who in OUTSIDERS[:-1] for path in paths]
    ids = [having.ids[name] for name in ("plain", "fined", "split")]
    versions = {id: having.town.row(id).version for id in ids}
    commands = [
        (who, path.replace("{id}", id), {**body, "expected_version": versions.get(id, 1)})
        for who in OUTSIDERS[:-1]
        if who != NOBODY
        for path, body in REFUSED
        for id in (ids if "findings" in path else (referral,))
    ]
    return [*reading, *commands]


def _note(
    compared: Compared,
    where: str,
    answers: dict[int, Any],
    ids: tuple[str, str],
    work: list[tuple[int, int]],
) -> None:
    told = [renamed(renamed(as_told(answers[number]), ids[0]), ids[1]) for number in range(2)]
    compared.pairs += 1
    compared.statuses[answers[0].status] += 1
    if told[0] != told[1]:
        compared.bytes_differ.append(where)
    if work[0] != work[1]:
        compared.work_differs.append(f"{where}: {work[0]} and {work[1]}")


def chance_of(differences: list[float], seed: int) -> float:
    """The share of sign-flipped differences whose sum lies as far from nothing: small where the two can be told apart.

    Differences are capped at their 95th percentile, for a pause of the machine says nothing of either side.
    """
    cap = sorted(abs(one) for one in differences)[int(len(differences) * 0.95)]
    kept = [min(max(one, -cap), cap) for one in differences]
    chance, seen = random.Random(seed), abs(sum(kept))
    as_far = sum(
        abs(sum(one if chance.getrandbits(1) else -one for one in kept)) >= seen for _ in range(FLIPS)
    )
    return (as_far + 1) / (FLIPS + 1)
