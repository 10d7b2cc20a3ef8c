"""Proofs over the charts: every state reached and left, every loop closes, nobody's case is without owner or clock."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from engine.core.advance import CARRIED
from engine.core.chart import CRIMINAL, Chart, Charts, Row
from engine.core.guards import JUDGES
from engine.core.law2 import WAITING
from engine.core.prove_product import product_faults

EFFECTS = frozenset(
    {
        "open_proceeding",
        "issue_document",
        "dispatch",
        "propose_flag",
        "remind",
        "suspend_clock",
        "resume_clock",
        "extend_clock",
        "reopen_finding",
    }
)
EXCLUDING = (
    frozenset({"no_reply_needed", "reply_was_needed"}),
    frozenset({"was_filed", "was_not_filed"}),
)


@dataclass(frozen=True, slots=True)
class Fault:
    """What a chart fails, where, and the path of triggers that leads there."""

    chart: str
    what: str
    path: tuple[str, ...] = ()

    def __str__(self) -> str:
        shown = f" (path: {' → '.join(self.path)})" if self.path else ""
        return f"{self.chart}: {self.what}{shown}"


def faults_of(charts: Charts, terms: Iterable[str]) -> list[Fault]:
    """Every fault of the charts; empty when all proofs hold."""
    known = frozenset(terms)
    found: list[Fault] = []
    for chart in charts.by_name.values():
        found += _names(chart, charts, known)
        found += _reached(chart)
        found += _closing(chart)
        found += _owners(chart)
        found += _two_rows(chart)
    if "penalty" in charts:
        found += law2_faults(charts["penalty"])
    if "penalty" in charts and CRIMINAL in charts:
        found += (
            Fault("penalty and referral", *one) for one in product_faults(charts, _taken_from_the_police)
        )
    return found


def law2_faults(penalty: Chart) -> Iterator[Fault]:
    """Law 2: in whatever state a suspicion finds a penalty, no row of the house decides money or ends it.

    What a court or superior decides, and what an old ledger says, is a record and no decision of the house.
    """
    paths = paths_from(penalty, _starts(penalty))
    for row in penalty.rows:
        held = row.guard("law2_fine_open") or row.guard("law2_close_open")
        if held or row.trigger in CARRIED or row.on_behalf_of is not None:
            continue
        what = _taken_from_the_police(penalty, row)
        if what is not None:
            path = (*paths.get(str(row.source), ()), row.trigger)
            yield Fault(
                penalty.name, f"{row.trigger} from {row.source} {what} while a crime is suspected", path
            )


MONEY_FACTS = frozenset({"fine_fen", "confiscation_fen"})
ENDINGS = frozenset({"no_penalty_decided", "close_proposed"})
"""Open states in which the end of a penalty is decided already."""


def _taken_from_the_police(chart: Chart, row: Row) -> str | None:
    """What the row would do that only the outcome of the criminal case may open; None for nothing of the kind."""
    money = MONEY_FACTS & {*row.requires, *row.optional}
    if row.guard("no_money") is None:
        if money:
            return "decides money"
        if row.source in WAITING and row.to not in WAITING:
            return "goes on with the penalty"
    moves = row.source != row.to
    if moves and (chart.states[row.to].kind == "ended" or row.to in ENDINGS):
        return "ends the penalty"
    return None


def _names(chart: Chart, charts: Charts, terms: frozenset[str]) -> Iterator[Fault]:
    """A row names only what exists."""
    dictionary = charts.dictionary
    for row in chart.rows:
        at = f"{row.trigger} from {row.source or 'nothing'}"
        for guard in row.guards:
            if guard.name not in JUDGES or guard.name not in dictionary["guards"]:
                yield Fault(chart.name, f"{at} names the guard {guard.name}, which does not exist")
        for term in (*row.opens, *row.settles):
            if term not in terms:
                yield Fault(chart.name, f"{at} names the term {term}, which does not exist")
        for fact in (*row.requires, *row.optional):
            if fact not in dictionary["facts"]:
                yield Fault(chart.name, f"{at} asks for the fact {fact}, which does not exist")
        for kind in row.documents:
            if kind not in dictionary["documents"]:
                yield Fault(chart.name, f"{at} names the document {kind}, which does not exist")
        for role in row.by:
            if role not in dictionary["roles"]:
                yield Fault(chart.name, f"{at} names the role {role}, which does not exist")
        yield from (Fault(chart.name, f"{at}: {what}") for what in _effect_faults(row, charts, terms))


def _effect_faults(row: Row, charts: Charts, terms: frozenset[str]) -> Iterator[str]:
    for effect in row.effects:
        name, _, argument = effect.partition(":")
        if name not in EFFECTS:
            yield f"the effect {name} does not exist"
        elif name == "open_proceeding" and argument not in charts:
            yield f"it opens a {argument}, which has no chart"
        elif name == "dispatch" and argument not in charts.dictionary["messages"]:
            yield f"it dispatches {argument}, which does not exist"
        elif name == "propose_flag" and argument not in charts.dictionary["flag_kinds"]:
            yield f"it proposes {argument}, a flag that does not exist"
        elif name in ("suspend_clock", "resume_clock", "extend_clock") and argument not in terms:
            yield f"it names the term {argument}, which does not exist"
        elif name == "resume_clock" and not row.ends:
            yield f"it lets {argument} run on and does not say which standing still it ends"
        elif name == "remind" and argument not in charts.dictionary["roles"]:
            yield f"it reminds {argument}, a role that does not exist"


def _starts(chart: Chart) -> list[str]:
    """Where a record may begin: the initial state and wherever an old record is carried into."""
    return list(dict.fromkeys([chart.initial, *(row.to for row in chart.rows if row.source is None)]))


def paths_from(chart: Chart, starts: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """For each state that can be reached, a shortest path of triggers to it (corrections of old records aside)."""
    paths: dict[str, tuple[str, ...]] = dict.fromkeys(starts, ())
    queue = deque(paths)
    while queue:
        state = queue.popleft()
        for row in chart.rows:
            if row.source == state and row.to not in paths and row.trigger not in CARRIED:
                paths[row.to] = (*paths[state], row.trigger)
                queue.append(row.to)
    return paths


def _reached(chart: Chart) -> Iterator[Fault]:
    paths = paths_from(chart, [chart.initial])
    for state in chart.states:
        if state not in paths:
            yield Fault(chart.name, f"no path leads to the state {state}")


def _closing(chart: Chart) -> Iterator[Fault]:
    """From every reachable state a settled or ended one stays reachable by lawful steps."""
    for state, path in paths_from(chart, _starts(chart)).items():
        reachable = paths_from(chart, [state])
        if all(chart.states[one].kind == "open" for one in reachable):
            yield Fault(chart.name, f"from {state} no loop closes any more", path)


def _owners(chart: Chart) -> Iterator[Fault]:
    paths = paths_from(chart, _starts(chart))
    for state in chart.states.values():
        path = paths.get(state.name, ())
        if state.kind == "open" and state.owner is None:
            yield Fault(chart.name, f"the open state {state.name} has no owner", path)
        if state.kind == "open" and not state.clock and not state.why_no_clock:
            yield Fault(chart.name, f"the open state {state.name} has no clock and does not say why", path)
    yield from _clocks(chart, paths)


def _clocks(chart: Chart, paths: Mapping[str, tuple[str, ...]]) -> Iterator[Fault]:
    """By whatever path an open state is reached, one of its clocks runs there, or the chart's watch does."""
    if chart.watch is not None:
        return
    for name in sorted({name for name, live in _reached_with(chart) if not live}):
        named = ", ".join(chart.states[name].clock)
        yield Fault(chart.name, f"{name} may be reached with none of {named} running", paths.get(name, ()))


def _reached_with(chart: Chart) -> set[tuple[str, frozenset[str]]]:
    """Every open state with a clock, beside each set of its clocks that may run there."""
    rows = [row for row in chart.rows if row.source is not None and row.trigger not in CARRIED]
    first = (chart.initial, frozenset(chart.states[chart.initial].clock))
    seen, queue = {first}, deque([first])
    while queue:
        state, live = queue.popleft()
        for row in rows:
            if row.source == state:
                after = (row.to, (live - set(row.settles)) | set(row.opens))
                if after not in seen:
                    seen.add(after)
                    queue.append(after)
    clocked = {name for name, one in chart.states.items() if one.kind == "open" and one.clock}
    return {(name, live & set(chart.states[name].clock)) for name, live in seen if name in clocked}


def _two_rows(chart: Chart) -> Iterator[Fault]:
    """Two rows share source and trigger only with guards that exclude each other."""
    for row in chart.rows:
        twins = [twin for twin in chart.rows_from(row.source, row.trigger) if twin is not row]
        for twin in twins:
            if not _exclude(row, twin):
                yield Fault(
                    chart.name, f"two rows of {row.trigger} from {row.source} do not exclude each other"
                )


def _exclude(one: Row, other: Row) -> bool:
    names = {guard.name for guard in one.guards} | {guard.name for guard in other.guards}
    if any(pair <= names for pair in EXCLUDING):
        return True
    first, second = one.guard("present_state_is"), other.guard("present_state_is")
    return bool(first and second and first.argument != second.argument)


def missing_against(charts: Mapping[str, Mapping[str, Any]], contract: Mapping[str, Any]) -> list[str]:
    """What the contract's charts have and these do not: charts, states, rows, and members of rows that differ."""
    missing = []
    for name, wanted in contract["charts"].items():
        if name not in charts:
            missing.append(f"chart {name}")
            continue
        mine = charts[name]
        missing += [f"{name}: state {state}" for state in wanted["states"] if state not in mine["states"]]
        here = {(_key(row)): row for row in mine["rows"]}
        for row in wanted["rows"]:
            found = here.get(_key(row))
            if found is None:
                missing.append(f"{name}: row {row['trigger']} from {_spoken(row['from'])} to {row['to']}")
                continue
            missing += [
                f"{name}: {row['trigger']} differs in {member}"
                for member in row
                if row[member] != found.get(member, [] if isinstance(row[member], list) else None)
            ]
    return missing


def _key(row: Mapping[str, Any]) -> tuple[str, str, str]:
    return (row["trigger"], _spoken(row["from"]), row["to"])


def _spoken(source: Any) -> str:
    return "|".join(source) if isinstance(source, list) else str(source)
