"""Notices of the State Council as tests load them."""

from __future__ import annotations

from typing import Any

from engine.administration import Administration
from rules.calendar_notice import Notice, notice_of
from rules.calendars import shipped_notices
from tests.builders import Town

EVERY = shipped_notices()


def load(town: Town, notice: Notice) -> Any:
    """The notice was loaded, and what ran was counted anew."""
    detail = {"file": dict(notice.data), "by": "os:tester"}
    asked = Administration(town.house).ask("calendar.load", detail, command="calendar load")
    assert asked.done
    return town.house.recounting.run()


def changed(notice: Notice, **days: Any) -> Notice:
    """The notice with other days."""
    return notice_of({**notice.data, **days})
