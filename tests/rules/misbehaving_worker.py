"""The real worker with one fault in it: what it does with the next question stands in a file.

Called with the real worker's path and the file's. `hang once` hangs on the next question and forgets it; without
`once` every question meets the fault. Without the file it is the real worker.
"""

import importlib.util
import os
import signal
import sys
import time
from pathlib import Path
from typing import Any

ANSWERS = 3
"""The real worker keeps its own copy of standard output under the first number that is free."""


def main() -> None:
    """Serves like the worker, and badly when it is told to."""
    real, told = Path(sys.argv[1]), Path(sys.argv[2])
    spec = importlib.util.spec_from_file_location("worker", real)
    assert spec is not None and spec.loader is not None
    worker: Any = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(worker)
    honest = worker.Evaluation.fired
    warm = False

    def fired(self: Any, domain: str, facts: dict[str, int]) -> list[str]:
        answer: list[str] = honest(self, domain, facts)
        if not (warm and told.exists()):
            return answer
        fault, _, once = told.read_text().partition(" ")
        if once:
            told.unlink()
        misbehave(fault)
        return [*answer, "R99@1"] if fault == "lie" else answer

    def warmed_up(self: Any, domain: str, facts: dict[str, int]) -> list[str]:
        """The probes come before the first question: the date of each is zero."""
        nonlocal warm
        warm = facts["on"] > 0
        return fired(self, domain, facts)

    worker.Evaluation.fired = warmed_up
    worker.serve()


def misbehave(fault: str) -> None:
    """The fault happens; some end the process, some take the time of whoever waits."""
    if fault == "crash":
        os.kill(os.getpid(), signal.SIGSEGV)
    elif fault == "abort":
        os.abort()
    elif fault == "exit":
        os._exit(3)
    elif fault == "hang":
        time.sleep(60)
    elif fault == "spin":
        while True:
            pass
    elif fault == "grow":
        kept = []
        while True:
            kept.append(bytearray(os.urandom(1)) * (1 << 24))
    elif fault == "babble":
        while True:
            os.write(ANSWERS, b"x" * 65536)
    elif fault == "garble":
        os.write(ANSWERS, b"\x00\xff no answer\n")
    elif fault == "break_off":
        os.write(ANSWERS, b'{"n": 1, "fir')
        os._exit(0)
    elif fault == "slow":
        time.sleep(0.4)
    elif fault == "fail":
        raise ValueError("the library failed")


main()
