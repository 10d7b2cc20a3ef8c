"""What tests of the engine may ask for beside what all may."""

from __future__ import annotations

from collections.abc import Callable

import pytest

import engine.house
from tests.calendar_walk import EVERY


@pytest.fixture
def only(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """Houses that are opened from now on came with the notices until that year, and with no later one."""

    def until(last: int) -> None:
        known = {year: notice for year, notice in EVERY.items() if year <= last}
        monkeypatch.setattr(engine.house, "shipped_notices", lambda _: known)

    return until
