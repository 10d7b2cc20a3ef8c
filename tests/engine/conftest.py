"""What several tests of the engine begin with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

import engine.building
from rules.calendar_notice import CHINA
from rules.calendars import load_shelf
from tests.notices import EVERY


@pytest.fixture
def only(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """Houses that are opened from now on came with the notices until that year, and with no later one."""

    def until(last: int) -> None:
        known = {year: notice for year, notice in EVERY.items() if year <= last}
        shelf = replace(load_shelf(), notices={CHINA: known})
        monkeypatch.setattr(engine.building, "load_shelf", lambda _: shelf)

    return until
