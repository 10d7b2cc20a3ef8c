"""One command, one decision: rows, roles, guards, forms and deadlines, over a snapshot and one instant."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from functools import cache
from typing import Any

from engine.core.advance import advance, every_route_has_a_proceeding
from engine.core.calendar import civil_date
from engine.core.chart import Chart, Row
from engine.core.commands import CLOCK, CorrectionCommand, Principal, Step
from engine.core.confiding import CONFIDED, confided
from engine.core.deadlines import DeadlineError, compute
from engine.core.delegation import check_facts, may_take, taking, why_not
from engine.core.effects import Decision, ReopenFindings, Taken
from engine.core.entries import Entry
from engine.core.entry_correction import correct_date
from engine.core.entry_withdrawal import withdraw_entry
from engine.core.fact_types import Names
from engine.core.guards import OF_PERSONS, a_proceeding_is_open, all_proceedings_done, shut_by
from engine.core.lawbook import Lawbook
from engine.core.recusal import SHUT_OUT
from engine.core.refusals import Faults, FieldError, Reason, Refusal
from engine.core.retention import ERASED
from engine.core.running import Moment, open_term, running
from engine.core.scene import Scene
from engine.core.scope import Scope
from engine.core.snapshot import Record, Snapshot
from engine.core.times import Timing, in_order, timing
from engine.core.watch import keep_watch

NO_SUCH_STEP = ("no_such_step", "当前状态没有这一步", "no such step from this state")


def decide(scope: Scope, snapshot: Snapshot, steps: Sequence[Step], several: bool = False) -> Decision:
    """All steps are taken on the snapshot, in order, each seeing the one before; raises Refusal on the first fault.

    The snapshot is changed in place and is worthless after a refusal. Errors point into /steps/n when `several`.
    """
    decision = Decision(snapshot)
    opened: list[str | None] = []
    before = [record.state for record in (snapshot.main, *snapshot.proceedings.values())]
    last: tuple[datetime, bool] | None = None
    for index, step in enumerate(steps):
        prefix = f"/steps/{index}" if several else ""
        taken = _take(scope, snapshot, _named(step, opened, prefix), prefix)
        last = in_order(last, taken.occurred_at, exact=step.occurred_at is not None)
        opened.append(taken.opened)
        decision.taken.append(taken)
        decision.taken += _reopened(scope, snapshot, taken)
    _check_closed(scope.law, snapshot)
    _no_orphan(scope, snapshot, decision.taken[-1].occurred_at)
    after = [record.state for record in (snapshot.main, *snapshot.proceedings.values())]
    counts = scope.principal.kind in ("person", "importer") or before != after
    decision.raised = bool(decision.standing) and counts
    if decision.raised:
        snapshot.version += 1
    return decision


def correct(scope: Scope, snapshot: Snapshot, entries: Sequence[Entry], asked: CorrectionCommand) -> Decision:
    """The step of the entry named has another date, or did not happen; what follows from it is counted anew."""
    _check_erased(snapshot)
    if asked.to is None:
        taken = withdraw_entry(scope, snapshot, entries, asked.sequence, asked.reason)
    else:
        taken = correct_date(scope, snapshot, entries, asked.sequence, asked.to, asked.reason)
    _no_orphan(scope, snapshot, scope.now)
    snapshot.version += 1
    return Decision(snapshot, [taken])


def _no_orphan(scope: Scope, snapshot: Snapshot, at: datetime) -> None:
    """Every open record has a clock that runs (law 3)."""
    moment = Moment(at, scope.now, snapshot.sequence)
    keep_watch(scope.law, snapshot, moment, scope.new_id)
    if snapshot.subject == "finding" and _waits_for_a_route(scope.law, snapshot):
        open_term(scope.law, snapshot, snapshot.main, "DL15", at, moment, scope.new_id, {})


KEPT_FOR_REOPENING = frozenset({"awaiting_verification", "verified", "close_proposed", "closed"})
_REOPENED_BY = (
    ("remedy_", "reconsideration"),
    ("resume_after_outcome", "judgment"),
    ("order_withdrawal", "credit"),
)
"""What the reopening rests on, by the step that calls for it; else new evidence."""


def _reopened(scope: Scope, snapshot: Snapshot, taken: Taken) -> list[Taken]:
    """A step that calls for it takes the finding out of its closing, in the same transaction and by the clock."""
    calls = any(isinstance(effect, ReopenFindings) for effect in taken.effects)
    if not calls or snapshot.subject != "finding" or snapshot.main.state not in KEPT_FOR_REOPENING:
        return []
    row = scope.law.charts["finding"].rows_from(snapshot.main.state, "reopen_on_event")[0]
    named = (ground for name, ground in _REOPENED_BY if taken.row.trigger.startswith(name))
    facts = {"reopen_ground": next(named, "new_evidence")}
    clock = replace(scope, principal=CLOCK)
    if shut_by(Scene(scope.law, snapshot, snapshot.main, row, CLOCK, scope.now, facts), row.guards):
        return []
    follows = advance(clock, snapshot, snapshot.main, row, facts, Timing(scope.now, scope.now, False))
    return [replace(follows, by=CLOCK)]


def _check_closed(law: Lawbook, snapshot: Snapshot) -> None:
    """Nothing is open under a closed finding, whatever an old record says of it."""
    if law.charts[snapshot.main.chart].states[snapshot.main.state].kind != "ended":
        return
    if a_proceeding_is_open(snapshot, law):
        zh, en = "已销号的问题不得有在办的处置程序", "a closed finding has no open proceeding"
        raise Refusal("facts_invalid", errors=[FieldError("/facts/present_state", "inconsistent", zh, en)])


def _named(step: Step, opened: list[str | None], prefix: str) -> Step:
    """The step with "@n" replaced by the proceeding that step n opened."""
    if step.proceeding is None or not step.proceeding.startswith("@"):
        return step
    index = int(step.proceeding[1:])
    target = opened[index] if index < len(opened) else None
    if target is None:
        fault = FieldError(
            f"{prefix}/proceeding", "inconsistent", "该步骤没有启动处置程序", "that step opened no proceeding"
        )
        raise Refusal("facts_invalid", errors=[fault])
    return Step(step.trigger, target, step.facts, step.occurred_at)


def choose_row(
    scope: Scope, snapshot: Snapshot, record: Record, trigger: str, facts: Mapping[str, Any] | None
) -> Row:
    """The row of that trigger from the present state; of two, the one whose guards do not exclude it."""
    rows = scope.law.charts[record.chart].rows_from(record.state, trigger)
    if len(rows) > 1:
        scenes = [Scene(scope.law, snapshot, record, row, scope.principal, scope.now, facts) for row in rows]
        open_rows = [scene.row for scene in scenes if not shut_by(scene, scene.row.guards)]
        return open_rows[0] if open_rows else rows[0]
    if not rows:
        raise Refusal("step_shut", reasons=[no_such_step(scope.law.charts[record.chart], trigger)])
    return rows[0]


@cache
def no_such_step(chart: Chart, trigger: str) -> Reason:
    """The reason why the present state has no such step, with the states of the chart that have it."""
    states = dict.fromkeys(row.source for row in chart.rows if row.trigger == trigger and row.source)
    named = "、".join(chart.states[state].zh for state in states)
    return Reason(*NO_SUCH_STEP, opens_when=f"状态为：{named}" if named else None)


def check_role(law: Lawbook, row: Row, principal: Principal) -> None:
    """Returns when the principal holds a role of the row, or stands in for one who does; else says who may."""
    if not may_take(principal, row):
        reason = why_not(principal, row, law.guards)
        if reason is SHUT_OUT:
            raise Refusal("recused", reasons=[reason])
        raise Refusal("not_yours", reasons=[reason], roles=list(row.roles))


def _take(scope: Scope, snapshot: Snapshot, step: Step, prefix: str) -> Taken:
    record = snapshot.record(step.proceeding)
    if record is None:
        fault = FieldError(f"{prefix}/proceeding", "vocabulary", "没有这个处置程序", "no such proceeding")
        raise Refusal("facts_invalid", errors=[fault])
    if not scope.law.charts.knows_trigger(step.trigger, snapshot.subject):
        raise Refusal("unknown_trigger")
    row = choose_row(scope, snapshot, record, step.trigger, step.facts)
    check_role(scope.law, row, scope.principal)
    scene = Scene(scope.law, snapshot, record, row, scope.principal, scope.now)
    _check_record(scene)
    facts, timed = _read_facts(scope, snapshot, record, row, step, prefix)
    check_facts(scope.principal, row, facts)
    scene.facts, scene.occurred_at = facts, timed.occurred_at
    shut = shut_by(scene, row.guards)
    if shut:
        raise Refusal("step_shut", reasons=shut)
    if row.trigger in CONFIDED:
        return confided(scope, snapshot, row, facts, timed)
    return advance(scope, snapshot, record, row, facts, timed)


def _check_erased(snapshot: Snapshot) -> None:
    if snapshot.erased:
        raise Refusal("step_shut", reasons=[ERASED])


def _check_record(scene: Scene) -> None:
    _check_erased(scene.snapshot)
    persons = shut_by(scene, tuple(guard for guard in scene.row.guards if guard.name in OF_PERSONS))
    if persons:
        raise Refusal("proposer_cannot_approve", reasons=persons)
    shut = shut_by(scene, scene.row.guards)
    if shut:
        raise Refusal("step_shut", reasons=shut)


def _read_facts(
    scope: Scope, snapshot: Snapshot, record: Record, row: Row, step: Step, prefix: str
) -> tuple[dict[str, Any], Timing]:
    faults = Faults(prefix)
    names = Names(scope.law.department_code, scope.people, snapshot.attachments)
    facts = scope.law.forms.of(row).read(step.facts, faults, names)
    broken = {error.pointer for error in faults.errors}
    if row.legal_date is None or f"{prefix}/facts/{row.legal_date}" not in broken:
        timed = timing(
            scope.law,
            row,
            facts,
            step.occurred_at,
            _floor(snapshot, record, row),
            scope.now,
            taking(scope.principal, row),
            prefix,
        )
    faults.refuse()
    _check_sense(scope, snapshot, record, row, facts, prefix)
    return facts, timed


def _floor(snapshot: Snapshot, record: Record, row: Row) -> datetime | None:
    """No act lies before the last of its record; one that opens a proceeding may rest on what was known before."""
    opens = any(effect.startswith("open_proceeding:") for effect in row.effects)
    return snapshot.inspection_started_at if opens and row.legal_date else record.last_occurred_at


def _check_sense(
    scope: Scope, snapshot: Snapshot, record: Record, row: Row, facts: Mapping[str, Any], prefix: str
) -> None:
    """What the form alone cannot tell: extensions extend, dates set lie ahead, a finding stays where it was found."""
    faults = Faults(prefix)
    today = civil_date(scope.now)
    if row.trigger in ("propose_extension", "approve_extension"):
        for deadline in running(snapshot, record.id, ("DL10",)):
            if date.fromisoformat(facts["new_due_on"]) <= deadline.dates.due_effective:
                faults.add(
                    "/facts/new_due_on", "range", "新期限须晚于现期限", "must lie after the present due date"
                )
    if row.trigger == "register" and facts["department"] != snapshot.department:
        zh = "不属于本部门的，登记后移送有权部门，不得直接改记"
        faults.add(
            "/facts/department",
            "inconsistent",
            zh,
            "another department's matter is transferred, not re-labelled",
        )
    if facts.get("deadline_type") == "dated" and facts.get("period_length") and facts.get("period_unit"):
        length, unit = facts["period_length"], facts["period_unit"]
        try:  # a period that leads nowhere would be found out only when the order is served
            compute(scope.law.terms["DL10"], today, scope.law.calendar, length=length, unit=unit)
        except DeadlineError as error:
            faults.add("/facts/period_length", "range", error.zh, error.en)
    for name in ("review_date", "due_on"):
        if name in facts and name in row.requires and date.fromisoformat(facts[name]) < today:
            faults.add(f"/facts/{name}", "range", "不得早于今天", "must not lie in the past")
    faults.refuse()


def _waits_for_a_route(law: Lawbook, snapshot: Snapshot) -> bool:
    """True when an approved route was never opened and no clock says by when; open proceedings have clocks."""
    if running(snapshot, None, ("DL15",)):
        return False
    if snapshot.main.state == "routed":
        return not snapshot.registers.get("approved_routes") or not every_route_has_a_proceeding(snapshot)
    nothing_open = not a_proceeding_is_open(snapshot, law) and not all_proceedings_done(snapshot, law)
    return snapshot.main.state == "in_progress" and nothing_open
