"""How many messages the courier delivers in a second, beside a bare httpx loop to the same receivers.

Also how much one dead receiver slows the others: one that refuses every connection, and one that never answers.
"""

from __future__ import annotations

import asyncio
import logging
import socket
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from statistics import median

import httpx
from sqlalchemy import func, select

from engine.clock import Clock, Machine
from engine.courier import Courier
from engine.writer import Writer
from models.database import Database
from models.exchange_reading import MESSAGE
from models.migrate import migrate
from tests.exchange.delivery_soak import counted, linked_up, receivers

MESSAGES = 400
LIVING, EACH, ROUNDS = 7, 100, 7
"""Receivers that take their messages, how many each, and how often without and with a dead one beside them by turns."""
REFUSES = "http://127.0.0.1:1/hook"
ATTEMPT_SECONDS = 2.0
"""As long as a run takes, so that a receiver that never answers keeps its places for most of it."""
BODY = b"x" * 4_000


async def bare(urls: list[str], n: int) -> None:
    """One request after the other to each receiver, all receivers at once, over one client."""
    async with httpx.AsyncClient(trust_env=False) as client:

        async def send(url: str, count: int) -> None:
            for number in range(count):
                head = {"webhook-id": f"bare-{url}-{number}"}
                event = b'{"queue":"q","subject":"s","sequence":"%d","x":"%s"}' % (number, BODY)
                (await client.post(url, content=event, headers=head)).raise_for_status()

        await asyncio.gather(*(send(url, n // len(urls)) for url in urls))


def brought(urls: list[str], n: int, dead: str | None = None) -> float:
    """Seconds until a courier had brought N messages, spread over the receivers; as many more as each gets go to a dead one.

    What becomes of those is not waited for.
    """
    called, wanted = [*urls, *([dead] if dead else [])], n // len(urls) * len(urls)
    with tempfile.TemporaryDirectory(prefix="bihuan-delivering-") as folder:
        database = Database(f"sqlite:///{folder}/bihuan.db")
        migrate(database)
        linked_up(database, called, n // len(urls) * len(called), per_finding=1)
        writer = Writer(database)
        courier = Courier(writer, Clock(None, Machine()), attempt_seconds=ATTEMPT_SECONDS)
        begun = datetime.now(UTC)
        while counted(database)["delivered"] < wanted:  # a busy machine may let attempts run out
            courier.run_once(datetime.now(UTC))
        with database.read() as connection:
            last = connection.execute(select(func.max(MESSAGE.c.delivered_at))).scalar_one()
        writer.close()
        database.dispose()
    return float((last - begun).total_seconds())


@contextmanager
def silent() -> Iterator[str]:
    """The URL of a receiver that lets itself be connected to and never says a word."""
    with socket.create_server(("127.0.0.1", 0), backlog=64) as listener:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/hook"


def told(name: str, seconds: float, n: int, floor: float | None = None) -> None:
    """One line of the answer."""
    beside = f"   {seconds / floor:.2f} times the floor" if floor else ""
    print(f"{name:<52}{n / seconds:8.0f} a second{beside}")


def main() -> None:
    """Prints the figures."""
    logging.getLogger("bihuan.courier").setLevel(logging.ERROR)
    for count in (1, 50):
        with receivers(count, 0.0, 1) as (urls, _):
            begun = time.perf_counter()
            asyncio.run(bare(urls, MESSAGES))
            floor = time.perf_counter() - begun
            told(f"bare httpx, {count} receivers", floor, MESSAGES)
            told(f"the courier, {count} receivers", brought(urls, MESSAGES), MESSAGES, floor)
    beside_a_dead_one()


def beside_a_dead_one() -> None:
    """Prints how much longer messages take to the living receivers when one more is dead, of runs by turns."""
    with receivers(LIVING, 0.0, 1) as (urls, _), silent() as mute:
        kinds = {"without": None, "refuses": REFUSES, "never answers": mute}
        runs: dict[str, list[float]] = {name: [] for name in kinds}
        for _ in range(ROUNDS):
            for name, dead in kinds.items():
                runs[name].append(brought(urls, EACH * LIVING, dead))
    without = median(runs.pop("without"))
    print(f"{LIVING} receivers, {EACH} messages each: {without:.2f} s, the middle of {ROUNDS} runs by turns")
    for name, seconds in runs.items():
        print(f"beside them one that {name}: {median(seconds) / without:.2f} times that")


if __name__ == "__main__":
    sys.exit(main())
