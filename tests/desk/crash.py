"""Kills a house at random moments under load, and looks whether what it acknowledged is there."""

from __future__ import annotations

import json
import os
import random
import select
import shutil
import signal
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import text

from engine.auditing import verify
from engine.core.refusals import Refusal
from models.database import Database
from tests.builders import Town
from tests.desk.load import some_command

THREADS = 8
ROUNDS_PER_FOLDER = 20
UNREADY_SHARE, UNREADY_SHARE_WHEN_FRESH = 0.1, 0.5
"""How often the house is killed while it is still opening, and while it makes its tables."""
OPENED_AT = "2024-04-26T17:00"
KEYS = text('SELECT principal, "key", outcome FROM command_key')
ENTRIES = text("SELECT record_id, sequence FROM entry")
HEADS = text("SELECT id, sequence FROM finding UNION ALL SELECT id, sequence FROM inspection")


class Lost(AssertionError):
    """Something that was acknowledged is not there, or something is there by halves."""


@dataclass(slots=True)
class Crashed:
    """How often a house was killed, how many commands it had acknowledged by then, and how many of them were lost."""

    kills: int = 0
    acknowledged: int = 0
    unready: int = 0


def kill_at_random(rounds: int, seed: int, say: Callable[[str], object] = str) -> Crashed:
    """So many houses were killed at a random moment; raises Lost when one of them lost or halved anything."""
    chance, crashed = random.Random(seed), Crashed()
    while crashed.kills < rounds:
        folder = Path(tempfile.mkdtemp(prefix="bihuan-crash-"))
        try:
            told: dict[str, str] = {}
            for _ in range(min(ROUNDS_PER_FOLDER, rounds - crashed.kills)):
                told |= _one_life(folder, chance, crashed)
                check(folder, told)
            say(f"{crashed.kills} of {rounds} killed")
        finally:
            shutil.rmtree(folder, ignore_errors=True)
    return crashed


def _one_life(folder: Path, chance: random.Random, crashed: Crashed) -> dict[str, str]:
    """The keys that a house acknowledged before it was killed, each with the id that was answered."""
    reading, writing = os.pipe()
    seed, life = chance.randrange(2**32), crashed.kills
    fresh = not (folder / "bihuan.db").exists()
    pid = os.fork()
    if pid == 0:
        os.close(reading)
        _live(folder, writing, seed, life)
    os.close(writing)
    early = chance.random() < (UNREADY_SHARE_WHEN_FRESH if fresh else UNREADY_SHARE)
    if early:
        time.sleep(chance.uniform(0, 0.6))
        said = b""
    else:
        said = _until_first_word(reading)
        time.sleep(chance.uniform(0, 0.25))
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    while chunk := os.read(reading, 65536):
        said += chunk
    os.close(reading)
    lines = [line.split() for line in said.decode().split("\n")[:-1]]
    crashed.kills += 1
    crashed.unready += early
    crashed.acknowledged += len(lines)
    return {line[0]: line[1] for line in lines}


def _until_first_word(reading: int) -> bytes:
    ready, _, _ = select.select([reading], [], [], 120)
    said = os.read(reading, 65536) if ready else b""
    if not said:
        raise Lost("the house did not open again after it was killed")
    return said


def _live(folder: Path, writing: int, seed: int, life: int) -> None:
    """The killed one: opens the house and works until it dies. Never returns."""
    try:
        quiet = os.open(os.devnull, os.O_WRONLY)
        os.dup2(quiet, 2)
        town = Town.open(f"sqlite:///{folder / 'bihuan.db'}", folder, OPENED_AT)
        findings = [town.finding() for _ in range(3)]
        workers = [
            threading.Thread(target=_work, args=(town, findings, writing, seed + number, f"{life}-{number}"))
            for number in range(THREADS)
        ]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
    finally:
        os._exit(70)


def _work(town: Town, findings: list[str], writing: int, seed: int, name: str) -> None:
    chance = random.Random(seed)
    for number in range(sys.maxsize):
        key = f"life-{name}-{number}"
        try:
            outcome = town.handle("W01", some_command(town, findings, chance), key)
        except Refusal:
            continue
        os.write(writing, f"{key} {outcome.id}\n".encode())  # one write below PIPE_BUF is never torn


def check(folder: Path, told: dict[str, str]) -> None:
    """Raises Lost unless every acknowledged command is there whole, nothing is there by halves, and chains hold."""
    if not (folder / "bihuan.db").exists():
        if told:
            raise Lost("the database is gone")
        return
    database = Database(f"sqlite:///{folder / 'bihuan.db'}")
    try:
        with database.read() as connection:
            if not connection.execute(text("PRAGMA table_info(command_key)")).all():
                if told:
                    raise Lost("the tables are gone")
                return
            if connection.execute(text("PRAGMA integrity_check")).scalar() != "ok":
                raise Lost("the file is corrupt")
            bound = {row.key: json.loads(row.outcome) for row in connection.execute(KEYS)}
            entries = {(row.record_id, row.sequence) for row in connection.execute(ENTRIES)}
            heads = {row.id: row.sequence for row in connection.execute(HEADS)}
        _compare(told, bound, entries, heads)
        faults = verify(database).faults
        if faults:
            raise Lost(f"a chain is broken: {faults[0]}")
    finally:
        database.dispose()


def _compare(
    told: dict[str, str],
    bound: dict[str, dict[str, Any]],
    entries: set[tuple[str, int]],
    heads: dict[str, int],
) -> None:
    for key, id in told.items():
        if key not in bound or bound[key]["id"] != id:
            raise Lost(f"{key} was acknowledged and is not there")
    for key, outcome in bound.items():
        decision = outcome["decision"]
        for sequence in range(decision["sequence_from"], decision["sequence_to"] + 1):
            if (outcome["id"], sequence) not in entries:
                raise Lost(f"{key} is there by halves: entry {sequence} is missing")
    counted = Counter(record for record, _ in entries)
    if dict(counted) != heads:
        raise Lost("a record and its entries differ")
