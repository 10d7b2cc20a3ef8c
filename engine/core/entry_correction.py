"""The date of a step was entered wrongly: a new entry corrects it, and what follows from it is counted anew."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from engine.core.calendar import civil_date, is_day
from engine.core.chart import Guard
from engine.core.commands import CLOCK, CLOCK_LOGIN
from engine.core.deadlines import DeadlineError, Point, begins, overdue
from engine.core.effects import Taken
from engine.core.entries import (
    CORRECT_DATE,
    Entered,
    Entry,
    check_person,
    corrected_by,
    faults_of,
    find,
    is_tick,
    told,
)
from engine.core.entry_withdrawal import undo, why_not_undone
from engine.core.guards import OF_THE_DATE, reason_of, shut_by
from engine.core.moving_dates import DatesMoved, Move, ended_by
from engine.core.recounting import Recounted
from engine.core.refusals import FieldError, Reason, Refusal
from engine.core.running import Moment
from engine.core.scene import Scene
from engine.core.scope import Scope
from engine.core.snapshot import Deadline, Record, Snapshot
from engine.core.starting import REMEDY_PERIOD_OVER, waits_for
from engine.core.times import may_enter_late, timing


@dataclass(slots=True)
class _Correction:
    """One correction under way: what it was asked with, and what it has moved so far."""

    scope: Scope
    snapshot: Snapshot
    entries: Sequence[Entry]
    moved: DatesMoved
    entries_moved: list[dict[str, Any]]
    undone: list[int]


def correct_date(
    scope: Scope, snapshot: Snapshot, entries: Sequence[Entry], sequence: int, to: Point, reason: str
) -> Taken:
    """The step happened on that day; its deadlines, running or over, have the dates that follow, each with the reason.

    A period that the clock took to be over too early runs again, where nothing has followed on it. Changes the
    snapshot in place; raises Refusal, after which the snapshot is worthless.
    """
    entered = find(scope, snapshot, entries, sequence)
    check_person(scope, entered)
    faults = faults_of(scope, entered)
    if not may_enter_late(entered.row):
        faults.append(Reason("entry_is_the_act", *_IS_THE_ACT))
    if faults:
        raise Refusal("step_shut", reasons=faults)
    former = entered.legal
    occurred_at, legal = _timed(scope, snapshot, entered, to)
    snapshot.sequence += 1
    moment = Moment(scope.now, scope.now, snapshot.sequence)
    title = f"{entered.row.zh}：{_said(former)} → {_said(legal)}"
    moved = DatesMoved(scope.law, snapshot, moment, f"{title}；{reason}")
    correction = _Correction(scope, snapshot, entries, moved, [], [])
    try:
        _move(correction, entered, occurred_at, legal)
    except DeadlineError as fault:
        raise Refusal("facts_invalid", errors=[FieldError("/date", "range", fault.zh, fault.en)]) from fault
    facts = {
        "corrections": title,
        "reason": reason,
        "entry": sequence,
        "moved_entries": correction.entries_moved,
        "withdrawn_entries": correction.undone,
        "recounted": [told(one.deadline, one.former) for one in moved.changed],
    }
    return corrected_by(scope, entered, CORRECT_DATE, facts, moment.sequence)


_IS_THE_ACT = (
    "这一步以点击为准，办理即发生，没有可以更正的日期；处理有误的，按撤销、变更的步骤办理",
    "the click is the act: there is no date to correct; a wrong decision is revoked or changed by its own step",
)


def _move(correction: _Correction, entered: Entered, occurred_at: datetime, legal: Point) -> None:
    """The entry has the date; whatever was counted from it follows, steps of the clock among it."""
    former, entry, record = entered.legal, entered.entry, entered.record
    fact = entered.row.legal_date
    opened = correction.snapshot.proceedings.get(entry.opened) if entry.opened is not None else None
    _move_record(record, entered, fact, occurred_at, legal)
    if opened is not None:
        _move_record(opened, entered, fact, occurred_at, legal)
    correction.entries_moved.append(
        {
            "title": f"{entered.row.zh} {_said(former)} → {_said(legal)}",
            "entry": entry.sequence,
            "fact": fact,
            "from": former.isoformat(),
            "to": legal.isoformat(),
            "occurred_at": occurred_at.isoformat(),
        }
    )
    owners = frozenset(one for one in (entered.proceeding, entry.opened) if one or one is entered.proceeding)
    move = Move(entry.sequence, owners, entered.row, former, legal, occurred_at)
    found = correction.moved.follow(move)
    for one in found:
        _clock_follows(correction, one)


def _move_record(
    record: Record, entered: Entered, fact: str | None, occurred_at: datetime, legal: Point
) -> None:
    entry = entered.entry
    act = record.acts.get(entry.trigger) if record is entered.record else None
    if act is not None and act.sequence == entry.sequence:
        act.occurred_at = occurred_at
    if fact is not None and record.facts.get(fact) == entry.facts.get(fact):
        record.facts[fact] = legal.isoformat()
    if record.last_occurred_at == entry.occurred_at:
        others = [one.occurred_at for one in entered.before] if record is entered.record else []
        record.last_occurred_at = max((occurred_at, *others))
    record.touched = True


def _clock_follows(correction: _Correction, one: Recounted) -> None:
    """The step that the clock took at the end of the period lies on its new last day, or is taken back: it was early.

    Refuses where it was early and more has followed on it.
    """
    scope, sequence = correction.scope, ended_by(one.deadline)
    if sequence is None or sequence == correction.snapshot.sequence:
        return
    step = find(scope, correction.snapshot, correction.entries, sequence)
    if step.entry.by != CLOCK_LOGIN or one.deadline.term not in waits_for(step.row):
        return
    due, settled = one.deadline.dates.due_effective, one.deadline.settled_at
    dated = step.row.legal_date is not None and step.legal == one.former.due_effective
    if dated and overdue(one.deadline.dates, scope.now):
        _move(correction, step, begins(due), due)
    elif dated or (settled is not None and not overdue(one.deadline.dates, settled)):
        if why_not_undone(scope, correction.snapshot, correction.entries, step):
            raise Refusal("step_shut", reasons=[_went_on(step, one)])
        undo(scope, step, correction.snapshot, correction.moved.moment, correction.moved.reason)
        correction.undone.append(sequence)


def _went_on(early: Entered, one: Recounted) -> Reason:
    due = one.deadline.dates.due_effective
    return Reason(
        "clock_went_on",
        f"按更正后的日期，{one.deadline.term} 至 {due} 才届满，而时钟已据原日期办理“{early.row.zh}”，其后又有办理。"
        "请先核查其后各步骤，依法撤销、变更",
        f"by the corrected date {one.deadline.term} ends on {due}, but the clock took “{early.row.en}” by the former one "
        "and more has followed: review the later steps and revoke or change them first",
    )


def _timed(scope: Scope, snapshot: Snapshot, entered: Entered, to: Point) -> tuple[datetime, Point]:
    """When it happened by the corrected date; refuses the future, a day before what it answers, and one after its answer."""
    row = entered.row
    _check_kind(scope, entered, to)
    facts = {row.legal_date: to.isoformat()} if row.legal_date else {}
    given = None if row.legal_date else begins(to)
    floor = _floor(scope, snapshot, entered)
    timed = timing(scope.law, row, facts, given, floor, scope.now, CLOCK)
    following = [one for one in entered.after if not is_tick(scope, one)]
    if following:
        first = min(following, key=lambda one: one.occurred_at)
        if civil_date(timed.occurred_at) > civil_date(first.occurred_at):
            day = civil_date(first.occurred_at).isoformat()
            words = (
                f"不得晚于其后的步骤（{day}）",
                f"must not lie after the step that followed it ({day})",
            )
            raise Refusal("facts_invalid", errors=[FieldError("/date", "range", *words)])
    _check_guards(scope, snapshot, entered, timed.occurred_at, timed.legal)
    return timed.occurred_at, timed.legal


def _floor(scope: Scope, snapshot: Snapshot, entered: Entered) -> datetime | None:
    """What it answers: the step before it on its record, else the one that opened the record."""
    if entered.record is snapshot.main and any(
        one.startswith("open_proceeding:") for one in entered.row.effects
    ):
        return snapshot.inspection_started_at
    before = [one.occurred_at for one in entered.before if not is_tick(scope, one)]
    return max(
        before, default=entered.opener.occurred_at if entered.opener else snapshot.inspection_started_at
    )


def _check_kind(scope: Scope, entered: Entered, to: Point) -> None:
    fact = entered.row.legal_date
    wants_instant = fact is None or scope.law.forms.facts[fact].type == "instant"
    if wants_instant != isinstance(to, datetime):
        words = (
            ("须填到时刻（含时区）", "an instant with its offset is needed")
            if wants_instant
            else ("须填日期", "a date is needed")
        )
        raise Refusal("facts_invalid", errors=[FieldError("/date", "format", *words)])
    if to == entered.legal:
        words = ("与原记载相同", "the same as on record")
        raise Refusal("facts_invalid", errors=[FieldError("/date", "inconsistent", *words)])


def _check_guards(scope: Scope, snapshot: Snapshot, entered: Entered, at: datetime, legal: Point) -> None:
    """The step could have been taken on the corrected date; refuses with the reasons of the guards that read it."""
    row, fact = entered.row, entered.row.legal_date
    facts = {**entered.entry.facts, **({fact: legal.isoformat()} if fact else {})}
    scene = Scene(scope.law, snapshot, entered.record, row, scope.principal, scope.now, facts, at)
    shut = shut_by(scene, tuple(guard for guard in row.guards if guard.name in OF_THE_DATE))
    for guard in row.guards:
        for terms, over in ((_before_end(guard), False), (_AFTER_END.get(guard.name, ()), True)):
            last = _last(snapshot, entered, terms)
            if last is not None and overdue(last.dates, at) != over:
                shut.append(reason_of(scope.law, guard.name, last.dates.due_effective if over else False))
    if shut:
        raise Refusal("step_shut", reasons=shut)


_AFTER_END = {"demand_period_over": ("DL34",), REMEDY_PERIOD_OVER: ("DL32", "DL33")}
"""Guards that ask whether these periods are over."""


def _before_end(guard: Guard) -> tuple[str, ...]:
    return (guard.argument,) if guard.name == "before_expiry" and guard.argument else ()


def _last(snapshot: Snapshot, entered: Entered, terms: Sequence[str]) -> Deadline | None:
    """The deadline of these terms that ends last, of those that ran when the step was entered."""
    began = [
        one
        for one in snapshot.deadlines
        if one.term in terms
        and one.proceeding == entered.proceeding
        and one.state != "cancelled"
        and one.history[0]["sequence"] < entered.entry.sequence
    ]
    return max(began, key=lambda one: begins(one.dates.due_effective), default=None)


def _said(point: Point) -> str:
    return point.isoformat() if is_day(point) else begins(point).isoformat(timespec="minutes")
