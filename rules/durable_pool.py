"""Keeps the durable_rules workers: asks them, gives up on one that is silent, replaces it once."""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
import time
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from queue import LifoQueue
from threading import Lock
from typing import IO, Any, cast

from rules.compiled import DurableRulesets
from rules.predicates import Facts

WORKER = (sys.executable, "-I", str(Path(__file__).with_name("durable_worker.py")))
START_SECONDS = 10.0
"""How long a new process may take until it is ready; an evaluation gets the caller's own limit."""
RECYCLE_AFTER = 100_000
"""Evaluations after which a worker is replaced, so that what the library never frees stays small."""


class WorkerGone(Exception):
    """The worker died, kept silent past its time, or answered something that is no answer."""


class _Worker:
    """One process and the two pipes to it; used by one thread at a time."""

    def __init__(self, command: Sequence[str], definitions: str) -> None:
        self.asked = 0
        self._received = b""
        try:
            self._process = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, bufsize=0
            )
        except OSError as error:
            raise WorkerGone(f"the worker cannot be started: {error}") from error
        self._to = cast(IO[bytes], self._process.stdin)
        self._from = cast(IO[bytes], self._process.stdout)
        os.set_blocking(self._to.fileno(), False)
        try:
            if self._exchange(definitions, START_SECONDS) != {"ready": True}:
                raise WorkerGone("the worker did not get ready")
        except WorkerGone:
            self.stop()
            raise

    @property
    def pid(self) -> int:
        """The process id."""
        return self._process.pid

    def ask(self, domain: str, facts: dict[str, int], seconds: float) -> tuple[str, ...]:
        """Keys of the rules that fired; raises WorkerGone."""
        self.asked += 1
        question = json.dumps({"n": self.asked, "domain": domain, "facts": facts})
        answer = self._exchange(question, seconds)
        fired = answer.get("fired")
        if answer.get("n") != self.asked or not isinstance(fired, list):
            raise WorkerGone(str(answer.get("error", "the worker answered another question")))
        if not all(isinstance(key, str) for key in fired):
            raise WorkerGone("the worker's answer names no rules")
        return tuple(fired)

    def stop(self) -> None:
        """The process is gone and waited for."""
        self._process.kill()
        self._process.wait()
        self._to.close()
        self._from.close()

    def _exchange(self, line: str, seconds: float) -> dict[str, Any]:
        until = time.monotonic() + seconds
        unsent = line.encode() + b"\n"
        try:
            while unsent:
                _wait(self._to, select.POLLOUT, until)
                unsent = unsent[os.write(self._to.fileno(), unsent) :]
            while b"\n" not in self._received:
                _wait(self._from, select.POLLIN, until)
                received = os.read(self._from.fileno(), 65536)
                if not received:
                    raise WorkerGone(f"the process ended (code {self._process.wait()})")
                self._received += received
            answer, _, self._received = self._received.partition(b"\n")
            data = json.loads(answer)
        except (OSError, ValueError) as error:
            raise WorkerGone(f"{type(error).__name__}: {error}") from error
        if not isinstance(data, dict):
            raise WorkerGone("the worker's answer is no object")
        return data


def _wait(stream: IO[bytes], event: int, until: float) -> None:
    """The stream is ready; raises WorkerGone when it is not in time."""
    ready = select.poll()
    ready.register(stream, event)
    if not ready.poll(max(0.0, until - time.monotonic()) * 1000):
        raise WorkerGone("no answer in time")


class DurablePool:
    """The second of the two evaluators; safe to ask from many threads."""

    def __init__(
        self,
        rulesets: DurableRulesets,
        *,
        workers: int,
        timeout_seconds: float,
        command: Sequence[str] = WORKER,
        recycle_after: int = RECYCLE_AFTER,
    ) -> None:
        self._rulesets, self._seconds = rulesets, timeout_seconds
        self._command, self._recycle_after = command, recycle_after
        self._definitions = json.dumps(rulesets.definitions)
        self._free: LifoQueue[_Worker | None] = LifoQueue()
        self._workers, self._all = workers, Lock()
        for _ in range(workers):
            self._free.put(None)

    def fired(self, facts: Facts, on: date) -> tuple[str, ...]:
        """Keys of the rules that fired, sorted; raises WorkerGone when a new worker has no answer either."""
        domain, message = str(facts["domain"]), self._rulesets.encode(facts, on)
        worker, failure = self._free.get(), WorkerGone("no worker")
        try:
            for _attempt in ("with the worker there is", "with a new one"):
                try:
                    worker = worker or _Worker(self._command, self._definitions)
                    return worker.ask(domain, message, self._seconds)
                except WorkerGone as gone:
                    failure = gone
                    if worker is not None:
                        worker.stop()
                        worker = None
            raise failure
        finally:
            if worker is not None and worker.asked >= self._recycle_after:
                worker.stop()
                worker = None
            self._free.put(worker)

    def start(self) -> None:
        """Every worker runs, so that the first rulings need not wait for one; raises WorkerGone."""
        with self._all:
            for worker in self._taken():
                self._free.put(worker or _Worker(self._command, self._definitions))

    def pids(self) -> list[int]:
        """Process ids of the workers that run."""
        with self._all:
            taken = self._taken()
            for worker in taken:
                self._free.put(worker)
        return [worker.pid for worker in taken if worker is not None]

    def close(self) -> None:
        """No worker runs; the next question starts one again."""
        with self._all:
            for worker in self._taken():
                if worker is not None:
                    worker.stop()
                self._free.put(None)

    def _taken(self) -> list[_Worker | None]:
        return [self._free.get() for _ in range(self._workers)]
