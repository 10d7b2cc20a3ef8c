"""Receivers that fail or are slow: they are left alone for a while, and never stand in the way of others."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from datetime import timedelta
from typing import Any

from engine.core.backoff import REST, WAITS, Patience
from engine.courier import Courier
from models import delivering
from tests.exchange.linked import NOW, Linked, called, courier, message, tasks
from tests.partner import serving

SHORT = Patience(failures_max=3)


def known(linked: Linked, id: str = "yuanping-fire") -> Any:
    """What the couriers know of the destination."""
    with linked.town.house.database.read() as connection:
        return delivering.destinations(connection)[id]


def test_a_receiver_that_fails_is_left_alone_and_one_attempt_finds_it_again(linked, hook):
    called(linked, hook)
    for _ in range(6):
        linked.sent()
    hook.answers = lambda _: 503
    runner = courier(linked, patience=SHORT, parallel=1)
    assert runner.run_once(NOW) == 0
    assert len(hook.received) == 3
    assert (known(linked).openings, known(linked).failures) == (1, 3)
    opens = known(linked).open_until
    assert opens >= NOW + REST[0], "the rest begins with the last failure, however long the attempts took"
    other_node = courier(linked, patience=SHORT, parallel=3)
    assert other_node.run_once(opens - timedelta(seconds=1)) == 0
    assert len(hook.received) == 3
    assert other_node.run_once(opens + timedelta(seconds=1)) == 0
    assert len(hook.received) == 4, "one attempt, and no more"
    assert known(linked).open_until >= opens + REST[1]
    hook.answers = lambda _: 204
    assert other_node.run_once(opens + timedelta(hours=1)) == 6
    assert (known(linked).openings, known(linked).failures, known(linked).open_until) == (0, 0, None)


def test_refusing_a_message_is_a_sign_of_life(sqlite_linked, hook):
    called(sqlite_linked, hook)
    for _ in range(4):
        sqlite_linked.sent()
    hook.answers = lambda _: 422
    courier(sqlite_linked, patience=SHORT).run_once(NOW)
    assert len(hook.received) == 4
    assert known(sqlite_linked).openings == 0


def test_a_ping_that_is_answered_ends_the_rest(sqlite_linked, hook):
    called(sqlite_linked, hook)
    sqlite_linked.sent()
    hook.answers = lambda _: 500
    courier(sqlite_linked, patience=Patience(failures_max=1)).run_once(NOW)
    assert known(sqlite_linked).open_until is not None
    [listed] = sqlite_linked.exchange.systems.list()
    assert listed["circuit"] == "open"
    hook.answers = lambda _: 204
    sqlite_linked.exchange.systems.ping("yuanping-fire")
    assert known(sqlite_linked).open_until is None
    assert sqlite_linked.exchange.systems.list()[0]["circuit"] == "closed"


def test_what_has_waited_too_long_for_a_dead_receiver_becomes_a_task(linked, hook):
    called(linked, hook)
    findings = [linked.sent()[0] for _ in range(3)]
    hook.answers = lambda _: 503
    patience = Patience(failures_max=1)
    courier(linked, patience=patience, parallel=1).run_once(NOW)
    assert [message(linked, one).tries for one in findings] == [1, 0, 0]
    courier(linked, patience=patience, parallel=1).run_once(
        NOW + sum(WAITS, timedelta()) + timedelta(hours=1)
    )
    for finding in findings:
        assert message(linked, finding).state == "dead"
        assert [one.kind for one in tasks(linked, finding)] == ["message_dead"]


def test_at_most_so_many_are_brought_to_one_receiver_at_a_time(linked, hook):
    called(linked, hook)
    for _ in range(5):
        linked.sent()
    busy, most, lock = 0, [0], threading.Lock()

    def counted(_: Any) -> int:
        nonlocal busy
        with lock:
            busy += 1
            most[0] = max(most[0], busy)
        time.sleep(0.05)
        with lock:
            busy -= 1
        return 204

    hook.answers = counted
    assert courier(linked, parallel=2).run_once(NOW) == 5
    assert most[0] == 2


def test_a_receiver_that_hangs_keeps_no_other_waiting_and_the_rest_is_kept_at_once(linked, hook):
    called(linked, hook)
    release = threading.Event()
    hook.answers = lambda _: 204 if release.wait(20) else 500
    hanging = [linked.sent()[0] for _ in range(3)]
    with serving() as other:
        linked.link("yuanping-emergency", "emergency", url=other.url, allow_private=True)
        quick = [linked.sent(target_department="emergency")[0] for _ in range(3)]
        runner = courier(linked, parallel=1)
        with running(runner):
            until(lambda: all(message(linked, one).state == "delivered" for one in quick))
            late, _ = linked.sent(target_department="emergency")
            until(lambda: message(linked, late).state == "delivered")
            assert {message(linked, one).state for one in hanging} == {"waiting"}
            release.set()
        assert {message(linked, one).state for one in hanging} == {"delivered"}


def running(runner: Courier) -> ExitStack:
    """The courier at work in a thread; at the end it has come to its end."""
    thread = threading.Thread(target=runner.run_once, args=(NOW,))
    thread.start()
    stack = ExitStack()
    stack.callback(thread.join)
    return stack


def until(holds: Callable[[], bool], seconds: float = 15) -> None:
    """Returns as soon as it holds."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "it never came to hold"
        time.sleep(0.02)


def test_a_courier_that_is_stopped_takes_nothing_more(sqlite_linked, hook):
    called(sqlite_linked, hook)
    sqlite_linked.sent()
    runner = courier(sqlite_linked)
    runner.stop()
    assert runner.run_once(NOW) == 0
    assert hook.received == []
    runner.begin()
    assert runner.run_once(NOW) == 1
