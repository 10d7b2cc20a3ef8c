"""The clock of the house: the machine's time, or a file that says what time it is."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

from engine.core.calendar import SHANGHAI
from engine.core.leap import TOLERANCE, Beat, Leap
from engine.core.refusals import Refusal

INSTANT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?(Z|[+-]\d{2}:\d{2})", re.ASCII)
JUMP_ALLOWED = "jump=allowed"
FILE_BYTES_MAX = 200
RETRY_AFTER = 60
"""Seconds after which a clock that had leapt may have been dealt with."""
BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
_SINCE_BOOT = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
"""Where the system knows it, the time asleep counts too."""


@dataclass(frozen=True, slots=True)
class Machine:
    """Reads the clocks of this machine."""

    def shown(self) -> datetime:
        """What the clock on the wall shows, in Asia/Shanghai; anybody with rights may set it."""
        return datetime.now(SHANGHAI)

    def uptime(self) -> float:
        """Seconds since the machine was started; nobody can set them."""
        return time.clock_gettime(_SINCE_BOOT)

    def boot(self) -> str:
        """Which start of the machine this is; where the system does not tell, each program is its own."""
        return _boot()


@cache
def _boot() -> str:
    try:
        return BOOT_ID.read_text().strip()
    except OSError:
        return f"started {datetime.now(SHANGHAI).isoformat()}"


@dataclass(frozen=True, slots=True)
class Reading:
    """What a test clock says: the instant, and whether it may go back."""

    instant: datetime
    jump_allowed: bool


@dataclass(slots=True)
class Anchor:
    """The last trusted moment, from which time goes on by how long the machine runs; `leap` while it is not trusted."""

    beat: Beat | None = None
    leap: Leap | None = None

    def trust(self, beat: Beat) -> None:
        """Time goes on from that moment."""
        self.beat, self.leap = beat, None


@dataclass(frozen=True, slots=True)
class Clock:
    """Tells the time of the house, aware and in Asia/Shanghai; a test clock is read at every use.

    Real time goes on from the last moment that the guard of time trusted (engine/time_guard.py): whoever sets the
    machine's clock meanwhile changes nothing before the guard has looked.
    """

    test_clock: Path | None = None
    machine: Machine = field(default_factory=Machine)
    anchor: Anchor = field(default_factory=Anchor, compare=False)

    @property
    def is_test(self) -> bool:
        """True when time is not real."""
        return self.test_clock is not None

    def now(self) -> datetime:
        """The instant of the house; raises `clock_refused` when the test clock cannot be read."""
        return self._reading().instant

    def now_after(self, last_recorded_at: datetime | None) -> datetime:
        """The instant at which something may be recorded after what was recorded last.

        Raises `clock_refused` while the clock has leapt and nobody has accepted that, and when a test clock went back
        behind it without `jump=allowed`. Small corrections of the real clock do not go back behind it.
        """
        if self.anchor.leap is not None:
            raise Refusal("clock_refused", detail=sentence(self.anchor.leap), retry_after=RETRY_AFTER)
        reading = self._reading()
        if not self.is_test and last_recorded_at is not None:
            behind = last_recorded_at - reading.instant
            return last_recorded_at if timedelta(0) < behind <= TOLERANCE else reading.instant
        if last_recorded_at is not None and reading.instant < last_recorded_at and not reading.jump_allowed:
            raise Refusal(
                "clock_refused",
                detail=f"测试时钟 {reading.instant.isoformat()} 早于最近一次登记 · "
                "the test clock lies before what was recorded last; line 2 may say jump=allowed.",
            )
        return reading.instant

    def real_now(self) -> datetime:
        """The machine's time, for idle sessions, rate limits and time-outs."""
        return self.machine.shown()

    def _reading(self) -> Reading:
        if self.test_clock is None:
            beat = self.anchor.beat
            trusted = beat.at(self.machine.uptime()) if beat is not None else self.machine.shown()
            return Reading(trusted.astimezone(SHANGHAI), jump_allowed=True)
        try:
            with self.test_clock.open("rb") as file:
                return read_test_clock(file.read(FILE_BYTES_MAX + 1).decode())
        except (OSError, ValueError, OverflowError) as fault:
            raise Refusal(
                "clock_refused",
                detail="测试时钟文件不可读 · the test clock file cannot be read as an instant with offset.",
            ) from fault


def sentence(found: Leap) -> str:
    """What has happened to the clock and what to do, for whoever is refused."""
    return (
        f"时钟应当在 {_told(found.expected)} 前后，现在显示 {_told(found.shown)}：为免记错日期，暂停登记和到期处理。"
        "请系统管理员核对时间：时间不对的，校准时钟；时间正确的，执行 bihuan clock accept。"
        f" · The clock should show about {_told(found.expected)} and shows {_told(found.shown)}: so that no date is "
        "recorded wrongly, nothing is recorded and no period ends. A system administrator sets the clock right, or "
        "runs bihuan clock accept where it is right."
    )


def _told(instant: datetime) -> str:
    return instant.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")


def read_test_clock(text: str) -> Reading:
    """What the file says; raises ValueError when it says anything but an instant and `jump=allowed`."""
    lines = [line.strip() for line in text.strip().splitlines()]
    if not lines or len(text) > FILE_BYTES_MAX or not INSTANT.fullmatch(lines[0]):
        raise ValueError(text)
    if lines[1:] not in ([], [JUMP_ALLOWED]):
        raise ValueError(text)
    return Reading(datetime.fromisoformat(lines[0]).astimezone(SHANGHAI), jump_allowed=len(lines) == 2)
