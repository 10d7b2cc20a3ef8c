"""How long from the commit of a message to its arrival, on an idle desk and while the desk takes steps as fast as it can.

python -m bench.lag [MESSAGES]

The courier is rung as in a served house, every two seconds. The floor of the same run is a bare durable commit and a
bare httpx request to the same receiver.
"""

from __future__ import annotations

import logging
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles
from typing import Any

import httpx
from pysqlite3 import dbapi2

from engine.timetable import COURIER_EVERY_SECONDS, Timetable
from tests.builders import Town
from tests.exchange.delivery_soak import receivers
from tests.exchange.linked import Linked

MESSAGES = 60
EVERY_SECONDS = 0.11
"""Between two messages; no divisor of the bell's time, so that they fall on all moments between two rings."""
CLIENTS = 16
ARRIVES_SECONDS = 60.0
ROUNDS = 3


@dataclass(slots=True)
class Lags:
    """What one load found: seconds from commit to arrival, and the steps a second that the desk took meanwhile."""

    seconds: list[float]
    steps: list[float]


def main() -> None:
    """Prints lags and their ratios."""
    logging.getLogger("apscheduler").setLevel(logging.ERROR)  # a bell that finds the courier at work says so
    count = int(sys.argv[1]) if len(sys.argv) > 1 else MESSAGES
    idle, loaded, sent = Lags([], []), Lags([], []), []
    with receivers(1, 0.0, 1) as (urls, ended), tempfile.TemporaryDirectory(prefix="bihuan-lag-") as folder:
        town = Town.open(f"sqlite:///{folder}/bihuan.db", Path(folder), "2024-04-26T17:00")
        linked = Linked(town, town.house.exchange)
        linked.link("yuanping-fire", "fire_rescue", url=urls[0], allow_private=True)
        floors = bare(folder, urls[0], count)
        for _ in range(ROUNDS):
            for lags, clients in ((idle, 0), (loaded, CLIENTS)):
                sent.append((lags, *brought(linked, count // ROUNDS, clients)))
        arrived = ended()[0]["arrived"]
        town.close()
    for lags, committed, steps in sent:
        lags.seconds += [arrived[id] - at for id, at in committed.items()]
        lags.steps.append(steps)
    told(floors, idle, loaded)


def brought(linked: Linked, count: int, clients: int) -> tuple[dict[str, float], float]:
    """When each of so many messages was committed, all of them delivered since, and the steps a second beside them."""
    letters = [linked.approved() for _ in range(count)]
    bells = Timetable(None, linked.town.house.bring)
    bells.start()
    committed = {}
    with load(linked.town, clients) as taken:
        before, begun = taken(), time.monotonic()
        for finding, transfer in letters:
            linked.town.step("D01", finding, "send", transfer, sent_on="2024-04-26")
            committed[finding] = time.monotonic()
            time.sleep(EVERY_SECONDS)
        end = time.monotonic() + ARRIVES_SECONDS
        while linked.exchange.outbox.counts()[0] and time.monotonic() < end:
            time.sleep(0.1)
        rate = (taken() - before) / (time.monotonic() - begun)
    bells.stop()
    return {linked.messages(finding)[-1].id: at for finding, at in committed.items()}, rate


@contextmanager
def load(town: Town, clients: int) -> Iterator[Callable[[], int]]:
    """So many people record inspections, one after the other each, as fast as the desk takes them; how many it took."""
    stop, taken = threading.Event(), [0] * clients

    def work(number: int) -> None:
        while not stop.is_set():
            town.finding()
            taken[number] += 1

    threads = [threading.Thread(target=work, args=(number,)) for number in range(clients)]
    for thread in threads:
        thread.start()
    try:
        yield lambda: sum(taken)
    finally:
        stop.set()
        for thread in threads:
            thread.join()


def bare(folder: str, url: str, count: int) -> list[float]:
    """Seconds of a durable commit of a message's size and a request with it, by nothing but driver and client."""
    connection: Any = dbapi2.connect(f"{folder}/bare.db", isolation_level=None)
    for said in ("PRAGMA journal_mode=WAL", "PRAGMA synchronous=FULL", "CREATE TABLE message (body BLOB)"):
        connection.execute(said)
    body = b'{"queue":"q","subject":"s","sequence":"1","x":"%s"}' % (b"x" * 4_000)
    found = []
    with httpx.Client(trust_env=False) as client:
        for number in range(count):
            begun = time.perf_counter()
            connection.execute("INSERT INTO message VALUES (?)", (body,))
            client.post(url, content=body, headers={"webhook-id": f"bare-{number}"}).raise_for_status()
            found.append(time.perf_counter() - begun)
    connection.close()
    return found


def spread(seconds: Sequence[float]) -> tuple[float, float]:
    """The middle and the 95th percentile."""
    return median(seconds), quantiles(seconds, n=20)[-1]


def told(floors: Sequence[float], idle: Lags, loaded: Lags) -> None:
    """Lags, and the ratios of the loaded desk to the idle one and to the floor."""
    names = ("a bare commit and a bare request", "on an idle desk", f"beside {CLIENTS} clients")
    all_of = [spread(one) for one in (floors, idle.seconds, loaded.seconds)]
    for name, (middle, slow) in zip(names, all_of, strict=True):
        print(f"{name:<36}p50 {middle * 1e3:8.1f} ms   p95 {slow * 1e3:8.1f} ms")
    floor, calm, busy = all_of
    print(
        f"under load beside idle: p50 {busy[0] / calm[0]:.2f}, p95 {busy[1] / calm[1]:.2f} times; "
        f"beside the floor: p50 {busy[0] / floor[0]:.0f}, p95 {busy[1] / floor[1]:.0f} times"
    )
    print(
        f"the courier is rung every {COURIER_EVERY_SECONDS} s; inspections recorded meanwhile: "
        f"{median(loaded.steps):.0f} a second, {len(loaded.seconds)} messages under each load"
    )


if __name__ == "__main__":
    main()
