"""`bihuan serve`: the office is served over HTTP by one process."""

from __future__ import annotations

import argparse
import logging
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock
from typing import TYPE_CHECKING, Any, NoReturn

from api.command_line.opening import settings_of
from api.command_line.telling import DONE, UNREACHABLE

if TYPE_CHECKING:
    from engine.house import House

log = logging.getLogger("bihuan.serve")
GRACE_SECONDS = 10
SAID_MAX = 4000
BACKLOG = 2048


def add_parser(commands: Any) -> argparse.ArgumentParser:
    """The command stands among the others; its `run` is set."""
    parser: argparse.ArgumentParser = commands.add_parser("serve", help="serve the office over HTTP")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument(
        "--sandbox", action="store_true", help="nothing leaves, and never will, this database"
    )
    parser.set_defaults(run=_serve)
    return parser


def _serve(args: argparse.Namespace) -> int:
    from engine.journal import keep_journal
    from engine.marks import check_real_time, marks_of
    from engine.opening import opened

    signal.signal(signal.SIGTERM, _end)
    listening = _listening(args.host, args.port)
    if listening is None:
        return UNREACHABLE
    with listening, opened(settings_of(args, host=args.host, port=args.port, sandbox=args.sandbox)) as house:
        check_real_time(house)
        keep_journal()
        if house.clock.is_test:
            log.warning(
                "time is not real: a test clock is in force", extra={"file": str(house.clock.test_clock)}
            )
        if house.sandbox:
            log.warning("this ledger is a sandbox: nothing leaves it")
        if house.database.walled() is False:
            log.warning("the second wall is down: the role of the database is held by no row policy")
        house.witness.look()
        if house.witness.doubted:
            log.error("the house is read-only: the database is not what was signed (bihuan audit verify)")
        if house.holds_messages():
            log.warning("messages wait since a restoration: bihuan exchange release")
        house.in_force.start()
        _announce(args.host, listening.getsockname()[1], demo="demo" in marks_of(house))
        _run(house, listening)
    return DONE


def _end(*_: object) -> NoReturn:
    """Asked to end, the house is closed like after any other command."""
    raise SystemExit(DONE)


def _listening(host: str, port: int) -> socket.socket | None:
    """The socket that is listened on, taken before anything else is opened; None when it cannot be had."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    taken = socket.socket(family, socket.SOCK_STREAM)
    taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        taken.bind((host, port))
    except OSError as fault:
        taken.close()
        print(f"{host}:{port} 无法监听 · cannot listen there: {fault.strerror}", file=sys.stderr)
        return None
    taken.set_inheritable(False)
    return taken


def _announce(host: str, port: int, *, demo: bool) -> None:
    shown = f"[{host}]" if ":" in host else host
    print(f"闭环 Bihuan  http://{shown}:{port}/", flush=True)
    if demo:
        print("演示数据，内容均为虚构；账号 W01、C01、H01 等，口令见 bihuan demo 的输出。", flush=True)
        print(
            "Demonstration, all invented; sign in as W01, C01, H01 with the password of `bihuan demo`.",
            flush=True,
        )


def _run(house: House, listening: socket.socket) -> None:
    import uvicorn

    from api.app import create_app
    from api.heads import BoundedHeads
    from web.pages import attach_pages

    app = create_app(house, background)
    attach_pages(app)
    config = uvicorn.Config(
        app,
        http=BoundedHeads,
        ws="none",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        backlog=BACKLOG,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )
    uvicorn.Server(config).run(sockets=[listening])


class Proving:
    """Has the rulebook in force proven by a process of its own, where nobody has done it yet: it takes long."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._process: subprocess.Popen[str] | None = None
        self._lock, self._ended = Lock(), False
        self._tried: set[str] = set()

    def look(self) -> None:
        """The rulebook in force is proven, or the journal says why not; each is tried once while this program runs."""
        digest = self._house.in_force.proof_digest()
        if digest in self._tried or self._house.reader.editions.proof(digest) is not None:
            return
        self._tried.add(digest)
        process = self._begun()
        if process is None:
            return
        said, complained = process.communicate()
        if process.returncode != DONE and not self._ended:
            why = {"code": process.returncode, "said": said[:SAID_MAX], "complained": complained[-SAID_MAX:]}
            log.error("the rulebook in force is not proven", extra=why)

    def end(self) -> None:
        """No process is left and none begins; what was not proven is tried at the next start."""
        with self._lock:
            self._ended = True
            if self._process is not None and self._process.poll() is None:
                self._process.terminate()

    def _begun(self) -> subprocess.Popen[str] | None:
        settings = self._house.settings
        bihuan = (sys.executable, "-P", "-m", "api.command_line", "--data", str(settings.data_dir))
        with self._lock:
            if self._ended:
                return None
            self._process = subprocess.Popen(
                (*bihuan, "rules", "prove", "--keep", "--json"),
                env=os.environ | {"BIHUAN_DATABASE_URL": settings.database_url},
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )
            return self._process


@contextmanager
def background(house: House) -> Iterator[None]:
    """While the house is served, the sweep's bell rings and the courier brings messages.

    Under a test clock the bell is rung by jumps of that clock and never by real time.
    """
    from engine.jobs.runner import Runner
    from engine.timetable import Timetable

    real, proving, runner = not house.clock.is_test, Proving(house), Runner(house)
    timetable = Timetable(
        house.ring if real else None,
        house.bring,
        proving.look if real else None,
        house.witness.watch if real else None,
        runner.run,
    )
    house.exchange.courier.begin()
    timetable.start()
    try:
        yield
    finally:
        proving.end()
        house.exchange.courier.stop()
        runner.stop()
        timetable.stop()
