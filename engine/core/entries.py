"""What was entered on a record, oldest first, and which entry may be corrected or withdrawn, by whom."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from engine.core.advance import CARRIED
from engine.core.chart import Row
from engine.core.commands import CLOCK_LOGIN
from engine.core.deadlines import Dates, Point
from engine.core.effects import IssueDocument, Taken
from engine.core.forms import HEADS
from engine.core.refusals import FieldError, Reason, Refusal
from engine.core.scope import Scope
from engine.core.snapshot import Act, Deadline, Record, Snapshot

CORRECT_DATE, WITHDRAW_ENTRY = "correct_date", "withdraw_entry"
CORRECTS = HEADS | {"principal_head"}
"""Who corrects and withdraws entries; on a criminal referral whoever of them is on its list."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of the audit chain of a finding, inspection or criminal referral, with what it said."""

    sequence: int
    chart: str
    trigger: str
    proceeding: str | None
    state: str
    """The state that its record was in afterwards."""
    by: str
    facts: Mapping[str, Any]
    occurred_at: datetime
    recorded_at: datetime
    opened: str | None = None
    """The proceeding that it opened."""


@dataclass(frozen=True, slots=True)
class Entered:
    """A step on record: its record, the row by which it was taken, and what stands before and after it there."""

    record: Record
    row: Row
    entry: Entry
    before: tuple[Entry, ...]
    after: tuple[Entry, ...]
    opener: Entry | None = None
    """The step of the finding that opened its proceeding."""

    @property
    def proceeding(self) -> str | None:
        """The proceeding it belongs to; None for the record itself."""
        return self.entry.proceeding

    @property
    def legal(self) -> Point:
        """The day or instant that the law counts from, as it stands now."""
        stated = self.entry.facts.get(self.row.legal_date) if self.row.legal_date else None
        if isinstance(stated, str):
            return datetime.fromisoformat(stated) if "T" in stated else date.fromisoformat(stated)
        return self.entry.occurred_at

    @property
    def said_before(self) -> tuple[Entry, ...]:
        """What was said of its record before it, by the step that opened it too; oldest first."""
        return (*((self.opener,) if self.opener else ()), *self.before)


def standing(entries: Sequence[Entry]) -> list[Entry]:
    """The steps as they stand now: with the dates that were corrected, without those that were withdrawn."""
    stands: dict[int, Entry] = {}
    for one in entries:
        if one.trigger == WITHDRAW_ENTRY:
            stands.pop(one.facts.get("entry", -1), None)
        elif one.trigger == CORRECT_DATE:
            _corrected(stands, one.facts)
            for undone in one.facts.get("withdrawn_entries", ()):
                stands.pop(undone, None)
        else:
            stands[one.sequence] = one
    return list(stands.values())


def _corrected(stands: dict[int, Entry], said: Mapping[str, Any]) -> None:
    for each in said.get("moved_entries", ()):  # none are left where the payload was erased
        known = stands.get(each["entry"])
        if known is not None:
            facts = dict(known.facts)
            if each["fact"]:
                facts[each["fact"]] = each["to"]
            at = datetime.fromisoformat(each["occurred_at"])
            stands[known.sequence] = replace(known, facts=facts, occurred_at=at)


def find(scope: Scope, snapshot: Snapshot, entries: Sequence[Entry], sequence: int) -> Entered:
    """The step of that sequence, which still stands; refuses what is no step here."""
    stands = standing(entries)
    entry = next((one for one in stands if one.sequence == sequence), None)
    record = snapshot.record(entry.proceeding) if entry is not None else None
    if entry is None or record is None or entry.chart != record.chart:
        raise _no_such_entry()
    chart = scope.law.charts[record.chart]
    mine = [one for one in stands if (one.proceeding, one.chart) == (entry.proceeding, entry.chart)]
    before = tuple(one for one in mine if one.sequence < sequence)
    steps = [one for one in before if one.trigger in chart.triggers]
    source = steps[-1].state if steps else None if record is snapshot.main else chart.initial
    rows = [row for row in chart.rows_from(source, entry.trigger) if row.to == entry.state]
    if not rows:
        raise _no_such_entry()
    return Entered(
        record,
        rows[0],
        entry,
        before,
        tuple(one for one in mine if one.sequence > sequence),
        next((one for one in stands if one.opened and one.opened == entry.proceeding), None),
    )


def _no_such_entry() -> Refusal:
    words = "本记录没有这一条办理步骤", "there is no such step on this record"
    return Refusal("facts_invalid", errors=[FieldError("/sequence", "vocabulary", *words)])


def check_person(scope: Scope, entered: Entered) -> None:
    """Returns when the person is a head in their own right, and neither entered it nor was stood in for by who did."""
    roles = tuple(sorted(CORRECTS))
    if not scope.principal.roles & CORRECTS:
        reason = Reason(
            "role_not_allowed",
            "录入的更正和撤回由机构负责人办理",
            "entries are corrected and withdrawn by a head",
            roles=roles,
        )
        raise Refusal("not_yours", reasons=[reason], roles=list(roles))
    hands = entered.record.hands(entered.entry.trigger) | {entered.entry.by.casefold()}
    if not scope.principal.persons.isdisjoint(hands):
        reason = Reason(
            "approver_is_not_proposer",
            "本条由您本人录入，须由另一负责人更正或者撤回",
            "you entered this yourself: another head corrects or withdraws it",
            roles=roles,
        )
        raise Refusal("proposer_cannot_approve", reasons=[reason])


def faults_of(scope: Scope, entered: Entered) -> list[Reason]:
    """Why nobody may correct or withdraw the entry here, all at once; none where somebody may."""
    entry, found = entered.entry, []
    if entry.trigger in CARRIED:
        found.append(_reason("entry_carried_over"))
    elif entered.row.source is None:
        found.append(_reason("entry_is_intake"))
    elif entry.by == CLOCK_LOGIN or scope.people(entry.by) is None:
        found.append(_reason("entry_not_by_hand"))
    act = entered.record.acts.get(entry.trigger)
    if act is None or act.sequence != entry.sequence:
        found.append(_reason("entry_superseded"))
    return found


def _reason(code: str) -> Reason:
    return Reason(code, *_WORDS[code])


_WORDS = {
    "entry_carried_over": (
        "迁移录入的记录由来源文件更正：改正来源文件后重新导入",
        "a carried-over record is corrected by its source: mend the file and import it again",
    ),
    "entry_is_intake": (
        "检查结果和问题的录入以同一编号重新报送来更正",
        "an inspection or finding is corrected by sending it again under the same reference",
    ),
    "entry_not_by_hand": (
        "本条由时钟或者对接系统记载，不由人更正；对方有误的，由对方另发回执",
        "the clock or a linked system recorded this: a person does not correct it, the sender sends another receipt",
    ),
    "entry_superseded": (
        "其后又办理过同一步骤，只能更正最近一次",
        "the same step was taken again later: only the last one can be corrected",
    ),
}


def correction_row(row: Row, trigger: str, to: str) -> Row:
    """The row that a correction of a step taken by that row stands for: entered by a head, with a note on paper."""
    zh, en = _TITLES[trigger]
    return replace(
        row,
        source=to,
        trigger=trigger,
        to=to,
        zh=zh,
        en=en,
        by=CORRECTS,
        roles=tuple(sorted(CORRECTS)),
        entered="at_once",
        requires=("corrections", "reason"),
        optional=(),
        documents=(NOTE,),
        guards=(),
        opens=(),
        settles=(),
        effects=(),
        answers=(),
        ends=(),
        on_behalf_of=None,
        legal_date=None,
        allows=(),
    )


NOTE = "correction_note"
"""The paper of every correction (更正登记单)."""
_TITLES = {
    CORRECT_DATE: ("更正办理日期", "the date of a step is corrected"),
    WITHDRAW_ENTRY: ("撤回误录的步骤", "a step entered by mistake is withdrawn"),
}


def correction_title(trigger: str) -> str | None:
    """What a correction is called in Chinese; None for what is none."""
    return _TITLES[trigger][0] if trigger in _TITLES else None


def corrected_by(
    scope: Scope, entered: Entered, trigger: str, facts: Mapping[str, Any], sequence: int
) -> Taken:
    """The correction as a step of its own; the record stays in the state that it has now."""
    record = entered.record
    record.keep(trigger, Act(scope.principal.login, sequence, scope.now, scope.now))
    record.touched = True
    row = correction_row(entered.row, trigger, record.state)
    paper = IssueDocument(NOTE, None)
    return Taken(row, entered.proceeding, facts, scope.now, False, sequence, effects=(paper,))


def told(deadline: Deadline, former: Dates) -> dict[str, Any]:
    """The deadline as the entry of a correction has it: from which day to which, and what became of it."""
    before, due = former.due_effective.isoformat(), deadline.dates.due_effective.isoformat()
    return {
        "title": f"{deadline.term} {before} → {due}" if before != due else f"{deadline.term} {due}",
        "term": deadline.term,
        "from": before,
        "to": due,
        "state": deadline.state,
        "provisional": deadline.dates.provisional,
    }


def is_tick(scope: Scope, one: Entry) -> bool:
    """True for what only the clock does and what leaves its record where it is: nobody answers it."""
    chart = scope.law.charts[one.chart]
    if one.trigger not in chart.triggers:
        return True
    row = chart.row_into(one.trigger, one.state)
    return row.by_clock_only and row.to == row.source
