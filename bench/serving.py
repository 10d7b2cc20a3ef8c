"""Steps per second over HTTP with 1, 16 and 64 clients, beside the same steps in process in the same run.

python -m bench.serving [STEPS]

The server is a process of its own on the loopback; clients keep their connections and take the same processors.
"""

from __future__ import annotations

import http.client
import json
import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import median, quantiles
from urllib.parse import urlsplit

from bench.steps import CLIENTS, REGISTER, STEPS, through_the_desk
from engine.administration import Administration
from tests.builders import Town

ROOT = Path(__file__).parent.parent
SECONDS_TO_START = 60
AT = "2024-04-26T17:00"


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """A server over the data of the folder answers at this address."""
    with served_by(folder) as (address, _):
        yield address


@contextmanager
def served_by(folder: Path, url: str | None = None) -> Iterator[tuple[str, int]]:
    """The address, and the process, of a server over the data of the folder or over the database of that URL."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("BIHUAN_")}
    own |= {"BIHUAN_DATABASE_URL": url} if url else {}
    command = [sys.executable, "-P", "-m", "api.command_line", "--data", str(folder)]
    process = subprocess.Popen(
        [*command, "--test-clock", str(folder / "clock"), "serve", "--port", "0"],
        cwd=ROOT,
        env=own | {"PYTHONPATH": str(ROOT), "BIHUAN_ACCEPT_TEST_DATABASE": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        assert process.stdout is not None
        address = process.stdout.readline().split()[-1]
        _wait_until_it_answers(address)
        yield address, process.pid
    finally:
        process.terminate()
        process.communicate(timeout=30)


def _wait_until_it_answers(address: str) -> None:
    until = time.monotonic() + SECONDS_TO_START
    while True:
        try:
            with socket.create_connection((urlsplit(address).hostname, urlsplit(address).port), timeout=1):
                return
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.05)


def over_http(address: str, header: str, findings: Sequence[str], clients: int) -> list[float]:
    """Seconds of each step, with so many clients at once; raises AssertionError when one is refused."""
    took: list[float] = []

    def one(share: Sequence[str]) -> None:
        connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=60)
        for finding in share:
            begun = time.perf_counter()
            body = json.dumps(
                {"expected_version": 1, "trigger": "register", "proceeding": None, "facts": REGISTER}
            )
            headers = {
                "Authorization": header,
                "Idempotency-Key": finding,
                "Content-Type": "application/json",
            }
            connection.request("POST", f"/api/v1/findings/{finding}/steps", body, headers)
            answer = connection.getresponse()
            said = answer.read()
            assert answer.status == 200, said
            took.append(time.perf_counter() - begun)
        connection.close()

    threads = [threading.Thread(target=one, args=(findings[number::clients],)) for number in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(took) == len(findings), "a client failed"
    return took


def main() -> None:
    """Prints steps a second, the middle and the slowest hundredth, and the ratio to the steps in process."""
    steps = int(sys.argv[1]) if len(sys.argv) > 1 else STEPS
    with tempfile.TemporaryDirectory(prefix="bihuan-bench-") as name:
        folder = Path(name)
        town = Town.open(f"sqlite:///{folder}/bihuan.db", folder, AT)
        fresh = [[town.finding() for _ in range(steps)] for _ in range(2 * len(CLIENTS))]
        detail = {"login": "W01", "scope": "write", "expires": "2024-12-31T23:59:59+08:00"}
        token = Administration(town.house).ask("token.issue", detail, command="bench").result["token"]
        inside = [through_the_desk(town, fresh[n], clients)[0] for n, clients in enumerate(CLIENTS)]
        town.close()
        with served(folder) as address:
            for number, clients in enumerate(CLIENTS):
                begun = time.perf_counter()
                took = over_http(address, f"Bearer {token}", fresh[len(CLIENTS) + number], clients)
                rate = steps / (time.perf_counter() - begun)
                slow = quantiles(took, n=100)[-1]
                print(
                    f"HTTP, {clients:2} client(s)  {rate:7.0f} steps/s   in process {inside[number]:7.0f}   "
                    f"{inside[number] / rate:5.2f} × its time   middle {median(took) * 1000:6.1f} ms   "
                    f"slowest hundredth {slow * 1000:6.1f} ms"
                )


if __name__ == "__main__":
    main()
