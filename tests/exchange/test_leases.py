"""Several couriers, killed couriers, failing transactions: each message is brought, and by one at a time."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from engine.core.commands import Command, Step, StepCommand
from engine.courier import Courier
from engine.courier_book import LEASE
from engine.writer import Writer
from models import delivering
from models.database import Database
from tests.exchange.linked import NOW, Linked, called, courier, message

ROOT = Path(__file__).parents[2]


def test_competing_couriers_bring_each_message_once(linked, hook):
    called(linked, hook)
    for index in range(4):
        linked.link(f"pushed-{index}", "emergency", url=f"{hook.url}/{index}", allow_private=True)
    sent = [linked.sent()[0] for _ in range(4)] + [
        linked.sent(target_department="emergency")[0] for _ in range(4)
    ]
    house = linked.town.house
    others = [Database(house.settings.database_url) for _ in range(3)]
    writers = [house.writer, *(Writer(database) for database in others)]
    delivered: list[int] = []

    def run(writer: Writer) -> None:
        for _ in range(6):
            delivered.append(Courier(writer, house.clock).run_once(NOW))
            time.sleep(0.01)

    threads = [threading.Thread(target=run, args=(writer,)) for writer in writers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for writer, database in zip(writers[1:], others, strict=True):
        writer.close()
        database.dispose()
    assert sum(delivered) == len(sent)
    assert sorted(one.id for one in hook.received) == sorted(message(linked, finding).id for finding in sent)


def test_a_courier_whose_lease_ran_out_can_no_longer_say_how_it_went(linked, hook):
    called(linked, hook)
    finding, _ = linked.sent()
    writer = linked.town.house.writer
    claim, fire = delivering.claim, "yuanping-fire"
    [slow] = writer.submit(lambda connection: claim(connection, fire, "slow", NOW, NOW + LEASE, 8))
    assert writer.submit(lambda connection: claim(connection, fire, "other", NOW, NOW + LEASE, 8)) == []
    later = NOW + LEASE
    [again] = writer.submit(lambda connection: claim(connection, fire, "quick", later, later + LEASE, 8))
    assert again["id"] == slow["id"]
    settle, gone = delivering.settle, {"outcome": "late", "state": "dead"}
    assert writer.submit(lambda connection: settle(connection, slow["id"], "slow", gone)) is False
    done = {"outcome": "quick", "state": "delivered"}
    assert writer.submit(lambda connection: settle(connection, slow["id"], "quick", done)) is True
    assert (message(linked, finding).state, message(linked, finding).outcome) == ("delivered", "quick")


KILLED = """
import sys
from datetime import datetime
from pathlib import Path
from engine.clock import Clock
from engine.courier import Courier
from engine.writer import Writer
from models.database import Database
url, clock, now = sys.argv[1:]
Courier(Writer(Database(url)), Clock(Path(clock))).run_once(datetime.fromisoformat(now))
"""


def test_what_a_killed_courier_held_is_brought_by_the_next_one_when_the_lease_ends(linked, hook):
    called(linked, hook)
    finding, _ = linked.sent()
    arrived, release = threading.Event(), threading.Event()

    def hang(_: Any) -> int:
        arrived.set()
        release.wait(30)
        return 204

    hook.answers = hang
    settings = linked.town.house.settings
    said = [sys.executable, "-c", KILLED, settings.database_url, str(linked.town.clock_file), NOW.isoformat()]
    child = subprocess.Popen(said, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)})
    assert arrived.wait(30)
    os.kill(child.pid, signal.SIGKILL)
    child.wait()
    hook.answers = lambda _: 204
    release.set()
    assert message(linked, finding).state == "waiting"
    assert courier(linked).run_once(NOW + LEASE - timedelta(seconds=1)) == 0
    assert courier(linked).run_once(NOW + LEASE) == 1
    one, two = hook.received
    assert (one.id, one.body) == (two.id, two.body)
    assert message(linked, finding).state == "delivered"


def test_a_message_leaves_only_with_the_step_that_sends_it(linked, hook):
    called(linked, hook)
    finding, transfer = linked.sent()
    courier(linked).run_once(NOW)
    with pytest.raises(RuntimeError, match="the power fails"):
        linked.town.house.writer.submit(
            lambda connection: send_and_fail(linked, connection, finding, transfer)
        )
    assert courier(linked).run_once(NOW + timedelta(days=1)) == 0
    assert len(hook.received) == len(linked.messages(finding)) == 1


def send_and_fail(linked: Linked, connection: Any, finding: str, transfer: str) -> None:
    """The letter is sent again, and then everything is lost."""
    step = Step("resend", transfer, {"sent_on": "2024-04-26", "reason": "未签收"})
    asked = StepCommand("finding", finding, (step,))
    linked.town.house.desk.handle_within(connection, Command(linked.town.who("D01"), "key", "digest", asked))
    raise RuntimeError("the power fails")
