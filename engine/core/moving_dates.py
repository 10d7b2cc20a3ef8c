"""A date on record becomes another one: every deadline that follows from it is counted anew, whatever became of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from engine.core.chart import Row
from engine.core.counting import Exclusion
from engine.core.deadlines import Dates, Point, overdue
from engine.core.lawbook import Lawbook
from engine.core.recounting import Recounted, counted
from engine.core.running import Moment
from engine.core.snapshot import Deadline, Snapshot
from engine.core.standing_still import GROUNDS, day_of, ends, excluded, put_off
from engine.core.starting import FROM_ITS_LAST_DAY, REMEDIED, SHARED, extensions_of

SETTLED = ("met", "met_late")
Shift = Callable[[Exclusion], Exclusion | None]
"""The days taken out as they are now; None for those that stay as they are."""


@dataclass(frozen=True, slots=True)
class Move:
    """The act of one entry lies on another day; `occurred_at` is its instant, `legal` what the law counts from."""

    sequence: int
    owners: frozenset[str | None]
    """The proceedings whose clocks it may have started, settled or stopped."""
    row: Row
    former: Point
    legal: Point
    occurred_at: datetime


@dataclass(slots=True)
class DatesMoved:
    """What a correction changes among the deadlines of a snapshot."""

    law: Lawbook
    snapshot: Snapshot
    moment: Moment
    reason: str
    changed: list[Recounted] = field(default_factory=list)

    def follow(self, move: Move) -> list[Recounted]:
        """The deadlines that this move changes have their new dates; each says so in its history. Raises DeadlineError."""
        found = []
        for deadline in self.snapshot.deadlines:
            if deadline.proceeding in move.owners and self._touched(deadline, move):
                found.append(self._count(deadline))
        found += self._led_by(found)
        self.changed += found
        return found

    def _touched(self, deadline: Deadline, move: Move) -> bool:
        """True when the deadline started, was settled, stood still or ran on with the act that moves."""
        began = deadline.history[0]["sequence"] == move.sequence and not self._runs_from_elsewhere(
            deadline, move
        )
        moved = (began or self._runs_from_result(deadline, move)) and day_of(deadline.start) == day_of(
            move.former
        )
        if moved:
            deadline.start = _as(deadline, move)
        if ended_by(deadline) == move.sequence:
            deadline.settled_at = move.occurred_at
            moved = True
        return self._stood_still(deadline, move) or moved

    def _runs_from_result(self, deadline: Deadline, move: Move) -> bool:
        """True where the remedies were decided and no period ended: the clock counts from the day of the result."""
        if deadline.term not in FROM_ITS_LAST_DAY or move.row.trigger not in REMEDIED:
            return False
        began = deadline.history[0]["sequence"]
        same = (one for one in self.snapshot.deadlines if one.proceeding == deadline.proceeding)
        return all(ended_by(one) != began for one in same)

    def _runs_from_elsewhere(self, deadline: Deadline, move: Move) -> bool:
        """True for an extension, counted from the start of what it extends, and for the watch, from its entry."""
        term, record = self.law.terms[deadline.term], self.snapshot.record(deadline.proceeding)
        if term.adds and any(
            (one.proceeding, one.start) == (deadline.proceeding, deadline.start)
            for one in self.snapshot.deadlines
            if one.term in (term.of, term.follows)
        ):
            return True
        chart = self.law.charts[record.chart] if record is not None else None
        if chart is None or deadline.term != chart.watch or deadline.term in move.row.opens:
            return False
        return deadline.term not in chart.states[chart.initial].clock

    def _stood_still(self, deadline: Deadline, move: Move) -> bool:
        former, now, moved = day_of(move.former), day_of(move.legal), False
        if deadline.term in _terms(self.law, move.row, "suspend_clock"):
            by = move.row.trigger
            if deadline.suspended.get(by) == former:
                deadline.suspended[by], moved = now, True
            moved |= self._shift(deadline, _begins_on(GROUNDS[by], former, now))
        if deadline.term in _terms(self.law, move.row, "resume_clock"):
            grounds = [GROUNDS[by] for by in move.row.ends]
            moved |= self._shift(deadline, _ends_on(grounds, former, now))
        return moved

    def _shift(self, deadline: Deadline, shifted: Shift) -> bool:
        """True when days that were taken out begin or end on another day; a stated date moves by the difference."""
        found = [(one, then) for one in excluded(deadline) if (then := shifted(one)) is not None]
        for one, then in found[:1]:  # the latest: an act stopped the deadline once
            if deadline.fixed_due is None:
                deadline.exclusions[deadline.exclusions.index(one)] = then
            else:
                deadline.fixed_due += put_off(self.law, then) - put_off(self.law, one)
                span = {"from": then.first.isoformat(), "to": then.last.isoformat()}
                deadline.history.append(self.moment.told("excluded", deadline, **span, reason=then.ground))
        return bool(found)

    def _count(self, deadline: Deadline) -> Recounted:
        former = deadline.dates
        ends(deadline, counted(self.law, deadline, self.law.calendar), self.moment)
        if deadline.state in SETTLED and deadline.settled_at is not None:
            late = overdue(deadline.dates, deadline.settled_at)
            deadline.state = "met_late" if late else "met"
        if deadline.history[-1]["sequence"] != self.moment.sequence:
            span = {
                "from": day_of(former.due_effective).isoformat(),
                "to": day_of(deadline.dates.due_effective).isoformat(),
            }
            deadline.history.append(self.moment.told("recomputed", deadline, **span, reason=self.reason))
        return Recounted(deadline, former)

    def _led_by(self, found: list[Recounted]) -> list[Recounted]:
        """Deadlines that count from the start, or the end, of one that changed."""
        led: list[Recounted] = []
        for one in found:
            for deadline in self.snapshot.deadlines:
                if any(deadline is each.deadline for each in (*found, *led)):
                    continue
                start = self._start_from(deadline, one.deadline, one.former)
                if start is not None and start != deadline.start:
                    deadline.start = start
                    led.append(self._count(deadline))
        return led + self._led_by(led) if led else led

    def _start_from(self, deadline: Deadline, base: Deadline, former: Dates) -> Point | None:
        """Where the deadline starts now that its base has changed; None where it does not follow from it."""
        term, same = self.law.terms[deadline.term], deadline.proceeding == base.proceeding
        adds = same and term.adds and base.term in (term.of, term.follows)
        shared = deadline.term == base.term and deadline.term in SHARED
        if (adds or shared) and deadline.start == former.start:
            return base.start
        if same and term.id in FROM_ITS_LAST_DAY and ended_by(base) == deadline.history[0]["sequence"]:
            return base.dates.due_effective if deadline.start == former.due_effective else None
        return None


def ended_by(deadline: Deadline) -> int | None:
    """The entry by which the deadline was met or taken to be over; None while it runs."""
    if deadline.settled_at is None:
        return None
    told = [one["sequence"] for one in deadline.history if one["what"] in ("settled", "lapsed")]
    return int(told[-1])


def _as(deadline: Deadline, move: Move) -> Point:
    """The start in the deadline's own kind: an instant for hours, else a day."""
    if isinstance(deadline.start, datetime):
        return move.legal if isinstance(move.legal, datetime) else move.occurred_at
    return day_of(move.legal)


def _terms(law: Lawbook, row: Row, effect: str) -> set[str]:
    """The terms that the row stops or lets run on, with those that extend them."""
    named = [one.partition(":")[2] for one in row.effects if one.startswith(f"{effect}:")]
    return {each for term in named for each in (term, *extensions_of(law, term))}


def _begins_on(ground: str, former: date, now: date) -> Shift:
    return lambda one: replace(one, first=now) if (one.ground, one.first) == (ground, former) else None


def _ends_on(grounds: Sequence[str], former: date, now: date) -> Shift:
    return lambda one: replace(one, last=now) if one.ground in grounds and one.last == former else None
