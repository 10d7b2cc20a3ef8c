"""The clocks of a second opinion: opened, settled, extended and stopped by what the entries say, written independently."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from engine.core.calendar import civil_date
from engine.core.deadlines import Dates, Exclusion, compute, overdue
from engine.core.lawbook import Lawbook

STATES_ONE_DATE = {
    "DL01.review": "review_date",
    "DL18": "due_on",
    "DL30.instalment": "due_on",
    "DL48.ban": "end_date",
}
ALIVE = ("running", "suspended")


@dataclass(slots=True)
class Running:
    """A deadline as the events say it should be."""

    proceeding: str | None
    term: str
    dates: Dates
    nature: str
    counted: bool
    start: date | datetime
    fixed_due: date | None
    length: int | None = None
    unit: str | None = None
    added: int = 0
    taken_out: list[tuple[date, date]] = field(default_factory=list)
    stopped: dict[str, date] = field(default_factory=dict)
    state: str = "running"
    settled_at: datetime | None = None

    def told(self) -> tuple[Any, ...]:
        """What must be equal to the stored one."""
        return (
            self.proceeding,
            self.term,
            self.state,
            self.nature,
            self.counted,
            self.dates,
            self.fixed_due,
            self.settled_at,
        )


@dataclass(slots=True)
class Clocks:
    """All deadlines of one record and its proceedings."""

    law: Lawbook
    orders: Mapping[str | None, Mapping[str, Any]]
    carried: set[str | None]
    all: list[Running] = field(default_factory=list)
    at: datetime | None = None
    """When the entry that is being told says its act happened."""

    def alive(self, owner: str | None, terms: Iterable[str] | None = None) -> list[Running]:
        """The deadlines of that record that are not over."""
        return [
            one
            for one in self.all
            if one.state in ALIVE and one.proceeding == owner and (terms is None or one.term in terms)
        ]

    def open(self, term_id: str, facts: Mapping[str, Any], start: date | datetime, owner: str | None) -> None:
        """The term runs, unless an order would have to set it and none did; hours of a mere day from the act on record."""
        term = self.law.terms[term_id]
        length, unit, fixed = None, None, None
        if term_id in STATES_ONE_DATE:
            stated = facts.get(STATES_ONE_DATE[term_id])
            if stated is None:
                return
            fixed = date.fromisoformat(stated)
        elif term_id == "DL10":
            length, unit, fixed = self._ordered(owner)
        elif term_id == "DL28.collective":
            length = facts.get("period_length")
            if length is None:
                return
        if term.unit != "hour" and isinstance(start, datetime):
            start = civil_date(start)
        elif term.unit == "hour" and not isinstance(start, datetime):
            start = self.at or start
        self.cancel(owner, term_id)
        taken_out: list[tuple[date, date]] = []
        added_to = [name for name in (term.follows, term.of) if name] if term.adds else []
        for base in [one for name in added_to for one in self.alive(owner, (name,))]:
            start, taken_out = base.start, list(base.taken_out)
        nature = "internal" if owner in self.carried else term.nature
        empty: Any = None
        one = Running(owner, term_id, empty, nature, owner not in self.carried, start, fixed, length, unit)
        one.taken_out = taken_out
        self._count(one)
        self.all.append(one)

    def settle(self, owner: str | None, terms: Iterable[str], at: datetime, by: str) -> list[Any]:
        """Met, met late, or taken by the clock after the end: their last days."""
        ended = []
        for one in self.alive(owner, terms):
            late = overdue(one.dates, at)
            one.state = ("lapsed" if by == "clock" else "met_late") if late else "met"
            one.settled_at = at
            ended.append(one.dates.due_effective)
        return ended

    def cancel(self, owner: str | None, term: str | None = None) -> None:
        """What ran of it runs no more."""
        for one in self.alive(owner, None if term is None else (term,)):
            one.state = "cancelled"

    def extend(self, owner: str | None, term: str, facts: Mapping[str, Any], opens: Iterable[str]) -> None:
        """To the stated day, else by what the extension that the row opens adds."""
        added = 0
        for name in opens:
            extension = self.law.terms[name]
            if extension.of == term and extension.adds:
                own = facts.get("period_length") if extension.unit == "set_by_order" else extension.value
                added = int(own or 0)
        for one in self.alive(owner, (term,)):
            if facts.get("new_due_on"):
                one.fixed_due = date.fromisoformat(facts["new_due_on"])
            else:
                one.added += added
            self._count(one)

    def stop(self, owner: str | None, term: str, by: str, on: date) -> None:
        """The term and its extensions stand still from that day."""
        for one in self.alive(owner, self._family(term)):
            one.stopped.setdefault(by, on)
            one.state = "suspended"

    def run_on(self, owner: str | None, term: str, stopped_by: Iterable[str], on: date) -> None:
        """The days between are not counted, both ends included."""
        for one in self.alive(owner, self._family(term)):
            for by in stopped_by:
                if by in one.stopped:
                    first = one.stopped.pop(by)
                    self._take_out(one, first, max(first, on))
            if not one.stopped:
                one.state = "running"

    def _take_out(self, one: Running, first: date, last: date) -> None:
        if one.fixed_due is None:
            one.taken_out.append((first, last))
        elif first <= one.fixed_due:
            one.fixed_due += timedelta(days=(last - first).days + 1)
        self._count(one)

    def _family(self, term: str) -> list[str]:
        extensions = [id for id, known in self.law.terms.items() if known.of == term and known.adds]
        return [term, *extensions]

    def _ordered(self, owner: str | None) -> tuple[int | None, str | None, date | None]:
        order = self.orders.get(owner, {})
        if order.get("deadline_type") == "immediate":
            return 0, "calendar_day", None
        if order.get("deadline_type") == "dated":
            return order["period_length"], order["period_unit"], None
        if order.get("new_due_on"):
            return None, None, date.fromisoformat(order["new_due_on"])
        return 15, "calendar_day", None

    def _count(self, one: Running) -> None:
        term, after = self.law.terms[one.term], self.law.severe_after
        if one.fixed_due is not None:
            one.dates = compute(
                term, one.start, self.law.calendar, fixed_due=one.fixed_due, severe_after=after
            )
            return
        one.dates = compute(
            term,
            one.start,
            self.law.calendar,
            length=one.length,
            unit=one.unit,
            exclusions=[Exclusion(first, last) for first, last in one.taken_out],
            extended=one.added,
            severe_after=after,
        )
