"""The days of a story: counted in working days from the day the demonstration is built."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from engine.core.calendar import WorkingCalendar

NAMED = re.compile(r"(date|then|today)(?:([+-]\d{1,3}))?")


@dataclass(frozen=True, slots=True)
class Days:
    """Working days before `today`; when today is none, the last one before it is day 0."""

    today: date
    calendar: WorkingCalendar

    def before(self, day: int) -> date:
        """The working day that lies so many before day 0; `day` is 0 or negative."""
        return self.calendar.add(self.calendar.roll_back(self.today), day)

    def named(self, name: str, then: date) -> date | None:
        """The day that `date`, `then+N` or `today+N` means for a step on the day `then`; None for other names."""
        matched = NAMED.fullmatch(name)
        if matched is None:
            return None
        start = self.today if matched[1] == "today" else then
        return self.calendar.add(start, int(matched[2] or 0))
