"""Keeps the durable_rules workers: asks them, gives up on one that is silent, replaces it once."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from queue import Empty, LifoQueue
from threading import Lock

from rules.fence.process import Worker, WorkerGone, WorkerSilent
from rules.fence.rulesets import DurableRulesets
from rules.predicates import Facts

WORKER = (sys.executable, "-I", str(Path(__file__).with_name("worker.py")))
START_SECONDS = 10.0
"""How long `start` waits for its workers; no decision waits for that."""
RECYCLE_AFTER = 100_000
"""Evaluations after which a worker is replaced, so that what the library never frees stays small."""
SHARES = (0.5, 1.0)
"""What the worker there is, then a new one, may use of the time that is left for the decision."""


@dataclass(slots=True)
class Tally:
    """What has happened at the fence since the program began.

    evaluations: decisions that were asked for; one that needs two questions counts once, so that the figure
    says nothing of the confidential part of a decision. deaths: workers that ended, or gave no answer that is one.
    """

    evaluations: int = 0
    time_outs: int = 0
    deaths: int = 0
    respawns: int = 0
    recycled: int = 0
    disagreements: int = 0
    _lock: Lock = field(default_factory=Lock, repr=False)

    def count(self, name: str) -> None:
        """One more of that name."""
        with self._lock:
            setattr(self, name, getattr(self, name) + 1)


class DurablePool:
    """The second of the two evaluators; safe to ask from many threads.

    A spare is a worker that has warmed up and waits to replace another.
    """

    def __init__(
        self,
        rulesets: DurableRulesets,
        *,
        workers: int,
        spares: int = 0,
        command: Sequence[str] = WORKER,
        recycle_after: int = RECYCLE_AFTER,
        tally: Tally | None = None,
    ) -> None:
        self.tally = Tally() if tally is None else tally
        self._rulesets, self._command, self._recycle_after = rulesets, command, recycle_after
        self._definitions = json.dumps(rulesets.definitions)
        self._free: LifoQueue[Worker | None] = LifoQueue()
        self._workers, self._wanted_spares = workers, spares
        self._lock, self._all = Lock(), Lock()
        self._spares: list[Worker] = []
        self._standing: set[Worker] = set()
        self._outdated: set[Worker] = set()
        for _ in range(workers):
            self._free.put(None)

    def fired(self, facts: Facts, on: date, until: float) -> tuple[str, ...]:
        """Keys of the rules that fired, sorted; raises WorkerGone when a new worker has no answer either.

        The answer or the exception is there at `until`, a time of time.monotonic(), or as good as.
        """
        domain, message = str(facts["domain"]), self._rulesets.encode(facts, on)
        try:
            worker = self._free.get(timeout=max(0.0, until - time.monotonic()))
        except Empty:
            self.tally.count("time_outs")
            raise WorkerSilent("no worker was free in time") from None
        failure = WorkerGone("no worker")
        try:
            worker = self._unless_outdated(worker)
            for share in SHARES:
                now = time.monotonic()
                try:
                    worker = worker or self._next()
                    return worker.ask(domain, message, now + (until - now) * share)
                except WorkerGone as gone:
                    failure = gone
                    self.tally.count("time_outs" if isinstance(gone, WorkerSilent) else "deaths")
                    if worker is not None:
                        self._end(worker)
                        worker = None
                    if share != SHARES[-1]:
                        self.tally.count("respawns")
            raise failure
        finally:
            if worker is not None and worker.asked >= self._recycle_after:
                self.tally.count("recycled")
                self._end(worker)
                worker = None
            self._free.put(self._unless_outdated(worker))

    def start(self) -> None:
        """Every worker and spare runs, so that no ruling need wait for one; raises WorkerGone."""
        with self._all:
            seats = [self._free.get() for _ in range(self._workers)]
            try:
                seats = [worker or self._launch() for worker in seats]
                self._refill()
                until = time.monotonic() + START_SECONDS
                for worker in seats:
                    if worker is not None:
                        worker.get_ready(until)
            except WorkerGone:
                self._end_all()
                seats = [None] * self._workers
                raise
            finally:
                for worker in seats:
                    self._free.put(worker)

    def renew(self) -> None:
        """No worker that runs now is asked again; those that are being asked may finish their question."""
        with self._lock:
            self._outdated |= self._standing - set(self._spares)
            spares, self._spares = self._spares, []
        for spare in spares:
            self._end(spare)
        idle = []
        with suppress(Empty):
            while True:
                idle.append(self._free.get_nowait())
        for worker in idle:
            self._free.put(self._unless_outdated(worker))
        self._refill()

    def pids(self) -> list[int]:
        """Process ids of the workers that run, spares apart."""
        with self._lock:
            return [worker.pid for worker in self._standing - set(self._spares) if worker.alive]

    def alive(self) -> int:
        """How many processes run, spares among them."""
        with self._lock:
            return sum(worker.alive for worker in self._standing)

    def close(self) -> None:
        """No worker runs; the next question starts one again."""
        with self._all:
            seats = [self._free.get() for _ in range(self._workers)]
            self._end_all()
            for _ in seats:
                self._free.put(None)

    def _next(self) -> Worker:
        """A spare, or where there is none a worker that has yet to get ready."""
        worker = None
        while worker is None and (spare := self._spare()) is not None:
            if spare.alive:
                worker = spare
            else:
                self._end(spare)
        worker = worker or self._launch()
        self._refill()
        return worker

    def _spare(self) -> Worker | None:
        with self._lock:
            return self._spares.pop() if self._spares else None

    def _refill(self) -> None:
        """The spares that are wanted are on their way; whoever takes one sees whether it came to anything."""
        while len(self._spares) < self._wanted_spares:
            try:
                spare = self._launch()
            except WorkerGone:
                return
            with self._lock:
                if one_more := len(self._spares) < self._wanted_spares:
                    self._spares.append(spare)
            if not one_more:  # another thread was quicker
                self._end(spare)

    def _launch(self) -> Worker:
        worker = Worker(self._command, self._definitions)
        with self._lock:
            self._standing.add(worker)
        return worker

    def _end(self, worker: Worker) -> None:
        worker.end()
        with self._lock:
            self._standing.discard(worker)
            self._outdated.discard(worker)

    def _end_all(self) -> None:
        with self._lock:
            standing = list(self._standing)
            self._spares.clear()
        for worker in standing:
            self._end(worker)

    def _unless_outdated(self, worker: Worker | None) -> Worker | None:
        """The worker if it may still be asked; else it ends, and there is none."""
        if worker is None or worker not in self._outdated:
            return worker
        self._end(worker)
        return None
