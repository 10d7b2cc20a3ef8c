"""How many messages the courier delivers in a second, beside a bare httpx loop to the same receivers.

Also how much one dead receiver slows the others.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
import time
from datetime import UTC, datetime
from statistics import median

import httpx

from engine.clock import Clock, Machine
from engine.courier import Courier
from engine.writer import Writer
from models.database import Database
from models.migrate import migrate
from tests.exchange.delivery_soak import counted, linked_up, receivers

MESSAGES = 400
LIVING, EACH, ROUNDS = 7, 100, 7
"""Receivers that take their messages, how many each, and how often without and with a dead one beside them by turns."""
DEAD = "http://127.0.0.1:1/hook"
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


def brought(urls: list[str], n: int) -> float:
    """Seconds in which a courier brought N messages, spread over the receivers; what goes to a dead one is not counted."""
    with tempfile.TemporaryDirectory(prefix="bihuan-delivering-") as folder:
        database = Database(f"sqlite:///{folder}/bihuan.db")
        migrate(database)
        linked_up(database, urls, n, per_finding=1)
        writer = Writer(database)
        courier = Courier(writer, Clock(None, Machine()))
        begun = time.perf_counter()
        wanted = n * sum(url != DEAD for url in urls) // len(urls)
        while counted(database)["delivered"] < wanted:  # a busy machine may let attempts run out
            courier.run_once(datetime.now(UTC))
        seconds = time.perf_counter() - begun
        writer.close()
        database.dispose()
    return seconds


def told(name: str, seconds: float, n: int, floor: float | None = None) -> None:
    """One line of the answer."""
    beside = f"   {seconds / floor:.2f} times the floor" if floor else ""
    print(f"{name:<52}{n / seconds:8.0f} a second{beside}")


def main() -> None:
    """Prints the figures."""
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
    with receivers(LIVING, 0.0, 1) as (urls, _):
        runs = [
            (brought(urls, EACH * LIVING), brought([*urls, DEAD], EACH * (LIVING + 1))) for _ in range(ROUNDS)
        ]
    without, beside = ([run[kind] for run in runs] for kind in (0, 1))
    ratios = sorted(one[1] / one[0] for one in runs)
    print(
        f"{LIVING} receivers with a dead one beside them: {median(beside) / median(without):.2f} times the time without it"
        f" (medians of {ROUNDS} runs each by turns, {median(without):.2f} s; pairs from {ratios[0]:.2f} to {ratios[-1]:.2f})"
    )


if __name__ == "__main__":
    sys.exit(main())
