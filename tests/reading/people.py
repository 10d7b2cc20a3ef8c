"""Who reads, and when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from engine.core.commands import Principal
from tests.reading.world import NOW


@dataclass
class StandingClock:
    """A clock that shows what it is set to."""

    instant: datetime = NOW
    is_test: bool = True

    def now(self) -> datetime:
        """The instant it is set to."""
        return self.instant


def person(login: str, *roles: str, department: str | None = "market_regulation") -> Principal:
    """A signed-in person with these roles."""
    return Principal(login, f"姓名{login}", frozenset(roles), department)


OFFICER = person("W01", "inspector", "case_officer")
SUPERVISOR = person("S01", "supervisor", department="lead_office")
