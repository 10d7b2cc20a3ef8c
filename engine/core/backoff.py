"""How long a message waits before it is sent again, how long a receiver is left alone, and when a person must act instead."""

from __future__ import annotations

from dataclasses import dataclass
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
REST = (
    timedelta(seconds=30),
    timedelta(minutes=1),
    timedelta(minutes=2),
    timedelta(minutes=5),
    timedelta(minutes=10),
)
"""How long a receiver that fails is left alone: the first time, the second … and every time after the last."""
JITTER = 0.2


@dataclass(frozen=True, slots=True)
class Patience:
    """The figures of the courier; a trial run has shorter ones."""

    waits: tuple[timedelta, ...] = WAITS
    rests: tuple[timedelta, ...] = REST
    failures_max: int = 5
    """So many attempts in a row without a sign of life, and the receiver is left alone for a while."""

    def wait_after(self, tries: int, jitter: float, left: timedelta | None = None) -> timedelta | None:
        """The wait after that many failed attempts, longer by up to a fifth (`jitter` in [0, 1)); None: no more attempts.

        While a deadline lies ahead, `left` from now, at most half of what is left: the next attempt comes before its end.
        """
        if tries > len(self.waits):
            return None
        wait = self.waits[tries - 1] * (1 + JITTER * jitter)
        return min(wait, left / 2) if left is not None and left > timedelta() else wait

    def rest_after(self, openings: int, jitter: float) -> timedelta:
        """How long a receiver is left alone that failed for the first, second … time in a row."""
        return self.rests[min(openings, len(self.rests)) - 1] * (1 + JITTER * jitter)

    @property
    def given_up_after(self) -> timedelta:
        """What has waited so long for a receiver that is left alone is handed to a person: as long as the waits take."""
        return sum(self.waits, timedelta())


PATIENCE = Patience()
