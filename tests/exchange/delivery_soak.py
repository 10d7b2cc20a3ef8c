"""Many messages to receivers that fail in every way, by a courier that is killed again and again: none is lost."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from math import inf
from multiprocessing import get_context
from multiprocessing.context import ForkServerContext
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from engine.signing import new_secret
from engine.undelivered import DEAD
from engine.writer import Writer
from models import exchange_reading, linked_reading
from models.database import Database
from models.migrate import migrate
from models.records import NOTICE
from tests.exchange.killed_courier import work

ROOT = Path(__file__).parents[2]
MESSAGE = exchange_reading.MESSAGE
BEGINS_SECONDS = 60.0
"""A courier that has brought nothing by then is killed all the same."""
FAULTS = 0.15
PER_FINDING = 3
AT_A_TIME = 200


@dataclass(slots=True)
class Outcome:
    """What became of the messages."""

    delivered: int
    dead: int
    kills: int
    seconds: float
    seen: dict[str, int]


def linked_up(database: Database, urls: list[str], n: int, per_finding: int = PER_FINDING) -> None:
    """N messages wait, spread over the receivers; a finding sends several to the same one."""
    writer, now = Writer(database), datetime.now(UTC)

    def link(connection: Any) -> None:
        for number, url in enumerate(urls):
            row = {"id": f"receiver-{number}", "department": f"d{number}", "url": url, "kinds": ["all"]}
            keys = {"scheme": "hmac", "secrets": [{"secret": new_secret(), "until": None}]}
            more = {"office_id": "soak", "allow_private": True, "disabled": False, "created_at": now}
            linked_reading.add_system(connection, {**row, **keys, **more})

    def put(connection: Any, numbers: range) -> None:
        for number in numbers:
            finding = f"finding-{number // (len(urls) * per_finding)}-{number % len(urls)}"
            put_in(connection, f"message-{number:08d}", f"d{number % len(urls)}", finding, now)

    writer.submit(link)
    for first in range(0, n, AT_A_TIME):  # one long transaction makes each next number of a series dearer
        writer.submit(partial(put, numbers=range(first, min(n, first + AT_A_TIME))))
    writer.close()


def put_in(connection: Any, id: str, recipient: str, finding: str, now: datetime) -> None:
    """A message of that finding waits for the department."""
    exchange_reading.enqueue(
        connection,
        office_id="soak",
        recipient=recipient,
        chart_name="transfer_letter",
        kind="department_transfer",
        queue="ordinary",
        data={"text": "案件移送函" * 200},
        finding_id=finding,
        inspection_id=None,
        proceeding_id=None,
        step_sequence=1,
        now=now,
        subject=finding,
        message_id=id,
        sender="market_regulation",
        department="market_regulation",
    )


@contextmanager
def receivers(count: int, faults: float, seed: int) -> Iterator[tuple[list[str], Callable[[], Any]]]:
    """The URLs of receivers in a process of their own, and what ends them and tells what they have seen."""
    said = [sys.executable, "-m", "tests.exchange.receivers", str(count), str(faults), str(seed)]
    child = subprocess.Popen(said, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    try:
        yield json.loads(child.stdout.readline()), lambda: json.loads(child.communicate("")[0])
    finally:
        child.kill()
        child.wait()


def deliver_through_everything(
    url: str,
    n: int,
    seed: int,
    count: int = 8,
    kill_after: float = 2.0,
    kills_max: float = inf,
    faults: float = FAULTS,
) -> Outcome:
    """N messages were brought by couriers killed about every so many seconds, at most so often.

    Raises AssertionError for a broken promise.
    """
    database, chance, begun = Database(url), random.Random(seed), time.monotonic()
    migrate(database)
    kills = 0
    with receivers(count, faults, seed) as (urls, ended):
        linked_up(database, urls, n)
        while waiting(database):
            lives = kill_after * chance.uniform(0.5, 1.5) if kills < kills_max else inf
            kills += killed_at_work(database, url, lives)
        found = ended()
    states = counted(database)
    told, brought = notices(database), delivered(database)
    database.dispose()
    check(found, states, told, n, count)
    arrived = {effect[0] for one in found for effect in one["effects"]}
    assert brought <= arrived, f"told as delivered, and never arrived: {sorted(brought - arrived)[:5]}"
    seen: Counter[str] = Counter()
    for one in found:
        seen.update(one["seen"])
    return Outcome(
        states["delivered"], states["dead"], kills, time.monotonic() - begun, dict(sorted(seen.items()))
    )


def killed_at_work(database: Database, url: str, seconds: float) -> int:
    """A courier has been killed after so long at work: 1; or everything was done before: 0.

    Raises AssertionError for a courier that ends by itself.
    """
    before = counted(database)
    courier = nursery().Process(target=work, args=(url,), daemon=True)
    courier.start()
    end = time.monotonic() + BEGINS_SECONDS
    while time.monotonic() < end and courier.is_alive() and not moved(database, before):
        time.sleep(0.02)
    end = time.monotonic() + seconds
    while time.monotonic() < end and courier.is_alive() and waiting(database):
        time.sleep(0.05)
    killed = waiting(database)
    assert courier.is_alive(), f"a courier ended by itself, with exit code {courier.exitcode}"
    courier.kill()
    courier.join()
    return killed


def nursery() -> ForkServerContext:
    """Where couriers are born: all that they import is imported there once, else it takes most of each short life.

    Every one of them imports the program that it was started from, too.
    """
    program = getattr(sys.modules["__main__"], "__spec__", None)
    here = get_context("forkserver")
    here.set_forkserver_preload([work.__module__, *([program.name] if program else [])])
    return here


def moved(database: Database, before: Counter[str]) -> bool:
    """True when more messages have come to an end than before, or nothing is left to be done."""
    return counted(database)["waiting"] < before["waiting"] or not waiting(database)


def waiting(database: Database) -> bool:
    """True while a message waits, or a dead letter of which nobody was told."""
    with database.read() as connection:
        undone = (MESSAGE.c.state == "waiting") | MESSAGE.c.alarm_at.is_not(None)
        return connection.execute(select(MESSAGE.c.id).where(undone).limit(1)).scalar() is not None


def counted(database: Database) -> Counter[str]:
    """How many messages are in each state."""
    with database.read() as connection:
        found = connection.execute(select(MESSAGE.c.state, func.count()).group_by(MESSAGE.c.state))
        return Counter({state: int(count) for state, count in found})


def delivered(database: Database) -> set[str]:
    """The messages that the house holds to be delivered."""
    with database.read() as connection:
        return set(connection.execute(select(MESSAGE.c.id).where(MESSAGE.c.state == "delivered")).scalars())


def notices(database: Database) -> int:
    """How many tasks there are of dead letters."""
    with database.read() as connection:
        return int(connection.execute(select(func.count()).where(NOTICE.c.kind == DEAD)).scalar_one())


def check(found: list[Any], states: Counter[str], told: int, n: int, count: int) -> None:
    """Everything is delivered or a task, once each, and in order for every finding."""
    effects = [effect for one in found for effect in one["effects"]]
    assert states["delivered"] + states["dead"] == n, f"not all came to an end: {states}"
    assert states["dead"] == told, f"{states['dead']} dead letters and {told} tasks"
    assert states["delivered"] <= len(effects) <= n, (
        f"{states['delivered']} delivered, {len(effects)} arrived"
    )
    assert len({effect[0] for effect in effects}) == len(effects), "an effect twice"
    for one in found:
        last: dict[tuple[str, str], int] = {}
        for _, queue, subject, sequence in one["effects"]:
            assert sequence > last.get((queue, subject), 0), f"{subject}: {sequence} came late"
            last[queue, subject] = sequence
    if count > 1:
        assert not found[-1]["effects"], "the dead receiver carried something out"
