"""How long a message waits before it is sent again, and when a person must act instead."""

from __future__ import annotations

from datetime import timedelta

WAITS = (
    timedelta(seconds=5),
    timedelta(seconds=30),
    timedelta(minutes=2),
    timedelta(minutes=10),
    timedelta(minutes=30),
    timedelta(hours=1),
    timedelta(hours=3),
    timedelta(hours=6),
    timedelta(hours=12),
    timedelta(hours=24),
)
"""The wait after the first, second … failed attempt; together about two days."""
JITTER = 0.2


def wait_after(tries: int, jitter: float) -> timedelta | None:
    """The wait after that many failed attempts, longer by up to a fifth (`jitter` in [0, 1)); None: no more attempts."""
    if tries > len(WAITS):
        return None
    return WAITS[tries - 1] * (1 + JITTER * jitter)
