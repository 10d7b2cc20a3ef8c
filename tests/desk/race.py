"""Many clients that want the same: one winner per version, one effect per command."""

from __future__ import annotations

import random
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from sqlalchemy import text

from engine.auditing import verify
from engine.core.refusals import Refusal
from tests.builders import Town
from tests.desk.load import added_facts

CLIENTS = 64
SENDERS = 8
ENTRIES_OF = text("SELECT count(*) FROM entry WHERE record_id = :id")


@dataclass(slots=True)
class Raced:
    """What was answered over all rounds."""

    rounds: int = 0
    answers: Counter[str] = field(default_factory=Counter)


def at_once(count: int, act: Callable[[int], None]) -> None:
    """The act ran so many times, all started at the same moment; what it raised is raised here."""
    barrier, faults = threading.Barrier(count), list[BaseException]()

    def run(number: int) -> None:
        barrier.wait()
        try:
            act(number)
        except BaseException as fault:
            faults.append(fault)

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if faults:
        raise faults[0]


def race(town: Town, rounds: int, clients: int = CLIENTS) -> Raced:
    """Each round all clients change the same version of one finding; raises AssertionError unless one wins."""
    finding, raced = town.finding(), Raced()
    for number in range(rounds):
        version, told = town.row(finding).version, Counter[str]()

        def ask(client: int, number: int = number, version: int = version, told: Counter[str] = told) -> None:
            told[_answer(town, finding, version, f"race-{number}-{client}")] += 1

        at_once(clients, ask)
        assert told == {"done": 1, "stale_version": clients - 1}, f"round {number}: {dict(told)}"
        row = town.row(finding)
        assert (row.version, row.sequence) == (version + 1, number + 2)
        raced.rounds += 1
        raced.answers += told
    assert verify(town.house.database).faults == []
    return raced


def _answer(town: Town, finding: str, version: int, key: str) -> str:
    try:
        town.handle("W01", added_facts(finding, version, key), key)
    except Refusal as refusal:
        return refusal.code
    return "done"


def repeat(town: Town, commands: int, seed: int) -> Counter[int]:
    """Each command is sent one to five times in any order; raises AssertionError unless each has one effect.

    Told is how many commands were sent how often.
    """
    chance = random.Random(seed)
    finding = town.finding()
    times = {f"repeat-{number}": chance.randint(1, 5) for number in range(commands)}
    orders = [key for key, count in times.items() for _ in range(count)]
    chance.shuffle(orders)
    told: dict[str, list[tuple[bool, int]]] = {key: [] for key in times}
    lock = threading.Lock()

    def send(sender: int) -> None:
        for key in orders[sender::SENDERS]:
            decision = town.handle("W01", added_facts(finding, words=key), key).decision
            with lock:
                told[key].append((decision["replayed"], decision["sequence_to"]))

    at_once(SENDERS, send)
    for key, answers in told.items():
        assert sorted(replayed for replayed, _ in answers) == [False] + [True] * (times[key] - 1), key
        assert len({sequence for _, sequence in answers}) == 1, key
    with town.house.database.read() as connection:
        entries = connection.execute(ENTRIES_OF, {"id": finding}).scalar_one()
    assert entries == commands + 1, "as many entries as commands, and the one that recorded the finding"
    assert verify(town.house.database).faults == []
    return Counter(times.values())
