"""A step was entered that did not happen: a new entry withdraws it, and the record stands where it stood before."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from engine.core.effects import Taken
from engine.core.entries import (
    WITHDRAW_ENTRY,
    Entered,
    Entry,
    check_person,
    corrected_by,
    faults_of,
    find,
    is_tick,
    standing,
    told,
)
from engine.core.lawbook import Lawbook
from engine.core.recounting import counted
from engine.core.refusals import Reason, Refusal
from engine.core.registers import keeps_registers
from engine.core.running import Moment, close
from engine.core.scope import Scope
from engine.core.snapshot import Act, Deadline, Snapshot
from engine.core.standing_still import GROUNDS, day_of, ends, excluded, put_off
from engine.core.starting import extensions_of

UNDONE_EFFECTS = ("suspend_clock", "resume_clock", "remind")
"""What a step may have done beside moving its record and still be withdrawn."""


def withdraw_entry(
    scope: Scope, snapshot: Snapshot, entries: Sequence[Entry], sequence: int, reason: str
) -> Taken:
    """The step did not happen: its record is in the state of before, and so are the deadlines it touched.

    Only the last step of the whole record, an outside fact that went nowhere, can be withdrawn. Changes the snapshot
    in place; raises Refusal, after which the snapshot is worthless.
    """
    entered = find(scope, snapshot, entries, sequence)
    check_person(scope, entered)
    shut = [*faults_of(scope, entered), *why_not_undone(scope, snapshot, entries, entered)]
    if entered.row.at_once:
        shut.append(Reason("entry_is_the_act", *_IS_THE_ACT))
    if shut:
        raise Refusal("step_shut", reasons=list({one.code: one for one in shut}.values()))
    snapshot.sequence += 1
    moment = Moment(scope.now, scope.now, snapshot.sequence)
    title = f"撤回：{entered.row.zh}（{entered.entry.occurred_at.date().isoformat()}）"
    touched = undo(scope, entered, snapshot, moment, f"{title}；{reason}")
    facts = {
        "corrections": title,
        "reason": reason,
        "entry": sequence,
        "recounted": [told(one, one.dates) for one in touched],
    }
    return corrected_by(scope, entered, WITHDRAW_ENTRY, facts, moment.sequence)


_IS_THE_ACT = (
    "这一步是决定或者审批，办理即生效，不能撤回；处理有误的，按撤销、变更的步骤办理",
    "this is a decision and took effect when it was taken: it is revoked or changed by its own step",
)


def why_not_undone(
    scope: Scope, snapshot: Snapshot, entries: Sequence[Entry], entered: Entered
) -> list[Reason]:
    """Why the step cannot be taken back; none where nothing has followed on it and nothing went out with it."""
    row, found = entered.row, []
    followed = [one for one in standing(entries) if one.sequence > entered.entry.sequence]
    if any(not is_tick(scope, one) for one in followed):
        found.append(Reason("entry_followed", *_FOLLOWED))
    effects = [effect for effect in row.effects if effect.partition(":")[0] not in UNDONE_EFFECTS]
    if effects or entered.entry.opened or keeps_registers(row) or _numbered(scope, row.documents):
        found.append(Reason("entry_went_out", *_WENT_OUT))
    return found


_FOLLOWED = (
    "其后已有办理，只能撤回最后一步；请改为更正日期，或者先撤回其后的步骤",
    "more has followed: only the last step can be withdrawn; correct its date, or withdraw what followed first",
)
_WENT_OUT = (
    "这一步已经编号出文、发出消息或者启动程序，不能撤回；请按更正、撤销的步骤办理",
    "this step numbered a paper, sent a message or opened a proceeding and cannot be withdrawn: correct or revoke it",
)


def _numbered(scope: Scope, documents: Sequence[str]) -> bool:
    declared = scope.law.charts.dictionary["documents"]
    return any(declared[kind]["issuer"] == "house" and declared[kind]["numbered"] for kind in documents)


def undo(scope: Scope, entered: Entered, snapshot: Snapshot, moment: Moment, reason: str) -> list[Deadline]:
    """Record and deadlines are as they were before the step; returned are the deadlines, each with its reason."""
    record, entry = entered.record, entered.entry
    chart = scope.law.charts[record.chart]
    record.state = entered.row.source or chart.initial
    for name in entry.facts:
        former = [one.facts[name] for one in entered.said_before if name in one.facts]
        if former:
            record.facts[name] = former[-1]
        else:
            record.facts.pop(name, None)
    same = [one for one in entered.before if one.trigger == entry.trigger]
    record.acts.pop(entry.trigger, None)
    record.actors.pop(entry.trigger, None)
    for one in same:
        record.keep(one.trigger, Act(one.by, one.sequence, one.occurred_at, one.recorded_at))
    answered = [one.occurred_at for one in entered.said_before if not is_tick(scope, one)]
    record.last_occurred_at = max(answered, default=record.opened_at)
    record.touched = True
    return [one for one in snapshot.deadlines if _restored(scope, one, entered, moment, reason)]


def _restored(scope: Scope, deadline: Deadline, entered: Entered, moment: Moment, reason: str) -> bool:
    """True when the step had done something to the deadline, which is undone."""
    sequence = entered.entry.sequence
    did = [one["what"] for one in deadline.history if one["sequence"] == sequence]
    if "opened" in did:
        if deadline.state in ("running", "suspended"):
            close(deadline, "cancelled", moment, reason=reason)
        return True
    touched = bool(did)
    if {"settled", "lapsed", "cancelled"} & set(did):
        deadline.settled_at = None
        deadline.state = "running"
    if deadline.proceeding == entered.proceeding:
        touched |= _runs_as_before(scope, deadline, entered)
    if touched:
        if deadline.state in ("running", "suspended"):
            deadline.state = "suspended" if deadline.suspended else "running"
        ends(deadline, counted(scope.law, deadline, scope.law.calendar), moment)
        deadline.history.append(moment.told("recomputed", deadline, reason=reason))
    return touched


def _runs_as_before(scope: Scope, deadline: Deadline, entered: Entered) -> bool:
    """True when the step had let the deadline stand still or run on, which is undone."""
    law, row, day = scope.law, entered.row, day_of(entered.legal)
    changed = False
    for effect in row.effects:
        name, _, term = effect.partition(":")
        if deadline.term not in (term, *extensions_of(law, term)):
            continue
        if name == "suspend_clock" and deadline.suspended.get(row.trigger) == day:
            del deadline.suspended[row.trigger]
            changed = True
        elif name == "resume_clock":
            changed |= _stands_still_again(law, deadline, entered, row.ends, day)
    return changed


def _stands_still_again(
    law: Lawbook, deadline: Deadline, entered: Entered, ends_: Sequence[str], day: date
) -> bool:
    """The days that the step took out of the count are not over: what stopped the deadline still does."""
    grounds = {GROUNDS[by]: by for by in ends_ if by in entered.record.acts}
    ended = [one for one in excluded(deadline) if one.ground in grounds and one.last == day]
    for one in ended:
        deadline.suspended[grounds[str(one.ground)]] = one.first
        if deadline.fixed_due is None:
            deadline.exclusions.remove(one)
        else:
            deadline.fixed_due -= put_off(law, one)
    return bool(ended)
