"""A second opinion on law 6: the deadlines of a record told from its audit entries alone, written independently."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from engine.core.calendar import civil_date
from engine.core.chart import CRIMINAL, Row
from engine.core.lawbook import Lawbook
from tests.simulation.told_clocks import Clocks

CARRIED = ("carry_over", "correct_carry_over")


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
        return self.said.get("facts", {})  # type: ignore[no-any-return]  # JSON


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
    known: dict[str | None, dict[str, Any]] = field(default_factory=dict)
    """For each record the facts that say which of its clocks apply."""
    results: dict[str | None, date] = field(default_factory=dict)
    """For each penalty the day on which the last result of a reconsideration or suit was received."""
    clocks: Clocks = field(init=False)
    last_word: str = ""
    """The trigger that last moved the record itself, or last corrected what was carried over of it."""

    def __post_init__(self) -> None:
        self.clocks = Clocks(self.law, self.orders, self.carried)
        if self.subject == "referral":
            self.states[None] = ""

    def feed(self, event: Event) -> Row | None:
        """The row that the entry took; None for a note that moves nothing."""
        chart, self.clocks.at = self.law.charts[event.chart], event.occurred_at
        if self.subject == "referral" and chart.name != CRIMINAL:
            self._confided(event)
            return None
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
        return [one.told() for one in self.clocks.all]

    def open_routes(self) -> set[str]:
        """Approved routes that no proceeding of this round serves."""
        served = {
            self.kinds[one]
            for one, sequence in self.rounds.items()
            if sequence > self.round_from or one in self.carried
        }
        return set(self.routes) - served - self._waiting_for_the_court()

    def _waiting_for_the_court(self) -> set[str]:
        """While a penalty waits with the judicial organs there is no decision that a flag could rest on."""
        waits = any(
            kind == "penalty" and self.states[id] == "with_judiciary" for id, kind in self.kinds.items()
        )
        return {"credit_flag"} if waits else set()

    def _confided(self, event: Event) -> None:
        """What a step on the finding stated of a crime; the one that refers it starts the referral's first clock."""
        opened = not self.states[None] and bool(event.state)
        self.states[None] = event.state
        if opened:
            self.kinds[None] = CRIMINAL
        for term in self.law.charts[CRIMINAL].states[event.state].clock if opened else ():
            self.clocks.open(term, event.facts, event.occurred_at, None)

    def _note(self, event: Event) -> None:
        """A finding recorded later ends the inspection's wait for it."""
        if self.subject == "inspection" and event.trigger == "record_finding":
            self.clocks.settle(event.proceeding, ("DL13",), event.occurred_at, event.by)

    def _remember(self, row: Row, event: Event) -> None:
        facts = event.facts
        if event.trigger in ("remedy_upheld", "remedy_changed", "remedy_revoked"):
            self.results[event.proceeding] = civil_date(event.occurred_at)
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
        self._about(event.proceeding).update({name: facts[name] for name in facts if name != "late_reason"})

    def _clocks(self, row: Row, event: Event) -> None:
        chart, owner, clocks = self.law.charts[event.chart], event.proceeding, self.clocks
        ended = clocks.settle(owner, row.settles, event.occurred_at, event.by)
        if "DL33" in row.settles:
            ended += clocks.settle(owner, ("DL33.after_reconsideration",), event.occurred_at, event.by)
        if "DL37" in row.settles and self._about(owner).get("flag_kind") == "penalty_publicity":
            for id in [id for id, kind in self.kinds.items() if kind == "penalty"]:
                clocks.settle(id, ("DL37",), event.occurred_at, event.by)
        if chart.states[event.state].kind == "ended":
            clocks.cancel(owner)
        start = self._legal(row, event)
        if event.trigger in CARRIED:
            self.carried.add(owner)
            clocks.cancel(owner)
            for term in chart.states[event.state].clock:
                clocks.open(term, {}, civil_date(event.recorded_at), owner)
        told = [effect.partition(":")[::2] for effect in row.effects]
        day = civil_date(start) if isinstance(start, datetime) else start
        for name, term in told:
            if name == "resume_clock":
                clocks.run_on(owner, term, row.ends, day)
            elif name == "suspend_clock":
                clocks.stop(owner, term, row.trigger, day)
        for name, term in told:
            if name == "extend_clock":
                clocks.extend(owner, term, event.facts, row.opens)
        for term in row.opens:
            if not (term == "DL15" and event.trigger == "approve_route" and self._every_route_has_one()):
                self._open(term, event, self._after(row, event, ended, term) or start, owner)
        for name, kind in told:
            if name == "open_proceeding" and kind != CRIMINAL:
                self._begin(kind, event.said["opened"], event, start)

    def _legal(self, row: Row, event: Event) -> Any:
        """The day or instant that the law counts from."""
        text = event.facts.get(row.legal_date) if row.legal_date else None
        if not text:
            return event.occurred_at
        return datetime.fromisoformat(text) if "T" in text else date.fromisoformat(text)

    def _after(self, row: Row, event: Event, ended: list[Any], term: str) -> Any:
        """The last day of the period that the clock found ended, or the day of the judgment; None where nothing ended.

        The right to apply to the court begins on that day, everything else with the row itself.
        """
        if not row.by_clock_only or term != "DL35":
            return None
        return max(ended, key=str) if ended else self.results[event.proceeding]

    def _about(self, owner: str | None) -> dict[str, Any]:
        return self.known.setdefault(owner, {})

    def _open(self, term: str, event: Event, start: Any, owner: str | None) -> None:
        """The term opens where it applies: see the notes of the contract on fact-dependent terms."""
        facts, known = event.facts, {**self._about(owner), **event.facts}
        kinds = set(facts.get("penalty_kinds", ()))
        money = facts.get("fine_fen") or facts.get("confiscation_fen")
        out = {
            "DL30": not known.get("fine_fen"),
            "DL33.after_reconsideration": facts.get("remedy_kind") != "reconsideration",
            "DL37": not money and kinds == {"warning"},
            "DL40": known.get("informant_named") is not True,
        }
        if out.get(term):
            return
        if term == "DL48.ban":
            facts = known
        if term == "DL27":
            start = date.fromisoformat(facts["hearing_on"])
        self.clocks.open(term, facts, start, owner)

    def end_of_command(self, event: Event) -> None:
        """After a command: where no clock of a state runs, the chart's watch does; approved routes wait to be opened."""
        for id, kind in self.kinds.items():
            watch, state = self.law.charts[kind].watch, self.states[id]
            if watch is None or (id is None and not self._referred()):
                continue
            declared = self.law.charts[kind].states[str(state)]
            if watch in declared.clock:
                continue
            if declared.kind != "open" or self.clocks.alive(id, declared.clock):
                self.clocks.cancel(id, watch)
            elif not self.clocks.alive(id, (watch,)):
                self.clocks.open(watch, {}, civil_date(event.recorded_at), id)
        if self._waits_for_a_route():
            self.clocks.open("DL15", {}, event.occurred_at, None)

    def _referred(self) -> bool:
        return self.subject == "referral" and bool(self.states[None])

    def _waits_for_a_route(self) -> bool:
        if self.subject != "finding" or self.clocks.alive(None, ("DL15",)):
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
        """Never where no route is told: what was approved then is opened elsewhere, and nothing here says so."""
        return bool(self.routes) and set(self.routes) <= {self.kinds[one] for one in self.rounds}

    def _begin(self, kind: str, id: str, event: Event, start: Any) -> None:
        chart = self.law.charts[kind]
        self.states[id], self.kinds[id], self.rounds[id] = chart.initial, kind, event.sequence
        handed_on = ("flag_kind", "source_type", "clue_on", "clause", "target_department", "legal_ground")
        self._about(id).update({name: event.facts[name] for name in handed_on if name in event.facts})
        flag = self._about(id).get("flag_kind")
        for term in chart.states[chart.initial].clock:
            if (term, flag) in (("DL37", "abnormal_list"), ("DL37", "serious_list")):
                continue
            if kind == "credit_flag" and term == "DL41" and flag != "abnormal_list":
                continue
            begun = [
                one.start for one in self.clocks.all if one.term == term == "DL37" and one.state == "running"
            ]
            self.clocks.open(term, {}, begun[-1] if begun else start, id)
