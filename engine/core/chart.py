"""State charts as tables: one row is one lawful step, and many readers share the same rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from transitions import EventData, Machine

SAME = "="
CRIMINAL = "criminal_referral"
"""The chart of a record of its own; every other proceeding belongs to its finding."""
CHART_OF = {"inspection": "inspection", "finding": "finding", "referral": CRIMINAL}
"""The chart of the record itself, by the subject of a command."""


class ChartFault(ValueError):
    """A chart names something that does not exist, or contradicts itself; the house does not start with it."""


@dataclass(frozen=True, slots=True)
class State:
    """A state of a chart; `kind` is open, settled or ended."""

    name: str
    zh: str
    en: str
    kind: str
    owner: str | None
    clock: tuple[str, ...]
    why_no_clock: str | None
    fine: str | None = None
    """What a criminal referral in this state leaves of a fine for the same act: open, shut or never."""
    close: str | None = None
    """What it leaves of ending the penalty for the same act: open or shut."""


@dataclass(frozen=True, slots=True)
class Guard:
    """A named guard with its optional argument, such as term_expired:DL10."""

    name: str
    argument: str | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """One lawful step from one state. `to` is the target state, equal to `source` when the state stays."""

    chart: str
    source: str | None
    trigger: str
    to: str
    zh: str
    en: str
    by: frozenset[str]
    entered: str
    requires: tuple[str, ...]
    optional: tuple[str, ...]
    documents: tuple[str, ...]
    guards: tuple[Guard, ...]
    opens: tuple[str, ...]
    settles: tuple[str, ...]
    effects: tuple[str, ...]
    answers: tuple[str, ...]
    ends: tuple[str, ...]
    """The triggers whose standing still this row ends, where it lets a clock run on."""
    basis: str
    mark: str
    on_behalf_of: str | None
    legal_date: str | None
    roles: tuple[str, ...]
    allows: tuple[tuple[str, tuple[str, ...]], ...]
    """Coded facts of which the row takes only these codes."""

    @property
    def at_once(self) -> bool:
        """True when the click is the act."""
        return self.entered == "at_once"

    @property
    def by_clock_only(self) -> bool:
        """True when only the sweep takes the row."""
        return self.by == {"clock"}

    def guard(self, name: str) -> Guard | None:
        """The row's guard of that name, if it has one."""
        return next((guard for guard in self.guards if guard.name == name), None)


class Token:
    """The small thing that moves through the shared machine."""

    __slots__ = ("row", "state")

    def __init__(self, state: str, row: Row) -> None:
        self.state = state
        self.row = row


class Chart:
    """One chart: its states, its rows, and the machine that moves a token by exactly one of them."""

    def __init__(
        self,
        name: str,
        title: Mapping[str, str],
        initial: str,
        states: Iterable[State],
        rows: Iterable[Row],
        watch: str | None = None,
    ):
        self.name = name
        self.watch = watch
        self.zh, self.en = title["zh"], title["en"]
        self.initial = initial
        self.states = {state.name: state for state in states}
        self.rows = tuple(rows)
        self._by_key: dict[tuple[str | None, str], list[Row]] = {}
        for row in self.rows:
            self._by_key.setdefault((row.source, row.trigger), []).append(row)
        self._machine = self._build_machine()

    @cached_property
    def triggers(self) -> tuple[str, ...]:
        """Every trigger of the chart, in the order of its rows."""
        return tuple(dict.fromkeys(row.trigger for row in self.rows))

    def rows_from(self, state: str | None, trigger: str) -> list[Row]:
        """The rows of that trigger from that state (none yet: creation rows); two only when their guards exclude."""
        return self._by_key.get((state or None, trigger), [])

    def any_row(self, trigger: str) -> Row:
        """Some row of that trigger, for its words and roles when it cannot be taken from the present state."""
        return next(row for row in self.rows if row.trigger == trigger)

    def row_into(self, trigger: str, state: str) -> Row:
        """The row by which the trigger led to that state, for the words of what has happened."""
        return next(
            (row for row in self.rows if (row.trigger, row.to) == (trigger, state)), self.any_row(trigger)
        )

    def move(self, row: Row) -> str:
        """The state the row leads to, reached by the machine; raises ChartFault if the machine disagrees."""
        token = Token(row.source or _BEFORE, row)
        moved = self._machine.events[row.trigger].trigger(token)
        if not moved or token.state != row.to:
            raise ChartFault(f"{self.name}: {row.trigger} from {row.source} did not lead to {row.to}")
        return token.state

    def _build_machine(self) -> Machine:
        machine = Machine(
            model=None,
            states=[_BEFORE, *self.states],
            initial=self.initial,
            auto_transitions=False,
            send_event=True,
        )
        for row in self.rows:
            machine.add_transition(row.trigger, row.source or _BEFORE, row.to, conditions=_chosen(row))
        return machine


_BEFORE = "(before)"


def _chosen(row: Row) -> Any:
    """The condition that lets the machine take only the row that the table chose."""

    def is_chosen(event: EventData) -> bool:
        token = event.model
        return isinstance(token, Token) and token.row is row

    return is_chosen


@dataclass(frozen=True, slots=True)
class Charts:
    """All charts of the house with the dictionary of what their rows name."""

    by_name: Mapping[str, Chart]
    dictionary: Mapping[str, Any]

    def __getitem__(self, name: str) -> Chart:
        return self.by_name[name]

    def __contains__(self, name: object) -> bool:
        return name in self.by_name

    @property
    def kinds(self) -> tuple[str, ...]:
        """The proceedings of a finding that have a chart."""
        return tuple(name for name in self.by_name if name not in ("inspection", "finding", CRIMINAL))

    def knows_trigger(self, trigger: str, subject: str) -> bool:
        """True when some chart that a record of this subject may hold has the trigger."""
        names = ("finding", *self.kinds) if subject == "finding" else (CHART_OF[subject],)
        return any(trigger in self.by_name[name].triggers for name in names)


def build_chart(data: Mapping[str, Any]) -> Chart:
    """The chart that the data describes; raises ChartFault naming what is wrong."""
    name = data["chart"]
    states = [
        State(
            key,
            value["zh"],
            value["en"],
            value["class"],
            value.get("owner"),
            tuple(value.get("clock", ())),
            value.get("why_no_clock"),
            **value.get("law2", {}),
        )
        for key, value in data["states"].items()
    ]
    known = {state.name for state in states}
    rows = [row for declared in data["rows"] for row in _rows(name, declared, known)]
    return Chart(name, data["title"], data["initial"], states, rows, data.get("watch"))


def _rows(chart: str, declared: Mapping[str, Any], known: set[str]) -> Iterable[Row]:
    sources = declared["from"] if isinstance(declared["from"], list) else [declared["from"]]
    for source in sources:
        target = source if declared["to"] == SAME else declared["to"]
        for state in (source, target):
            if state is not None and state not in known:
                raise ChartFault(f"{chart}.{declared['trigger']}: no state {state}")
        yield _row(chart, source, target, declared)


def _row(chart: str, source: str | None, target: str, declared: Mapping[str, Any]) -> Row:
    required = declared.get("requires", [])
    return Row(
        chart=chart,
        source=source,
        trigger=declared["trigger"],
        to=target,
        zh=declared["zh"],
        en=declared["en"],
        by=frozenset(declared["by"]),
        roles=tuple(declared["by"]),
        entered=declared["entered"],
        requires=tuple(name for name in required if not name.endswith("?")),
        optional=tuple(name[:-1] for name in required if name.endswith("?")),
        documents=tuple(declared.get("documents", ())),
        guards=tuple(Guard(*text.split(":", 1)) for text in declared.get("guards", ())),
        opens=tuple(declared.get("opens", ())),
        settles=tuple(declared.get("settles", ())),
        effects=tuple(declared.get("effects", ())),
        answers=tuple(declared.get("answers", ())),
        ends=tuple(declared.get("ends", ())),
        basis=declared["basis"],
        mark=declared["mark"],
        on_behalf_of=declared.get("on_behalf_of"),
        legal_date=declared.get("legal_date"),
        allows=tuple((name, tuple(codes)) for name, codes in declared.get("allows", {}).items()),
    )
