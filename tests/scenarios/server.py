"""A real server of the house on loopback, its clock in a file, spoken to as outsiders do."""

from __future__ import annotations

import itertools
import json
import os
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

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
        """The server answers; it has the accounts and linked systems of the demonstration, and no findings."""
        (folder / "clock").write_text(f"{at}:00+08:00\n")
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        command = ["serve", "--port", str(port), "--test-clock", str(folder / "clock")]
        log = (folder / "serve.log").open("wb")
        process = subprocess.Popen(
            [sys.executable, "-m", "api.command_line", *command],
            cwd=ROOT,
            env=_environment(folder, database_url),
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        server = cls(folder, f"http://127.0.0.1:{port}", database_url, process)
        server._wait()
        server.bihuan("demo", "--accounts-only", "--password-stdin", says=PASSWORD)
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
        (self.folder / "clock").write_text(f"{civil}:00+08:00\n")

    def bihuan(self, *words: str, says: str = "") -> Any:
        """What the command printed as JSON, when it printed any; fails when the command fails."""
        done = subprocess.run(
            [sys.executable, "-m", "api.command_line", *words, "--json"],
            cwd=ROOT,
            env=_environment(self.folder, self.database_url)
            | {"BIHUAN_TEST_CLOCK": str(self.folder / "clock")},
            input=says.encode(),
            capture_output=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout.decode() + done.stderr.decode()
        return json.loads(done.stdout) if done.stdout.strip() else None

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


def _environment(folder: Path, database_url: str) -> dict[str, str]:
    return os.environ | {
        "BIHUAN_DATABASE_URL": database_url,
        "BIHUAN_DATA": str(folder),
        "PYTHONPATH": str(ROOT),
    }
