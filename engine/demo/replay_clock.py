"""The clock of the demonstration: it stands where it is put, so that weeks can be told within seconds."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from engine.clock import Clock, Reading


@dataclass(frozen=True, slots=True)
class ReplayClock(Clock):
    """Tells the instant of the act that is told; it may go back, as time that is told may."""

    _hand: list[datetime] = field(default_factory=list)

    def put(self, instant: datetime) -> None:
        """The clock stands at that aware instant until it is put elsewhere."""
        self._hand[:] = [instant]

    def _reading(self) -> Reading:
        return Reading(self._hand[0], jump_allowed=True)
