"""What every decision reads and no decision changes: charts, forms, terms, calendar and the office's figures."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.core.calendar import WorkingCalendar
from engine.core.chart import Charts
from engine.core.deadlines import Term
from engine.core.forms import Forms
from engine.core.ladder import Ladder


@dataclass(frozen=True, slots=True)
class Lawbook:
    """The law as the house holds it; built once at start."""

    charts: Charts
    forms: Forms
    terms: Mapping[str, Term]
    calendar: WorkingCalendar
    late_entry_days: int
    severe_after: int
    department_code: Callable[[str], str | None]
    guards: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    half_open: bool = False
    """True where the office counts the last day of an exclusion (DOMAIN Q6)."""
    figures: Mapping[str, int] = field(default_factory=dict)
    """Sums of the office and province, in fen, by name: limits of the summary procedure and the like."""
    ladder: Ladder = field(default_factory=Ladder)
    """Whom the office reminds of a deadline, and when."""
