"""How a deadline on record was counted: from what was kept of it, beside the dates that were kept."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from engine.core.days_left import Left, left
from engine.core.deadlines import DeadlineError, How
from engine.core.lawbook import Lawbook
from engine.core.reckoning import Reckoning, reckon
from engine.core.snapshot import Deadline
from engine.core.standing_still import how_counted


@dataclass(frozen=True, slots=True)
class OnRecord:
    """The reckoning of a deadline, and how much is left of it while it runs.

    `as_recorded` is False where the law of the house has changed since it was counted, so that another day comes out
    than the one on record.
    """

    deadline: Deadline
    reckoning: Reckoning
    as_recorded: bool
    left: Left | None


def reckoned(law: Lawbook, deadline: Deadline, now: datetime) -> OnRecord | None:
    """The reckoning that gives the day on record, else the one of the law as it stands; None where none is possible."""
    first: Reckoning | None = None
    for how in _ways(law, deadline):
        try:
            reckoning = reckon(law.terms[deadline.term], deadline.start, law.calendar, **how)
        except DeadlineError:
            continue
        if reckoning.dates.due_effective == deadline.dates.due_effective:
            return _with_left(law, deadline, reckoning, True, now)
        first = first or reckoning
    return None if first is None else _with_left(law, deadline, first, False, now)


def _ways(law: Lawbook, deadline: Deadline) -> Iterator[How]:
    """As the house counts it now; with exclusions counted the other way; with the length that was kept."""
    how = how_counted(law, deadline)
    yield how
    if deadline.exclusions:
        yield {**how, "half_open": not law.half_open}
    whole = deadline.dates.length
    if whole is not None and deadline.fixed_due is None and not law.terms[deadline.term].by_order:
        yield {**how, "length": whole - deadline.extended}


def _with_left(
    law: Lawbook, deadline: Deadline, reckoning: Reckoning, as_recorded: bool, now: datetime
) -> OnRecord:
    running = deadline.state == "running" and as_recorded
    return OnRecord(deadline, reckoning, as_recorded, left(reckoning, now, law.calendar) if running else None)
