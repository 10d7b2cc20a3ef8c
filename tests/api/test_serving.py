"""The server as a process of its own."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

ROOT = Path(__file__).parent.parent.parent
READY_WITHIN_SECONDS = 60


def started(folder: Path, port: int, **environment: str) -> subprocess.Popen[str]:
    """The server, starting."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("BIHUAN_")}
    return subprocess.Popen(
        [sys.executable, "-P", "-m", "api.command_line", "serve", "--port", str(port), "--data", str(folder)],
        cwd=ROOT,
        env=own | {"PYTHONPATH": str(ROOT)} | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.fixture
def server(tmp_path: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A server that answers, and its address."""
    process = started(tmp_path, 0)
    assert process.stdout is not None
    address = process.stdout.readline().split()[-1]
    until = time.monotonic() + READY_WITHIN_SECONDS
    while time.monotonic() < until:
        try:
            httpx.get(f"{address}healthz")
            break
        except httpx.TransportError:
            time.sleep(0.05)
    yield process, address
    if process.poll() is None:
        process.kill()
    process.communicate()


def test_the_server_says_where_it_is_answers_and_ends_when_asked(
    server: tuple[subprocess.Popen[str], str],
) -> None:
    process, address = server
    assert httpx.get(f"{address}readyz").json()["status"] == "ready"
    answer = httpx.get(f"{address}api/v1/findings")
    assert answer.status_code == 401
    assert "x-bihuan-clock" not in answer.headers
    assert "server" not in answer.headers
    process.send_signal(signal.SIGTERM)
    _, journal = process.communicate(timeout=30)
    assert process.returncode == 0
    assert all(json.loads(line)["level"] for line in journal.splitlines())


def test_an_address_that_is_taken_is_told_and_nothing_is_opened(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        process = started(tmp_path, taken.getsockname()[1])
        _, told = process.communicate(timeout=READY_WITHIN_SECONDS)
    assert process.returncode == 4
    assert "cannot listen there" in told
    assert not (tmp_path / "bihuan.db").exists()
