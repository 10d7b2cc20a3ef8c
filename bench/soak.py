"""Runs the full figure of a promise, and writes what was found into docs/measured.md.

python -m bench.soak NAME [--n N] [--seed S] [--more]

walk    N steps over the house, at random and on tours through every row; every law is checked after each
crash   N houses killed at a random moment under load
race    N versions of one finding, each wanted by 64 clients at once, on both databases
repeat  N commands sent one to five times, in any order, on both databases
rulings N random fact sets, near every bound and on both sides of every change of the law, before both evaluators
histories N random histories of a deadline, counted step by step and anew
leaps   N restarts and leaps of the clock by -1 hour to +40 days, on SQLite and on two nodes over PostgreSQL
deadlines N periods counted by the house and by a walk on the wall calendar, each with its reckoning
exchange N messages to 8 receivers, one of them dead, by couriers killed every two seconds, on both databases
fence   N crashes, hangs and memory blow-ups of a rule worker
outsiders N questions of those who must not know of a referral, to an office with and one without it, on both databases
uploads N hostile files: bombs, entities, macros, polyglots, paths, broken ones
canaries N secrets and personal values planted by every way in, errors too
guesses N guesses at passwords, codes, sessions, form values and tokens, of people known and unknown
hands   N random histories among few persons with two accounts each, who lend, change roles and step back
receipts N forged, stale, mutated, misdirected receipts among good ones, on SQLite and on PostgreSQL by turns
requests N generated requests by each role, a token, a linked system and nobody, on both databases
edits   N changes of the database behind its guards, each looked for with one saved checkpoint, on both databases
papers  every paper of every scenario read back in both formats; N whole files of their findings bound
wall    N findings on PostgreSQL, every list asked by a role that row policies hold and by one that none holds
"""

from __future__ import annotations

import argparse
import json
import secrets
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from bench import (
    clock_soaks,
    edits_soak,
    exchange_soak,
    hands_soak,
    hardening_soaks,
    papers_soak,
    receipt_soak,
    request_soak,
    rights_soak,
    wall_soak,
)
from bench.measured import Found, commit, earlier, write_down
from bench.telling import say
from rules.charts import load_charts
from tests.builders import Town
from tests.desk.crash import kill_at_random
from tests.desk.race import CLIENTS, race, repeat
from tests.rules.faults import faults_in_turn, inject
from tests.rules.random_rulings import compare
from tests.simulation.rows import RowKey, never_reached, rows_to_take, told
from tests.simulation.walk import Walk, opening_day, tour
from tests.throwaway_postgres import start_server

STEPS_PER_EPOCH = 1_000
TOUR_STEPS = 3_000
"""About as many as a tour takes; what is left of a soak is too short for one when it is less."""
EPOCHS_PER_TOUR = 2
TAKEN_AT_LEAST = 20
ACCEPTED_AT_LEAST = 0.4
PROCESSES = 2
FULL_STEPS = 100_000
ROUNDS_PER_TOWN = 100
RULINGS_PER_SHARE = 20_000


@contextmanager
def fresh_town(url: str | None, at: str) -> Iterator[Town]:
    """A town in a folder of its own, over SQLite there or over the database of that URL."""
    with tempfile.TemporaryDirectory(prefix="bihuan-soak-") as folder:
        town = Town.open(url or f"sqlite:///{folder}/bihuan.db", Path(folder), at)
        try:
            yield town
        finally:
            town.close()


@dataclass(slots=True)
class Walked:
    """What the epochs of one process found."""

    sent: int
    accepted: int
    refused: Counter[str]
    taken: Counter[RowKey]

    def add(self, walk: Walk) -> None:
        """What the walk found is among it."""
        self.sent += walk.world.sent
        self.accepted += walk.world.accepted
        self.refused += walk.world.refused
        self.taken += walk.world.watch.taken


def walk_epochs(steps: int, seed: int) -> Walked:
    """So many steps in towns one after the other: a tour that takes every row and a random walk by turns.

    What was taken seldom before is looked for at random.
    """
    walked, number = Walked(0, 0, Counter(), Counter()), 0
    while walked.sent < steps:
        epoch, left = seed + walked.sent, steps - walked.sent
        at = opening_day(epoch).strftime("%Y-%m-%dT%H:%M")
        if number % EPOCHS_PER_TOUR == 0 and left >= TOUR_STEPS:
            with fresh_town(None, at) as first, fresh_town(None, at) as second:
                for walk in tour(first, second, epoch):
                    walked.add(walk)
        else:
            with fresh_town(None, at) as town:
                walk = Walk(town, epoch, Counter(walked.taken))
                walk.run(min(STEPS_PER_EPOCH, left))
                walked.add(walk)
        number += 1
        say(f"{walked.sent} of {steps} steps, seed {epoch}")
    return walked


def soak_walk(n: int, seed: int) -> dict[str, Any]:
    """N steps, in two processes; prints how often each row was taken."""
    with get_context("spawn").Pool(PROCESSES) as pool:
        shares = [(n // PROCESSES, seed), (n - n // PROCESSES, seed + 10**9)]
        parts = pool.starmap(walk_epochs, shares)
    taken: Counter[RowKey] = Counter()
    refused: Counter[str] = Counter()
    for part in parts:
        taken += part.taken
        refused += part.refused
    charts = load_charts()
    for line in told(charts, taken):
        print(line)
    sent, accepted = sum(part.sent for part in parts), sum(part.accepted for part in parts)
    least = TAKEN_AT_LEAST * n // FULL_STEPS
    rows = rows_to_take(charts)
    seldom = [row for row in rows if taken[(row.chart, row.trigger, row.source, row.to)] < least]
    missing = never_reached(charts, taken)
    found = {
        "steps": sent,
        "accepted_share": round(accepted / sent, 3),
        "rows": len(rows),
        "least_taken": min(taken[(row.chart, row.trigger, row.source, row.to)] for row in rows),
        "rows_taken_too_seldom": len(seldom),
        "final_states_not_reached": len(missing),
        "refusals": dict(sorted(refused.items())),
    }
    if accepted < ACCEPTED_AT_LEAST * sent or seldom or (least and missing):
        raise AssertionError(f"{found}; too seldom: {seldom[:5]}; not reached: {missing}")
    return found


def soak_crash(n: int, seed: int) -> dict[str, Any]:
    """N kills."""
    return asdict(kill_at_random(n, seed, say))


def on_both(n: int, act: Callable[[Town, int], None]) -> None:
    """The act was done for a share of N at a time, each share in a fresh town, on SQLite and on PostgreSQL."""
    shares = [min(ROUNDS_PER_TOWN, n - done) for done in range(0, n, ROUNDS_PER_TOWN)]
    with start_server() as server:
        for number, share in enumerate(shares):
            for url in (None, server.create_database(f"soak{number}")):
                with fresh_town(url, "2024-04-26T17:00") as town:
                    act(town, share)
            say(f"{sum(shares[: number + 1])} of {n} on both databases")


def soak_race(n: int, seed: int) -> dict[str, Any]:
    """N versions, 64 clients each."""
    answers: Counter[str] = Counter()

    def act(town: Town, share: int) -> None:
        answers.update(race(town, share).answers)

    on_both(n, act)
    return {"versions_each_database": n, "clients": CLIENTS, "answers": dict(answers)}


def soak_repeat(n: int, seed: int) -> dict[str, Any]:
    """N commands, each sent one to five times."""
    times: Counter[int] = Counter()

    def act(town: Town, share: int) -> None:
        times.update(repeat(town, share, seed + sum(times.values())))

    on_both(n, act)
    return {"commands_each_database": n, "sent": sum(count * often for often, count in times.items())}


def soak_rulings(n: int, seed: int) -> dict[str, Any]:
    """N decisions like those of the house, in two processes."""
    shares = [(min(RULINGS_PER_SHARE, n - done), seed + done) for done in range(0, n, RULINGS_PER_SHARE)]
    fired: Counter[str] = Counter()
    done = 0
    with get_context("spawn").Pool(PROCESSES) as pool:
        for asked, named in pool.imap_unordered(compare, shares):
            done += asked
            fired += named
            say(f"{done} of {n} fact sets")
    return {
        "fact_sets": done,
        "rules_fired": len(fired),
        "firings": sum(fired.values()),
        "least_fired": min(fired.values()),
        "differences": 0,
    }


def soak_fence(n: int, seed: int) -> dict[str, Any]:
    """N faults."""
    found = inject(faults_in_turn(n), seed, say)
    if found.over_two_seconds:
        raise AssertionError(f"{found.over_two_seconds} decisions took longer: {found.longest_seconds:.2f} s")
    return {
        "faults": dict(sorted(found.faults.items())),
        "decided_rightly": found.right,
        "waiting_for_a_person": found.waiting,
        "longest_seconds": round(found.longest_seconds, 2),
    }


SOAKS: dict[str, tuple[Callable[[int, int], dict[str, Any]], int]] = {
    "walk": (soak_walk, FULL_STEPS),
    "crash": (soak_crash, 1_000),
    "race": (soak_race, 1_000),
    "repeat": (soak_repeat, 10_000),
    "rulings": (soak_rulings, 1_000_000),
    "histories": (clock_soaks.histories, 1_000_000),
    "leaps": (clock_soaks.leaps, 1_000),
    "deadlines": (clock_soaks.deadlines, 100_000),
    "exchange": (exchange_soak.exchange, 20_000),
    "fence": (soak_fence, 100),
    "outsiders": (rights_soak.outsiders, 5_000),
    "canaries": (hardening_soaks.canaries, 10_000),
    "uploads": (hardening_soaks.uploads, 500),
    "guesses": (hardening_soaks.guesses, 10_000),
    "hands": (hands_soak.hands, 1_000_000),
    "receipts": (receipt_soak.receipts, 100_000),
    "edits": (edits_soak.edits, 100_000),
    "wall": (wall_soak.wall, 100_000),
    "papers": (papers_soak.papers, 1_000),
    "requests": (request_soak.requests, 30_000),
}


def main() -> None:
    """Runs one soak; exits with 1 when a promise was broken."""
    parser = argparse.ArgumentParser(prog="soak", description=__doc__.split("\n")[0] if __doc__ else None)
    parser.add_argument("name", choices=SOAKS)
    parser.add_argument("--n", type=int)
    parser.add_argument("--seed", type=int)
    parser.add_argument("--unrecorded", action="store_true", help="leave docs/measured.md as it is")
    parser.add_argument("--more", action="store_true", help="add to what docs/measured.md says was found")
    asked = parser.parse_args()
    act, full = SOAKS[asked.name]
    try:
        before = earlier(asked.name) if asked.more else None
    except LookupError as fault:
        sys.exit(str(fault.args[0]))
    n = asked.n or (max(1, full - before.n) if before else full)
    seed = asked.seed if asked.seed is not None else secrets.randbelow(2**31)
    running = commit()
    say(f"{asked.name}: n {n}, seed {seed}, commit {running}")
    begun, found, broken = time.monotonic(), dict[str, Any](), None
    try:
        found = act(n, seed)
    except AssertionError as fault:
        broken = str(fault)
    print(json.dumps(found or {"broken": broken}, ensure_ascii=False))
    if not asked.unrecorded:
        minutes = (time.monotonic() - begun) / 60
        told = Found(asked.name, n, (seed,), (running,), minutes, found, broken)
        write_down(before.plus(told) if before else told)
    sys.exit(1 if broken else 0)


if __name__ == "__main__":
    main()
