"""A row is taken: its record moves, clocks settle, stand still and start, and the effects are told."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from engine.core.calendar import civil_date
from engine.core.chart import CRIMINAL, Row
from engine.core.confiding import apart
from engine.core.deadlines import Point
from engine.core.delegation import on_behalf_of
from engine.core.effects import Dispatch, Effect, IssueDocument, Remind, ReopenFindings, Taken
from engine.core.lawbook import Lawbook
from engine.core.registers import keep_registers, propose_flag
from engine.core.running import Moment, close, open_term, running, settle
from engine.core.scope import Scope
from engine.core.snapshot import Act, Record, Snapshot
from engine.core.standing_still import day_of, extend, run_on, stop
from engine.core.starting import (
    SHARED,
    ended_on,
    extension_length,
    extensions_of,
    running_since,
    settled_by,
    shared_with,
    starts,
    starts_on,
)
from engine.core.times import Timing

CARRIED = frozenset({"carry_over", "correct_carry_over"})


def advance(
    scope: Scope, snapshot: Snapshot, record: Record, row: Row, facts: Mapping[str, Any], timed: Timing
) -> Taken:
    """The row is taken: the record moves, deadlines settle and open, and the effects are told."""
    facts, kept_apart = apart(scope, snapshot, row, facts)
    snapshot.sequence += 1
    moment = Moment(timed.occurred_at, scope.now, snapshot.sequence)
    chart = scope.law.charts[record.chart]
    record.state = chart.move(row)
    record.touched = True
    record.facts.update({name: value for name, value in facts.items() if name != "late_reason"})
    if "designated" in facts:  # whoever was designated, or sent on to, is the receiver from now on
        record.facts["target_department"] = facts["designated"]
    absent = on_behalf_of(scope.principal, row)
    act = Act(scope.principal.login, snapshot.sequence, timed.occurred_at, scope.now)
    record.keep(row.trigger, act, absent.login if absent else None)
    if not (row.by_clock_only and row.to == row.source):  # nobody answers a tick: it is no act
        record.last_occurred_at = max(timed.occurred_at, record.last_occurred_at or timed.occurred_at)
    keep_registers(snapshot, row, facts, snapshot.sequence)
    proceeding = None if record is snapshot.main else record.id
    lapsed = scope.principal.kind == "clock"
    ended = ended_on(snapshot, record, row)
    for owner in (proceeding, *shared_with(snapshot, record, row)):
        settle(snapshot, owner, settled_by(row) if owner == proceeding else SHARED, moment, lapsed)
    if chart.states[record.state].kind == "ended":
        for deadline in running(snapshot, proceeding):
            close(deadline, "cancelled", moment, reason="记录已结束 · the record has ended")
    if row.trigger in CARRIED:
        _start_carried(scope, snapshot, record, proceeding, moment)
    _clocks(scope, snapshot, record, row, facts, timed, moment)
    _begin(scope, snapshot, record, row, facts, timed, ended, moment)
    opened, effects = None, list(_documents(scope.law, row, facts))
    if kept_apart is not None:
        effects.append(kept_apart)
    for effect in row.effects:
        name, _, argument = effect.partition(":")
        if name == "open_proceeding" and argument != CRIMINAL:
            opened = _open_proceeding(scope, snapshot, argument, facts, timed, moment)
        elif name == "propose_flag":
            propose_flag(snapshot, argument)
        elif name in _TOLD:
            effects.append(_TOLD[name](argument))
    return Taken(
        row, proceeding, facts, timed.occurred_at, timed.late, snapshot.sequence, opened, tuple(effects)
    )


def _clocks(
    scope: Scope,
    snapshot: Snapshot,
    record: Record,
    row: Row,
    facts: Mapping[str, Any],
    timed: Timing,
    moment: Moment,
) -> None:
    """The row's clocks run on, stand still or are extended, in this order."""
    law, proceeding = scope.law, None if record is snapshot.main else record.id
    named = [effect.partition(":")[::2] for effect in row.effects]
    for name, term in named:
        for each in (term, *extensions_of(law, term)) if name in ("resume_clock", "suspend_clock") else ():
            if name == "resume_clock":
                run_on(law, snapshot, proceeding, each, moment, row.ends, day_of(timed.legal))
            else:
                stop(snapshot, proceeding, each, moment, row.trigger, day_of(timed.legal))
    for name, term in named:
        if name == "extend_clock":
            paper = next((facts[kind] for kind in row.documents if isinstance(facts.get(kind), dict)), None)
            added = extension_length(law, row, term, facts)
            extend(law, snapshot, proceeding, term, moment, facts, added=added, document=paper)


def _begin(
    scope: Scope,
    snapshot: Snapshot,
    record: Record,
    row: Row,
    facts: Mapping[str, Any],
    timed: Timing,
    ended: Point | None,
    moment: Moment,
) -> None:
    """The terms that the row opens run, where they apply."""
    for term in _terms_to_open(scope.law, snapshot, row):
        if starts(term, snapshot, record, row, facts):
            day = starts_on(term, facts, timed.legal, ended)
            open_term(scope.law, snapshot, record, term, day, moment, scope.new_id, facts)


def _start_carried(
    scope: Scope, snapshot: Snapshot, record: Record, proceeding: str | None, moment: Moment
) -> None:
    """What is carried over runs the clock of its state from the day it came in, internal and outside all figures."""
    record.carried = True
    for deadline in running(snapshot, proceeding):
        close(deadline, "cancelled", moment, reason="更正迁移记录 · carried-over record corrected")
    for term in scope.law.charts[record.chart].states[record.state].clock:
        open_term(scope.law, snapshot, record, term, civil_date(scope.now), moment, scope.new_id, {})


def _terms_to_open(law: Lawbook, snapshot: Snapshot, row: Row) -> Iterator[str]:
    for term in row.opens:
        # 启动处置程序 need not run when every approved route already has its proceeding.
        routed = term == "DL15" and row.trigger == "approve_route" and snapshot.registers["approved_routes"]
        if routed and every_route_has_a_proceeding(snapshot):
            continue
        yield term


def every_route_has_a_proceeding(snapshot: Snapshot) -> bool:
    opened = {record.chart for record in snapshot.proceedings.values()}
    return set(snapshot.registers.get("approved_routes", ())) <= opened


def _open_proceeding(
    scope: Scope, snapshot: Snapshot, kind: str, facts: Mapping[str, Any], timed: Timing, moment: Moment
) -> str:
    """A proceeding of that kind stands in its initial state, whose clock runs from this step."""
    chart = scope.law.charts[kind]
    record = Record(scope.new_id(), kind, chart.initial, opened_at=timed.occurred_at, touched=True)
    record.opened_sequence = snapshot.sequence
    record.last_occurred_at = timed.occurred_at
    record.ordinal = len(snapshot.proceedings)
    record.facts = {name: facts[name] for name in HANDED_ON if name in facts}
    snapshot.proceedings[record.id] = record
    for term in chart.states[chart.initial].clock:
        if starts(term, snapshot, record, None, facts):
            start = running_since(snapshot, term) or timed.legal
            open_term(scope.law, snapshot, record, term, start, moment, scope.new_id, {})
    return record.id


HANDED_ON = ("flag_kind", "source_type", "clue_on", "clause", "target_department", "legal_ground")
"""Facts of the step that opens a proceeding which are the proceeding's own from the start."""


def _documents(law: Lawbook, row: Row, facts: Mapping[str, Any]) -> Iterator[Effect]:
    issued = [effect.partition(":")[2] for effect in row.effects if effect.startswith("issue_document:")]
    for kind in dict.fromkeys((*row.documents, *issued)):
        yield IssueDocument(kind, facts.get(kind) if kind not in law.forms.facts else None)


_TOLD: dict[str, Callable[[str], Effect]] = {
    "dispatch": Dispatch,
    "remind": Remind,
    "reopen_finding": lambda _: ReopenFindings(),
}
