"""The clock of the house: the machine's time, or a file that says what time it is."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from engine.core.calendar import SHANGHAI
from engine.core.refusals import Refusal

INSTANT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?(Z|[+-]\d{2}:\d{2})", re.ASCII)
JUMP_ALLOWED = "jump=allowed"
FILE_BYTES_MAX = 200


@dataclass(frozen=True, slots=True)
class Reading:
    """What a test clock says: the instant, and whether it may go back."""

    instant: datetime
    jump_allowed: bool


@dataclass(frozen=True, slots=True)
class Clock:
    """Tells the time of the house, aware and in Asia/Shanghai; a test clock is read at every use."""

    test_clock: Path | None = None

    @property
    def is_test(self) -> bool:
        """True when time is not real."""
        return self.test_clock is not None

    def now(self) -> datetime:
        """The instant of the house; raises `clock_refused` when the test clock cannot be read."""
        return self._reading().instant

    def now_after(self, last_recorded_at: datetime | None) -> datetime:
        """The instant at which something may be recorded after what was recorded last.

        Raises `clock_refused` when a test clock went back behind it without `jump=allowed`.
        """
        reading = self._reading()
        if last_recorded_at is not None and reading.instant < last_recorded_at and not reading.jump_allowed:
            raise Refusal(
                "clock_refused",
                detail=f"测试时钟 {reading.instant.isoformat()} 早于最近一次登记 · "
                "the test clock lies before what was recorded last; line 2 may say jump=allowed.",
            )
        return reading.instant

    def real_now(self) -> datetime:
        """The machine's time, for idle sessions, rate limits and time-outs."""
        return datetime.now(SHANGHAI)

    def _reading(self) -> Reading:
        if self.test_clock is None:
            return Reading(self.real_now(), jump_allowed=True)
        try:
            with self.test_clock.open("rb") as file:
                return read_test_clock(file.read(FILE_BYTES_MAX + 1).decode())
        except (OSError, ValueError, OverflowError) as fault:
            raise Refusal(
                "clock_refused",
                detail="测试时钟文件不可读 · the test clock file cannot be read as an instant with offset.",
            ) from fault


def read_test_clock(text: str) -> Reading:
    """What the file says; raises ValueError when it says anything but an instant and `jump=allowed`."""
    lines = [line.strip() for line in text.strip().splitlines()]
    if not lines or len(text) > FILE_BYTES_MAX or not INSTANT.fullmatch(lines[0]):
        raise ValueError(text)
    if lines[1:] not in ([], [JUMP_ALLOWED]):
        raise ValueError(text)
    return Reading(datetime.fromisoformat(lines[0]).astimezone(SHANGHAI), jump_allowed=len(lines) == 2)
