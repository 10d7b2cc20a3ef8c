"""The ladder of an office: who is reminded of a deadline, and from which instant on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from engine.core.calendar import WorkingCalendar, civil_date
from engine.core.deadlines import Dates, begins, turns

WHENS = ("yellow", "red", "overdue", "severe")
"""What a rung may wait for: the turns of the light."""
ENDED = ("overdue", "severe")
"""The turns at and after the end."""
SUPERVISES, LEAD_OFFICE = "supervisor", "lead_office"
"""The role that is told in another department than that of the record, and that department."""
HOLDER, INSPECTORS = "case_officer", "inspector"
"""An inspection has no case officer yet: what the ladder tells that role is told to the inspectors."""


@dataclass(frozen=True, slots=True)
class Rung:
    """Whom the office reminds when the light of a deadline turns, or so many working days after its end.

    `name` is unique within the ladder and stands in the key of each notice. The due date is day 0 of `working_days`,
    which go with overdue only. `mark` says that it is the office's own arrangement; `message`, that it goes out to linked
    systems as well.
    """

    name: str
    when: str
    working_days: int
    roles: tuple[str, ...]
    zh: str
    en: str
    mark: str
    message: bool = True

    @classmethod
    def of_turn(cls, turn: str) -> Rung:
        """The turn of the light itself as a rung, where the office has set none."""
        return cls(turn, turn, 0, (), "", "", "")

    def instant(self, dates: Dates, calendar: WorkingCalendar) -> datetime:
        """From when on this rung is due."""
        turned = turns(dates)
        at: datetime = getattr(turned, f"{self.when}_at")
        if not self.working_days:
            return at
        due = dates.due_effective
        last = civil_date(due) if isinstance(due, datetime) else due
        return max(at, begins(calendar.add(last, self.working_days)))


@dataclass(frozen=True, slots=True)
class Ladder:
    """The rungs of an office; of a `silent` term nobody of the office can be late, and nobody is reminded."""

    rungs: tuple[Rung, ...] = ()
    silent: frozenset[str] = frozenset()

    def climb(self, term: str, dates: Dates, calendar: WorkingCalendar) -> list[tuple[datetime, Rung]]:
        """Every rung of a deadline with its instant, in the order in which they come."""
        if term in self.silent:
            return []
        each = [(rung.instant(dates, calendar), rung) for rung in self.rungs]
        return sorted(each, key=lambda one: one[0])

    def next_at(self, term: str, dates: Dates, calendar: WorkingCalendar, told: int) -> datetime | None:
        """When the rung after the first `told` ones is due; None where all were told."""
        return next((at for at, _ in self.climb(term, dates, calendar)[told:]), None)

    def since(
        self, turn: str, term: str, dates: Dates, calendar: WorkingCalendar, now: datetime
    ) -> Rung | None:
        """The highest rung that has come since the deadline turned so; where the office has none, the turn itself as one.

        None of a silent term.
        """
        if term in self.silent:
            return None
        turned: datetime = getattr(turns(dates), f"{turn}_at")
        come = [rung for at, rung in self.climb(term, dates, calendar) if turned <= at <= now]
        return come[-1] if come else Rung.of_turn(turn)


def highest_of_each_role(passed: Iterable[Rung]) -> list[tuple[Rung, str]]:
    """Of rungs that lie behind, in their order: each role once, with the highest rung that reaches it.

    So that after an outage everybody hears how it stands now, and nobody what has been overtaken since.
    """
    highest: dict[str, Rung] = {}
    for rung in passed:
        highest.update(dict.fromkeys(rung.roles, rung))
    return [(rung, role) for role, rung in highest.items()]


def roles_told(role: str, *, of_inspection: bool) -> str:
    """The role that is told, of an inspection or of a finding."""
    return INSPECTORS if of_inspection and role == HOLDER else role
