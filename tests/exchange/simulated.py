"""A simulated partner in a process of its own, as `bihuan partner simulate` starts it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent.parent
PATIENCE_SECONDS = 30


@dataclass
class Simulator:
    """What the process printed so far, and its control endpoint."""

    process: subprocess.Popen[str]
    said: list[dict[str, Any]] = field(default_factory=list)

    def follow(self) -> None:
        """Every line is kept as it comes."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.said.append(json.loads(line))

    @property
    def url(self) -> str:
        """Where messages are brought."""
        return str(self.until(lambda one: one["what"] == "listening")["url"])

    def until(self, wanted: Callable[[dict[str, Any]], bool], after: int = 0) -> dict[str, Any]:
        """The first line from there on that is wanted; fails when it does not come."""
        ends = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < ends:
            for one in self.said[after:]:
                if wanted(one):
                    return one
            time.sleep(0.005)
        raise AssertionError(self.said)

    def receipts(self) -> list[tuple[str, str | None, str]]:
        """Kind, fault and answer of each receipt so far."""
        return [(one["kind"], one["fault"], one["code"]) for one in self.said if one["what"] == "receipt"]

    def answered(self, kind: str, fault: str | None = None) -> dict[str, Any]:
        """The line of that receipt."""
        return self.until(
            lambda one: one["what"] == "receipt" and (one["kind"], one["fault"]) == (kind, fault)
        )

    def messages(self) -> list[dict[str, Any]]:
        """The lines of messages so far."""
        return [one for one in self.said if one["what"] == "message"]

    def control(self, path: str = "", body: Any = None) -> tuple[int, Any]:
        """Status and answer of the control endpoint."""
        data = None if body is None else json.dumps(body).encode()
        url = self.url.replace("/hook", f"/control{path}")
        asked = urllib.request.Request(url, data, {"content-type": "application/json"})
        try:
            with urllib.request.urlopen(asked, timeout=PATIENCE_SECONDS) as answer:
                return answer.status, json.loads(answer.read())
        except urllib.error.HTTPError as refusal:
            return refusal.code, json.loads(refusal.read() or b"null")


@contextmanager
def simulator(role: str, system: str, house: str, keys: str, clock: Path, *words: str) -> Iterator[Simulator]:
    """The simulator of that role runs; its keys came on stdin."""
    command = ["partner", "simulate", "--as", role, "--system", system, "--house", house]
    process = subprocess.Popen(
        [sys.executable, "-m", "api.command_line", *command, "--test-clock", str(clock), *words, "--json"],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdin is not None
    process.stdin.write(keys)
    process.stdin.close()
    started = Simulator(process)
    reader = threading.Thread(target=started.follow, daemon=True)
    reader.start()
    try:
        yield started
    finally:
        process.terminate()
        process.wait(timeout=20)
        reader.join()
