"""Failed sign-ins, counted until they are written into the record: one entry a minute, however many there were."""

from __future__ import annotations

import threading
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

LOGINS_MAX = 200
"""More logins than this within a minute are counted together."""


@dataclass(slots=True)
class Failures:
    """What failed since the record was last written; nothing of it is kept in clear but logins that exist."""

    _counted: Counter[str] = field(default_factory=Counter)
    _others: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, login: str | None) -> None:
        """One more sign-in of that login failed, or was not tried as too many had; None for what can be no login."""
        key = login.casefold() if login is not None else None
        with self._lock:
            if key is not None and (key in self._counted or len(self._counted) < LOGINS_MAX):
                self._counted[key] += 1
            else:
                self._others += 1

    def taken(self) -> tuple[dict[str, int], int]:
        """How often each login failed since this was last asked, and how often all the others did."""
        with self._lock:
            counted, others = dict(self._counted), self._others
            self._counted, self._others = Counter(), 0
        return counted, others


def told(counted: dict[str, int], others: int, existing: dict[str, str]) -> dict[str, Any]:
    """The detail of the entry; `existing` gives the spelling of the logins that exist.

    Of what is typed in that field by mistake, which may be a password, only the number is told.
    """
    known = {existing[key]: count for key, count in sorted(counted.items()) if key in existing}
    unknown = sum(count for key, count in counted.items() if key not in existing)
    return {"logins": known, "unknown_logins": unknown, "not_told_apart": others}
