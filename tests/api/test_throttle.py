"""Failures are counted in a sliding window."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from engine.core.refusals import Refusal
from engine.throttle import KEYS_MAX, Throttle


class Seconds:
    """A time that tests move."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def seconds() -> Seconds:
    """The time of the throttle."""
    return Seconds()


def wait_of(check: Callable[[], None]) -> int:
    """The seconds that the refusal tells to wait."""
    with pytest.raises(Refusal) as refused:
        check()
    assert refused.value.code == "rate_limited"
    return int(refused.value.carries["retry_after"])


def test_too_many_failures_shut_until_the_first_is_old(seconds: Seconds) -> None:
    throttle = Throttle(3, 60, seconds)
    for _ in range(3):
        throttle.check("a")
        throttle.failed("a")
        seconds.now += 10
    assert wait_of(lambda: throttle.check("a")) == 30
    throttle.check("b")
    seconds.now += 30
    throttle.check("a")
    throttle.failed("a")
    assert wait_of(lambda: throttle.check("a")) == 10


def test_a_success_forgets_the_failures(seconds: Seconds) -> None:
    throttle = Throttle(2, 60, seconds)
    for _ in range(5):
        throttle.failed("a")
        throttle.check("a")
        throttle.succeeded("a")


def test_a_flood_of_names_takes_no_endless_memory(seconds: Seconds) -> None:
    throttle = Throttle(2, 60, seconds)
    for number in range(3 * KEYS_MAX):
        throttle.failed(number)
    assert len(throttle._failures) <= KEYS_MAX
    throttle.failed(3 * KEYS_MAX - 1)
    assert wait_of(lambda: throttle.check(3 * KEYS_MAX - 1)) == 60
