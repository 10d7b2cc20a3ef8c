"""The processes that look into files: a few that are kept, each with a bound on time and memory."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from queue import LifoQueue
from threading import Timer

from engine.screening.content import DAMAGED, LENGTH_BYTES

PROGRAM = Path(__file__).with_name("content.py")
COMMAND = (sys.executable, "-I", "-S", str(PROGRAM))
"""No packages, no environment, no folder of whoever started the house."""
WORKERS = 2
"""Files that are looked into at the same time; more wait."""
SECONDS_MAX = 20
"""What takes longer counts as damaged; papers of the size that is allowed take a tenth of a second."""
FILES_MAX = 1_000
"""After so many files a process makes room for a fresh one."""
ANSWER_BYTES_MAX = 200


class Worker:
    """One process; gone after a fault, and then asked nothing more."""

    def __init__(self, command: tuple[str, ...] = COMMAND) -> None:
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,  # Ctrl-C at the terminal of the house is not for it
        )
        self.asked = 0

    @property
    def pid(self) -> int:
        """The process."""
        return self._process.pid

    def ask(self, content: bytes, seconds_max: float) -> tuple[str | None, str | None] | None:
        """Kind and fault of the content; None when the process is gone, whatever it was that ended it."""
        self.asked += 1
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin is not None and stdout is not None
        timer = Timer(seconds_max, self._process.kill)
        timer.daemon = True
        timer.start()
        try:
            stdin.write(len(content).to_bytes(LENGTH_BYTES) + content)
            stdin.flush()
            told = json.loads(stdout.readline(ANSWER_BYTES_MAX))
        except (OSError, ValueError):
            self.end()
            return None
        finally:
            timer.cancel()
        return told["kind"], told["fault"]

    def end(self) -> None:
        """The process is gone."""
        self._process.kill()
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                try:
                    stream.close()
                except OSError:
                    continue  # what was not written yet is written to nobody
        self._process.wait()


@dataclass(slots=True)
class Screen:
    """Hands each file to a process that is free; processes begin when they are needed, and end with this one."""

    workers: int = WORKERS
    seconds_max: float = SECONDS_MAX
    _free: LifoQueue[Worker | None] = field(init=False)

    def __post_init__(self) -> None:
        self._free = LifoQueue()
        for _ in range(self.workers):
            self._free.put(None)

    def look(self, content: bytes) -> tuple[str | None, str | None]:
        """What the content is, and why it is refused; a file that ends two processes is damaged."""
        worker = self._free.get()
        try:
            for _ in range(2):  # a process that was ended from outside is no fault of the file
                worker = worker or Worker()
                told = worker.ask(content, self.seconds_max)
                if told is not None:
                    return told
                worker = None
            return None, DAMAGED
        finally:
            if worker is not None and worker.asked >= FILES_MAX:
                worker.end()
                worker = None
            self._free.put(worker)

    def end(self) -> None:
        """No process is left; the next file begins one."""
        for _ in range(self.workers):
            worker = self._free.get()
            if worker is not None:
                worker.end()
            self._free.put(None)


SCREEN = Screen()
"""That of this program: the processes end when it does, as their input ends then."""


def screened(content: bytes) -> tuple[str | None, str | None]:
    """Kind and fault of a file, each None where there is none."""
    return SCREEN.look(content)
