"""Receipts: which row of which chart a receipt takes, with which facts, and what it waits for when it is early."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from engine.core.calendar import civil_date
from engine.core.chart import Chart, Row
from engine.core.commands import Step
from engine.core.envelope import WINDOW_SECONDS
from engine.core.receipt_form import Member
from engine.core.refusals import FieldError
from engine.core.snapshot import Record

TAKER = "linked_system"
LATE_REASON = "late_reason"
IMPORT = frozenset({"importer"})
"""Who alone takes the rows of old records, which lead nowhere for a living one."""


@dataclass(frozen=True, slots=True)
class Condition:
    """What a line of the table asks of the receipt (`data`) or of the proceeding (`record`)."""

    of: str
    name: str
    test: str
    code: str | None

    def holds(self, data: Mapping[str, Any], record: Record) -> bool:
        """True when what is asked for is so."""
        value = (data if self.of == "data" else record.facts).get(self.name)
        if self.test == "given":
            return bool(value)
        said = str(value).lower() if isinstance(value, bool) else value
        return (said == self.code) is (self.test == "is")


@dataclass(frozen=True, slots=True)
class Source:
    """Where a fact of the row comes from: a constant, a fact of the proceeding, or a member of the data."""

    how: str  # "constant" | "record" | "member", or how the member is converted: "day" | "organ" | "lines"
    what: str


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the table: a row that a kind of receipt may take, and the messages (all, if none) it answers."""

    chart: str
    trigger: str
    messages: tuple[str, ...]
    when: tuple[Condition, ...]
    facts: Mapping[str, Source]
    occurred_at: str | None
    remember: Mapping[str, str]
    overtaken: bool

    def answers(self, message: str) -> bool:
        """True when the line may be taken in answer to a message of that name."""
        return not self.messages or message in self.messages


@dataclass(frozen=True, slots=True)
class ReceiptKind:
    """A kind of receipt: what it says, and what it does; `noted`: where it takes no line it is kept on the timeline."""

    kind: str
    zh: str
    en: str
    members: tuple[Member, ...]
    lines: tuple[Line, ...]
    after: str | None
    noted: bool
    task_for: str | None
    task_if: str | None
    """The member that must say something for the task."""

    def tasked(self, data: Mapping[str, Any]) -> str | None:
        """The role that is told of it, when somebody is."""
        return self.task_for if self.task_if is None or data.get(self.task_if) else None

    def only_noted(self, chart: str, message: str) -> bool:
        """True when it is no fault that no line can be taken: it may be noted, or its lines answer other messages."""
        lines = [line for line in self.lines if line.chart == chart]
        return self.noted or (bool(lines) and not any(line.answers(message) for line in lines))


def lines_for(kind: ReceiptKind, message: str, data: Mapping[str, Any], record: Record) -> list[Line]:
    """The lines that the receipt may take on that proceeding, in answer to that message, in the order of the table."""
    return [
        line
        for line in kind.lines
        if line.chart == record.chart
        and line.answers(message)
        and all(condition.holds(data, record) for condition in line.when)
    ]


def open_line(lines: Iterable[Line], chart: Chart, state: str) -> Line | None:
    """The first line whose trigger the chart has from that state."""
    return next((line for line in lines if chart.rows_from(state, line.trigger)), None)


def step_of(
    line: Line, record: Record, data: Mapping[str, Any], now: datetime, organ: Callable[[str], str | None]
) -> Step:
    """The step that the receipt asks for; words that name no department stay as they are, for the form to refuse."""
    facts: dict[str, Any] = {}
    for fact, source in line.facts.items():
        if source.how == "constant":
            facts[fact] = source.what
        elif source.how == "record":
            facts[fact] = record.facts.get(source.what)
        elif data.get(source.what) is not None:
            facts[fact] = _converted(source.how, data[source.what], organ)
    return Step(line.trigger, record.id, facts, _instant(data, line.occurred_at, now))


def _converted(how: str, value: Any, organ: Callable[[str], str | None]) -> Any:
    if how == "day":
        return civil_date(datetime.fromisoformat(value)).isoformat()
    if how == "organ":
        return organ(value) or value
    if how == "lines":
        return "\n".join(value)
    return value


def _instant(data: Mapping[str, Any], name: str | None, now: datetime) -> datetime | None:
    """When it happened; a sender's clock may be ahead by as much as its signature may."""
    if name is None:
        return None
    said = datetime.fromisoformat(data[name])
    ahead = said - now
    near = timedelta(0) < ahead <= timedelta(seconds=WINDOW_SECONDS) and civil_date(said) == civil_date(now)
    return now if near else said


def told_of(line: Line, errors: Sequence[FieldError]) -> list[FieldError]:
    """The faults of a form, with pointers into the receipt in place of pointers into the step."""
    return [FieldError(_place(line, error.pointer), error.code, error.zh, error.en) for error in errors]


def _place(line: Line, pointer: str) -> str:
    fact = pointer.removeprefix("/facts/").split("/")[0]
    if fact == LATE_REASON:  # asked of persons alone, who enter what came on paper
        return f"/{LATE_REASON}"
    source = line.facts.get(fact)
    if fact and source is not None and source.how not in ("constant", "record"):
        return f"/data/{source.what}"
    return f"/data/{line.occurred_at}" if pointer == "/occurred_at" and line.occurred_at else "/data"


def taken_since(lines: Iterable[Line], record: Record, sequence: int) -> bool:
    """True when what the receipt reports was already recorded after the message went out."""
    return any(
        line.trigger in record.acts and record.acts[line.trigger].sequence > sequence for line in lines
    )


def first_step_towards(chart: Chart, state: str, trigger: str) -> str | None:
    """The next trigger on the shortest way to a state that has the trigger; None when no way leads there.

    Among equally short ways those that the receiver's system can go itself come first.
    """
    seen, ways = {state}, deque([(state, "")])
    while ways:
        place, first = ways.popleft()
        if place != state and chart.rows_from(place, trigger):
            return first
        for row in _rows_onward(chart, place):
            if row.to not in seen:
                seen.add(row.to)
                ways.append((row.to, first or row.trigger))
    return None


def _rows_onward(chart: Chart, state: str) -> list[Row]:
    onward = [row for row in chart.rows if row.source == state and row.by != IMPORT]
    return sorted(onward, key=lambda row: TAKER not in row.by)
