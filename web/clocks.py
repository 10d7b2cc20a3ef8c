"""Clocks as a person reads them: how long is left, and of which nature the limit is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from engine.core.calendar import WorkingCalendar, civil_date
from web.asking import Asking
from web.clock_reckoning import ReckoningPage
from web.wording import Words

HOUR_SECONDS = 3600


def left_of(due: str | None, now: datetime, calendar: WorkingCalendar, words: Words) -> str:
    """“还剩 n 个工作日” for a due date, hours for a due instant; empty where nothing is due."""
    if not due:
        return ""
    if "T" in due:
        hours = (datetime.fromisoformat(due) - now).total_seconds() / HOUR_SECONDS
        key = "clock.left_hours" if hours >= 0 else "clock.over_hours"
        return words(key, n=int(abs(hours)))
    today, last = civil_date(now), date.fromisoformat(due)
    if last == today:
        return words("clock.left_today")
    if last > today:
        return words("clock.left_days", n=calendar.count(today, last))
    past = calendar.count(last, today)
    return words("clock.over_days", n=past) if past else words("clock.over_since")


def clock_line(
    deadline: Mapping[str, Any], now: datetime, calendar: WorkingCalendar, words: Words, title: str
) -> dict[str, Any]:
    """A deadline as a page shows it."""
    running = deadline["state"] == "running"
    return {
        **deadline,
        "title": title,
        "shown_light": deadline["light"] or "none",
        "left": left_of(deadline["due_effective"], now, calendar, words) if running else "",
        "running": running,
    }


def clock_lines(
    asking: Asking, deadlines: Iterable[Mapping[str, Any]], now: datetime, reckonings: ReckoningPage
) -> list[dict[str, Any]]:
    """Deadlines as a page shows them, those that run first, each with how it was counted."""
    law, words = asking.house.law, asking.words
    ordered = sorted(deadlines, key=lambda one: one["state"] != "running")
    return [
        clock_line(one, now, law.calendar, words, words.of(law.terms[one["term"]]))
        | {"reckoning": reckonings.told(one)}
        for one in ordered
    ]


def first_due(clocks: Iterable[Mapping[str, Any]]) -> Mapping[str, Any] | None:
    """Of the clocks that run, the one that is due first."""
    running = [one for one in clocks if one["state"] == "running"]
    return min(running, key=lambda one: (one["due_effective"] or "", one["term"]), default=None)
