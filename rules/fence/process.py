"""One worker process as its parent sees it: started, asked, given up, ended."""

from __future__ import annotations

import fcntl
import json
import os
import select
import subprocess
import time
from collections.abc import Sequence
from contextlib import suppress
from typing import IO, Any, cast

MOST_ANSWER_BYTES = 1 << 20
"""A worker that writes on without end is given up before it fills the memory of its parent."""
PIPE_BYTES = 1 << 20
"""Room for a whole rulebook in the pipe, so that a worker gets ready while nobody waits for it."""
END_SECONDS = 0.5


class WorkerGone(Exception):
    """The worker died, kept silent past its time, or answered something that is no answer."""


class WorkerSilent(WorkerGone):
    """The worker said nothing in the time it was given."""


class Worker:
    """One process and the two pipes to it; used by one thread at a time. `until` is a time of time.monotonic()."""

    def __init__(self, command: Sequence[str], definitions: str) -> None:
        self.asked = 0
        self._received, self._ready = b"", False
        try:
            self._process = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, bufsize=0
            )
        except OSError as error:
            raise WorkerGone(f"the worker cannot be started: {error}") from error
        self._to = cast(IO[bytes], self._process.stdin)
        self._from = cast(IO[bytes], self._process.stdout)
        os.set_blocking(self._to.fileno(), False)
        with suppress(OSError):  # a system may allow less, and then the rest is sent by `get_ready`
            fcntl.fcntl(self._to, fcntl.F_SETPIPE_SZ, PIPE_BYTES)
        self._unsent = definitions.encode() + b"\n"
        with suppress(OSError):  # full or gone already: whoever needs the worker will see
            self._send_some()

    @property
    def pid(self) -> int:
        """The process id."""
        return self._process.pid

    @property
    def alive(self) -> bool:
        """True while the process runs."""
        return self._process.poll() is None

    def get_ready(self, until: float) -> None:
        """The worker has taken the rulesets and warmed up; raises WorkerGone."""
        if not self._ready:
            if self._exchange(until) != {"ready": True}:
                raise WorkerGone("the worker did not get ready")
            self._ready = True

    def ask(self, domain: str, facts: dict[str, int], until: float) -> tuple[str, ...]:
        """Keys of the rules that fired; raises WorkerGone."""
        self.get_ready(until)
        self.asked += 1
        question = {"n": self.asked, "domain": domain, "facts": facts}
        self._unsent = json.dumps(question).encode() + b"\n"
        answer = self._exchange(until)
        fired = answer.get("fired")
        if answer.get("n") != self.asked or not isinstance(fired, list):
            raise WorkerGone(str(answer.get("error", "the worker answered another question")))
        if not all(isinstance(key, str) for key in fired):
            raise WorkerGone("the worker's answer names no rules")
        return tuple(fired)

    def end(self) -> None:
        """The process is killed, and waited for unless the system holds it."""
        self._process.kill()
        with suppress(subprocess.TimeoutExpired):  # it is dead as soon as the system lets go of it
            self._process.wait(END_SECONDS)
        self._to.close()
        self._from.close()

    def _send_some(self) -> None:
        self._unsent = self._unsent[os.write(self._to.fileno(), self._unsent) :]

    def _exchange(self, until: float) -> dict[str, Any]:
        try:
            while self._unsent:
                _wait(self._to, select.POLLOUT, until)
                self._send_some()
            while b"\n" not in self._received:
                _wait(self._from, select.POLLIN, until)
                self._receive_some()
            answer, _, self._received = self._received.partition(b"\n")
            data = json.loads(answer)
        except (OSError, ValueError) as error:
            raise WorkerGone(f"{type(error).__name__}: {error}") from error
        if not isinstance(data, dict):
            raise WorkerGone("the worker's answer is no object")
        return data

    def _receive_some(self) -> None:
        received = os.read(self._from.fileno(), 65536)
        if not received:
            raise WorkerGone(f"the process ended (code {self._code()})")
        self._received += received
        if len(self._received) > MOST_ANSWER_BYTES:
            raise WorkerGone("the worker's answer does not end")

    def _code(self) -> int | None:
        """How the process ended; None when it has only closed its output."""
        with suppress(subprocess.TimeoutExpired):
            return self._process.wait(END_SECONDS)
        return None


def _wait(stream: IO[bytes], event: int, until: float) -> None:
    """The stream is ready; raises WorkerSilent when it is not in time."""
    ready = select.poll()
    ready.register(stream, event)
    if not ready.poll(max(0.0, until - time.monotonic()) * 1000):
        raise WorkerSilent("no answer in time")
