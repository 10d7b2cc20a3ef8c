"""Faults that a simulated partner commits when somebody switches them on: at the start, or while it runs."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from threading import Lock

ON_THE_LINE = {
    "refuse": "503",
    "time_out": "12",
    "reset": None,
    "drip": "1",
    "answer_twice": None,
}
"""How a message that is brought is answered: name of the fault → its value where none is given.

refuse: with that status; time_out: after so many seconds; reset: the connection is cut once the body is read; drip: the
answer comes letter by letter, so many seconds apart; answer_twice: two answers on one connection.
"""
IN_RECEIPTS = ("twice", "early", "out_of_order", "wrong_signature", "stale", "mutated", "reserialised")
"""How receipts are sent.

twice: the same bytes again; early: before the message itself is answered, without waiting; out_of_order: those of one
message last first; wrong_signature, stale (an hour old), mutated (a byte changed under the signature): a bad one goes
before the good one; reserialised: after the good one the same event in other bytes, signed well.
"""
ASKED = re.compile(r"([a-z_]+)(?:=([0-9]+))?(?:\*([0-9]+))?", re.ASCII)


class NoSuchFault(ValueError):
    """The text names no fault that there is."""


@dataclass(slots=True)
class _Switch:
    value: str | None
    left: int | None


@dataclass(slots=True)
class Switchboard:
    """Which faults are on, how often each will still happen, and with which value."""

    _on: dict[str, _Switch] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def switch_on(self, asked: str) -> None:
        """`NAME`, `NAME=VALUE`, `NAME*TIMES` or `NAME=VALUE*TIMES` is on; raises NoSuchFault."""
        found = ASKED.fullmatch(asked)
        if found is None or found[1] not in (*ON_THE_LINE, *IN_RECEIPTS):
            known = ", ".join((*ON_THE_LINE, *IN_RECEIPTS))
            raise NoSuchFault(f"{asked}: {known}")
        name, value, times = found.groups()
        with self._lock:
            self._on[name] = _Switch(value or ON_THE_LINE.get(name), int(times) if times else None)

    def switch_off(self, name: str) -> None:
        """The fault happens no more."""
        with self._lock:
            self._on.pop(name, None)

    def take(self, name: str) -> bool:
        """True when the fault happens now, which counts once."""
        return self.taken((name,)) is not None

    def taken(self, names: tuple[str, ...]) -> tuple[str, int] | None:
        """The first of these faults that is on, with its value; it counts once."""
        with self._lock:
            for name in names:
                switch = self._on.get(name)
                if switch is None:
                    continue
                if switch.left is not None:
                    switch.left -= 1
                    if switch.left <= 0:
                        del self._on[name]
                return name, int(switch.value or 0)
        return None

    def shown(self) -> dict[str, dict[str, str | int | None]]:
        """The faults that are on."""
        with self._lock:
            return {name: {"value": one.value, "left": one.left} for name, one in self._on.items()}
