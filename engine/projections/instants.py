"""How answers write instants and which light burns at one."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

CIVIL = ZoneInfo("Asia/Shanghai")
SINCE = (("severe", "severe_at"), ("overdue", "overdue_at"), ("red", "red_at"), ("yellow", "yellow_at"))


def written(value: datetime) -> str:
    """The instant with the offset of Asia/Shanghai; a fraction only where one was sent, without idle noughts."""
    text = value.astimezone(CIVIL).isoformat()
    return f"{text[:-6].rstrip('0')}{text[-6:]}" if value.microsecond else text


def recorded(value: datetime) -> str:
    """An instant of the desk's own clock, to the second."""
    return value.astimezone(CIVIL).isoformat(timespec="seconds")


def occurred(happened: datetime, entered: datetime) -> str:
    """When an act happened: as it was sent, or to the second where it is the desk's own instant."""
    return recorded(happened) if happened == entered else written(happened)


def deadline_light(row: Any, as_of: datetime) -> str | None:
    """The light of a deadline, None unless it runs."""
    return _burning(row, as_of) if row.state == "running" else None


def finding_light(row: Any, as_of: datetime) -> str | None:
    """The light of a finding, None when it is closed or nothing runs."""
    return None if row.closed or not row.due_effective else _burning(row, as_of)


def _burning(row: Any, as_of: datetime) -> str:
    return next((light for light, since in SINCE if getattr(row, since) <= as_of), "green")
