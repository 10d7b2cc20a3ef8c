"""A real server of the house on loopback, its clock in a file, spoken to as outsiders do."""

from __future__ import annotations

import io
import itertools
import json
import os
import socket
import subprocess
import sys
import time
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

from api.command_line import main

ROOT = Path(__file__).parent.parent.parent
PASSWORD = "原平-Bihuan-2024"
READY_WITHIN_SECONDS = 60


@dataclass(slots=True)
class Server:
    """One process of the house; `call` is HTTP as a signed-in person, `bihuan` the command line beside it."""

    folder: Path
    url: str
    database_url: str
    process: subprocess.Popen[bytes]
    sessions: dict[str, httpx.Client] = field(default_factory=dict)
    keys: Any = field(default_factory=lambda: itertools.count(1))

    @classmethod
    def start(cls, folder: Path, database_url: str, at: str) -> Server:
        """The server answers; its clock stands at that civil time."""
        clock = tell(folder, at)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        command = ["serve", "--port", str(port), "--test-clock", str(clock)]
        log = (folder / "serve.log").open("wb")
        process = subprocess.Popen(
            [sys.executable, "-m", "api.command_line", *command],
            cwd=ROOT,
            env=os.environ | _environment(folder, database_url) | {"PYTHONPATH": str(ROOT)},
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        server = cls(folder, f"http://127.0.0.1:{port}", database_url, process)
        server._wait()
        return server

    def _wait(self) -> None:
        until = time.monotonic() + READY_WITHIN_SECONDS
        while time.monotonic() < until:
            if self.process.poll() is not None:
                break
            try:
                if httpx.get(f"{self.url}/readyz").status_code == 200:
                    return
            except httpx.TransportError:
                time.sleep(0.1)
        raise AssertionError((self.folder / "serve.log").read_text())

    def stop(self) -> None:
        """The server has ended, by its own process id."""
        for client in self.sessions.values():
            client.close()
        self.process.terminate()
        self.process.wait(timeout=20)

    def at(self, civil: str) -> None:
        """The clock stands at that civil time."""
        tell(self.folder, civil)

    def bihuan(self, *words: str) -> Any:
        """What the command printed as JSON, when it printed any; it runs beside the server."""
        return bihuan(self.folder, self.database_url, *words)

    def client(self, login: str) -> httpx.Client:
        """The session of that person, signed in on first use."""
        if login not in self.sessions:
            client = httpx.Client(base_url=self.url, timeout=60)
            answer = client.post("/api/v1/session", json={"login": login, "password": PASSWORD})
            assert answer.status_code == 204, answer.text
            client.headers["X-CSRF-Token"] = client.cookies["bihuan_csrf"]
            self.sessions[login] = client
        return self.sessions[login]

    def get(self, login: str, path: str) -> Any:
        """The JSON of a read that is answered."""
        answer = self.client(login).get(path)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def post(self, login: str, path: str, body: Any) -> httpx.Response:
        """The answer to a command under a fresh key."""
        return self.client(login).post(path, json=body, headers={"Idempotency-Key": f"key-{next(self.keys)}"})


def tell(folder: Path, civil: str) -> Path:
    """The file with the clock of that folder, standing at that civil time."""
    (folder / "clock").write_text(f"{civil}:00+08:00\n")
    return folder / "clock"


def bihuan(folder: Path, database_url: str, *words: str, says: str = "") -> Any:
    """What the command printed as JSON, when it printed any; fails when the command fails.

    It has its own house and connections, and the clock of the folder; to start no process for it saves seconds.
    """
    printed, complained = io.StringIO(), io.StringIO()
    with (
        pytest.MonkeyPatch.context() as patch,
        redirect_stdout(printed),
        redirect_stderr(complained),
    ):
        for name, value in _environment(folder, database_url).items():
            patch.setenv(name, value)
        patch.setattr("sys.stdin", io.StringIO(says))
        code = main(["--test-clock", str(folder / "clock"), *words, "--json"])
    assert code == 0, printed.getvalue() + complained.getvalue()
    return json.loads(printed.getvalue()) if printed.getvalue().strip() else None


def _environment(folder: Path, database_url: str) -> dict[str, str]:
    return {"BIHUAN_DATABASE_URL": database_url, "BIHUAN_DATA": str(folder)}
