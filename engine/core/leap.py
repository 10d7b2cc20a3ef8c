"""Whether time went on as it should: what the clock shows, held against how long the machine has been running.

A wrong clock would date acts and lapse periods wrongly, and what was dated cannot be taken back. So where the two
differ, or the clock shows a time before what was recorded last, nobody's periods end until a person has looked.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

TOLERANCE = timedelta(seconds=60)
"""Clocks are set by so much in ordinary running."""
LONGEST_OUTAGE = timedelta(days=15)
"""No house stands dark for longer without somebody being asked: the longest holidays and the weekends about them."""


@dataclass(frozen=True, slots=True)
class Beat:
    """A moment of trusted time: what was shown, and since which start of the machine how many seconds had gone."""

    shown: datetime
    boot: str
    uptime: float

    def at(self, uptime: float) -> datetime:
        """The time that must be shown once the machine has been running for so many seconds."""
        return self.shown + timedelta(seconds=uptime - self.uptime)


@dataclass(frozen=True, slots=True)
class Leap:
    """The clock shows another time than the one expected; after a restart expected is the last time that is known."""

    expected: datetime
    shown: datetime

    @property
    def by(self) -> timedelta:
        """How far it went; negative when it went back."""
        return self.shown - self.expected

    def alike(self, other: Leap) -> bool:
        """True when both are the same leap, seen by two machines or twice."""
        return abs(self.by - other.by) <= 2 * TOLERANCE


def leap(last: Beat | None, now: Beat, recorded: datetime | None) -> Leap | None:
    """How time has leapt since the last trusted beat; None where it went on, or where the house was merely closed.

    `last` of the same start of the machine tells to the second; of another one only that time does not run back and
    that nobody leaves the house dark for ever. `recorded` is when something was recorded last.
    """
    if last is not None and last.boot == now.boot and now.uptime >= last.uptime:
        expected = last.at(now.uptime)
        return Leap(expected, now.shown) if abs(now.shown - expected) > TOLERANCE else None
    known = [one for one in (last.shown if last else None, recorded) if one is not None]
    if not known:
        return None
    gone = now.shown - max(known)
    back, dark = gone < -TOLERANCE, last is not None and gone > LONGEST_OUTAGE
    return Leap(max(known), now.shown) if back or dark else None
