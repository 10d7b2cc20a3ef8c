"""Injects crashes, hangs and memory blow-ups into the rule workers, and looks at every decision."""

from __future__ import annotations

import os
import random
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from rules.arbiter import Arbiter, Decision, Undecided
from rules.fence.pool import WORKER
from rules.rulebook import Rulebook, load_rulebook
from tests.rules.edges import Edges

DOUBLE = Path(__file__).with_name("misbehaving_worker.py")
TRIES = 10
PROMISED_SECONDS = 2.0
SLACK = 1.0
"""What a loaded machine may take beyond that until the answer is back in the thread that asked."""
BY_THE_WORKER = ("crash", "abort", "exit", "hang", "spin", "grow", "babble", "garble", "break_off", "fail")
SIGNALS = {"killed": signal.SIGKILL, "stopped": signal.SIGSTOP, "segmentation": signal.SIGSEGV}
FAULTS = (
    *(f"{fault} once" for fault in BY_THE_WORKER),
    *BY_THE_WORKER,
    *SIGNALS,
    "lie",
    "slow once",
)


@dataclass(slots=True)
class Injected:
    """What became of the decisions that met a fault."""

    faults: Counter[str] = field(default_factory=Counter)
    right: int = 0
    waiting: int = 0
    over_two_seconds: int = 0
    longest_seconds: float = 0.0


@contextmanager
def misbehaving(book: Rulebook) -> Iterator[tuple[Arbiter, Path]]:
    """An arbiter with the house's budget over workers that misbehave, and the file that tells them how."""
    with tempfile.TemporaryDirectory(prefix="bihuan-faults-") as folder:
        told = Path(folder, "fault")
        command = (sys.executable, "-I", str(DOUBLE), WORKER[-1], str(told))
        arbiter = Arbiter(book, book.facts, book.office, spares=1, worker_command=command)
        try:
            arbiter.start()
            yield arbiter, told
        finally:
            arbiter.close()


def inject(faults: list[str], seed: int, say: Callable[[str], None] = lambda _: None) -> Injected:
    """Each fault is met by one decision, which is right or waits for a person in time, and the next is right.

    A fault that goes away when the worker is replaced costs time, and a decision only where the time is over;
    raises AssertionError.
    """
    book, chance, found = load_rulebook(), random.Random(seed), Injected()
    edges = Edges(book)
    with misbehaving(book) as (arbiter, told):
        for number, fault in enumerate(faults, start=1):
            facts, on = edges.case(chance)
            wanted = arbiter.decide_alone(facts, on)
            if fault in SIGNALS:
                for pid in arbiter.worker_pids():
                    os.kill(pid, SIGNALS[fault])
            else:
                told.write_text(fault, encoding="utf-8")
            begun = time.monotonic()
            try:
                assert arbiter.decide(facts, on) == wanted, f"{fault}: decided wrongly: {facts} on {on}"
                assert fault in SIGNALS or fault.endswith("once"), f"{fault}: decided all the same"
                found.right += 1
            except Undecided as undecided:
                late = "no answer in time" in str(undecided)  # a busy machine may start no worker in time
                assert late or fault in (*BY_THE_WORKER, "lie"), f"{fault}: not decided: {undecided}"
                found.waiting += 1
            took = time.monotonic() - begun
            assert took < PROMISED_SECONDS + SLACK, f"{fault}: {took:.2f} seconds"
            told.unlink(missing_ok=True)
            found.faults[fault.removesuffix(" once")] += 1
            found.over_two_seconds += took > PROMISED_SECONDS
            found.longest_seconds = max(found.longest_seconds, took)
            assert _at_last(arbiter, facts, on) == wanted, f"after {fault}: decided wrongly"
            assert arbiter.workers_alive() <= 2, f"after {fault}: workers are left over"
            if number % 10 == 0:
                say(f"{number} of {len(faults)} faults")
    return found


def _at_last(arbiter: Arbiter, facts: dict[str, Any], on: date) -> Decision | None:
    """What is decided once a worker is there again; None when none comes."""
    for _ in range(TRIES):
        try:
            return arbiter.decide(facts, on)
        except Undecided:
            continue
    return None


def faults_in_turn(n: int) -> list[str]:
    """N faults, every kind as often as any other."""
    return [FAULTS[number % len(FAULTS)] for number in range(n)]
