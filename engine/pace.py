"""Counts what each caller asks for, and refuses whoever asks for more than a bucket holds."""

from __future__ import annotations

import math
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field

from engine.core.refusals import Refusal

KEYS_MAX = 10_000
BURST_SECONDS = 10
"""A bucket holds what may be asked for in so many seconds."""


@dataclass(slots=True)
class Pace:
    """Lets each key through `per_second` times a second on average; 0 lets everybody through."""

    per_second: int
    now: Callable[[], float] = time.monotonic
    _spent: OrderedDict[Hashable, tuple[float, float]] = field(default_factory=OrderedDict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self, key: Hashable) -> None:
        """The key has asked once more; raises `rate_limited` with the seconds to wait, and counts nothing then."""
        if not self.per_second:
            return
        with self._lock:
            now = self.now()
            spent, at = self._spent.get(key, (0.0, now))
            spent = max(0.0, spent - (now - at) * self.per_second) + 1
            most = self.per_second * BURST_SECONDS
            if spent > most:
                raise Refusal("rate_limited", retry_after=max(1, math.ceil((spent - most) / self.per_second)))
            self._spent[key] = (spent, now)
            self._spent.move_to_end(key)
            if len(self._spent) > KEYS_MAX:
                self._spent.popitem(last=False)
