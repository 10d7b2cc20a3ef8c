"""Counts failures in a sliding window and refuses when there were too many."""

from __future__ import annotations

import math
import threading
import time
from collections import deque
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field

from engine.core.refusals import Refusal

KEYS_MAX = 10_000


@dataclass(slots=True)
class Throttle:
    """Refuses `rate_limited` while a key has failed `allowed` times within the last `seconds`."""

    allowed: int
    seconds: int
    now: Callable[[], float] = time.monotonic
    _failures: dict[Hashable, deque[float]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def check(self, key: Hashable) -> None:
        """Returns while the key may try again; else raises `rate_limited` with the seconds to wait."""
        with self._lock:
            self._refuse(key)

    def begin(self, key: Hashable) -> None:
        """A try that counts as a failure until it succeeds, so that many at once are no more than one by one."""
        with self._lock:
            self._refuse(key)
            self._remember(key)

    def failed(self, key: Hashable) -> None:
        """One more failure of the key is remembered."""
        with self._lock:
            self._remember(key)

    def succeeded(self, key: Hashable) -> None:
        """The failures of the key are forgotten."""
        with self._lock:
            self._failures.pop(key, None)

    def withdraw(self, key: Hashable) -> None:
        """The latest failure of the key was none."""
        with self._lock:
            moments = self._failures.get(key)
            if moments:
                moments.pop()

    def _refuse(self, key: Hashable) -> None:
        moments = self._recent(key)
        if len(moments) >= self.allowed:
            wait = moments[0] + self.seconds - self.now()
            raise Refusal("rate_limited", retry_after=max(1, math.ceil(wait)))

    def _remember(self, key: Hashable) -> None:
        if len(self._failures) >= KEYS_MAX:
            self._forget_old()
        self._failures.setdefault(key, deque()).append(self.now())

    def _recent(self, key: Hashable) -> deque[float]:
        moments = self._failures.get(key, deque())
        while moments and moments[0] <= self.now() - self.seconds:
            moments.popleft()
        if not moments:
            self._failures.pop(key, None)
        return moments

    def _forget_old(self) -> None:
        """Keys without a recent failure are dropped; when all are recent, the oldest half is."""
        for key in list(self._failures):
            self._recent(key)
        for key in list(self._failures)[: max(0, len(self._failures) - KEYS_MAX // 2)]:
            del self._failures[key]
