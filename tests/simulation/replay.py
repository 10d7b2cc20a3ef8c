"""A second opinion on law 6: the deadlines of a record told from its audit entries alone, written independently."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from engine.core.calendar import civil_date
from engine.core.chart import Row
from engine.core.deadlines import Dates, compute, overdue
from engine.core.lawbook import Lawbook

CARRIED = ("carry_over", "correct_carry_over")
STATES_ONE_DATE = {"DL01.review": "review_date", "DL18": "due_on"}
SETTLED = ("met", "met_late", "lapsed")


@dataclass(frozen=True, slots=True)
class Event:
    """One audit entry with what its payload says."""

    sequence: int
    version: int
    chart: str
    trigger: str
    proceeding: str | None
    state: str
    by: str
    occurred_at: datetime
    recorded_at: datetime
    said: Mapping[str, Any]

    @property
    def facts(self) -> Mapping[str, Any]:
        """The facts of the step."""
        return self.said.get("facts", {})  # type: ignore[no-any-return]


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
class Replay:
    """Feeds on the entries of one finding or inspection, in order."""

    law: Lawbook
    subject: str
    states: dict[str | None, str | None] = field(default_factory=lambda: {None: None})
    kinds: dict[str | None, str] = field(default_factory=dict)
    rounds: dict[str, int] = field(default_factory=dict)
    """For each proceeding the sequence of the entry that opened it; carried-over ones stand at 0."""
    carried: set[str | None] = field(default_factory=set)
    orders: dict[str | None, dict[str, Any]] = field(default_factory=dict)
    routes: list[str] = field(default_factory=list)
    round_from: int = -1
    deadlines: list[Running] = field(default_factory=list)
    last_word: str = ""
    """The trigger that last moved the record itself, or last corrected what was carried over of it."""

    def feed(self, event: Event) -> Row | None:
        """The row that the entry took; None for a note that moves nothing."""
        chart = self.law.charts[event.chart]
        source = self.states.get(event.proceeding)
        rows = [row for row in chart.rows_from(source, event.trigger) if row.to == event.state]
        if not rows:
            self._note(event)
            return None
        row = rows[0]
        if event.proceeding is None and (row.source != row.to or event.trigger in CARRIED):
            self.last_word = event.trigger
        self.states[event.proceeding] = event.state
        self.kinds[event.proceeding] = event.chart
        if event.trigger == "carry_over" and event.proceeding is not None:
            self.rounds[event.proceeding] = 0
        self._remember(row, event)
        self._clocks(row, event)
        return row

    def told(self) -> list[tuple[Any, ...]]:
        """All deadlines, in no order that matters."""
        return [one.told() for one in self.deadlines]

    def open_routes(self) -> set[str]:
        """Approved routes that no proceeding of this round serves."""
        served = {
            self.kinds[one]
            for one, sequence in self.rounds.items()
            if sequence > self.round_from or one in self.carried
        }
        return set(self.routes) - served

    def _note(self, event: Event) -> None:
        """A finding recorded later ends the inspection's wait for it."""
        if self.subject == "inspection" and event.trigger == "record_finding":
            self._settle(("DL13",), event)

    def _remember(self, row: Row, event: Event) -> None:
        facts = event.facts
        if event.trigger in ("approve_route", "reopen"):
            self.routes = list(facts["routes"])
        elif event.trigger == "add_route":
            self.routes = [*self.routes, *facts["routes"]]
        elif event.trigger == "approve_no_action":
            self.routes = []
        if event.trigger == "reopen":
            self.round_from = event.sequence
        known = self.orders.setdefault(event.proceeding, {})
        stated = {"deadline_type", "period_length", "period_unit", "new_due_on"}
        known.update({name: value for name, value in facts.items() if name in stated})

    def _clocks(self, row: Row, event: Event) -> None:
        chart = self.law.charts[event.chart]
        self._settle(row.settles, event)
        if chart.states[event.state].kind == "ended":
            self._cancel(event.proceeding)
        start: Any = event.occurred_at
        if row.legal_date and event.facts.get(row.legal_date):
            text = event.facts[row.legal_date]
            start = datetime.fromisoformat(text) if "T" in text else date.fromisoformat(text)
        if event.trigger in CARRIED:
            self.carried.add(event.proceeding)
            self._cancel(event.proceeding)
            for term in chart.states[event.state].clock:
                self._open(term, event, civil_date(event.recorded_at), event.proceeding)
        opened = event.said.get("opened")
        for term in row.opens:
            if term == "DL15" and event.trigger == "approve_route" and self._every_route_has_one():
                continue
            self._open(term, event, start, event.proceeding)
        for effect in row.effects:
            name, _, argument = effect.partition(":")
            if name == "open_proceeding":
                self._begin(argument, opened, event, start)
            elif name == "extend_clock":
                self._extend(argument, event)

    def end_of_command(self, event: Event) -> None:
        """After the last entry of a command: the clock to open what was approved runs again when nothing else does."""
        if self._waits_for_a_route():
            self._open("DL15", event, event.occurred_at, None)

    def _waits_for_a_route(self) -> bool:
        if self.subject != "finding" or self._running(None, ("DL15",)):
            return False
        if self.states[None] == "routed":
            return not self._every_route_has_one()
        charts = self.law.charts
        some_open = any(
            charts[self.kinds[id]].states[str(state)].kind == "open"
            for id, state in self.states.items()
            if id is not None
        )
        return self.states[None] == "in_progress" and not some_open and bool(self.open_routes())

    def _every_route_has_one(self) -> bool:
        return set(self.routes) <= {self.kinds[one] for one in self.rounds}

    def _begin(self, kind: str, id: str, event: Event, start: Any) -> None:
        chart = self.law.charts[kind]
        self.states[id], self.kinds[id], self.rounds[id] = chart.initial, kind, event.sequence
        for term in chart.states[chart.initial].clock:
            self._open(term, event, start, id)

    def _open(self, term_id: str, event: Event, start: date | datetime, owner: str | None) -> None:
        term, carried = self.law.terms[term_id], owner in self.carried
        length, unit, fixed = None, None, None
        if term_id in STATES_ONE_DATE:
            stated = event.facts.get(STATES_ONE_DATE[term_id])
            if stated is None:
                return
            fixed = date.fromisoformat(stated)
        elif term_id == "DL10":
            length, unit, fixed = self._ordered(owner)
        if term.unit != "hour" and isinstance(start, datetime):
            start = civil_date(start)
        self._cancel(owner, term_id)
        dates = compute(
            term,
            start,
            self.law.calendar,
            length=length,
            unit=unit,
            fixed_due=fixed,
            severe_after=self.law.severe_after,
        )
        nature = "internal" if carried else term.nature
        self.deadlines.append(Running(owner, term_id, dates, nature, not carried, start, fixed))

    def _ordered(self, owner: str | None) -> tuple[int | None, str | None, date | None]:
        order = self.orders.get(owner, {})
        if order.get("deadline_type") == "immediate":
            return 0, "calendar_day", None
        if order.get("deadline_type") == "dated":
            return order["period_length"], order["period_unit"], None
        if order.get("new_due_on"):
            return None, None, date.fromisoformat(order["new_due_on"])
        return 15, "calendar_day", None

    def _running(self, owner: str | None, terms: Iterable[str] | None) -> list[Running]:
        return [
            one
            for one in self.deadlines
            if one.state == "running" and one.proceeding == owner and (terms is None or one.term in terms)
        ]

    def _settle(self, terms: Iterable[str], event: Event) -> None:
        for one in self._running(event.proceeding, terms):
            late = overdue(one.dates, event.occurred_at)
            one.state = ("lapsed" if event.by == "clock" else "met_late") if late else "met"
            one.settled_at = event.occurred_at

    def _cancel(self, owner: str | None, term: str | None = None) -> None:
        for one in self._running(owner, None if term is None else (term,)):
            one.state = "cancelled"

    def _extend(self, term: str, event: Event) -> None:
        until = date.fromisoformat(event.facts["new_due_on"])
        for one in self._running(event.proceeding, (term,)):
            one.fixed_due = until
            one.dates = compute(
                self.law.terms[term],
                one.start,
                self.law.calendar,
                fixed_due=until,
                severe_after=self.law.severe_after,
            )
