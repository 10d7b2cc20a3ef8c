"""Which steps of a record a person may correct or withdraw now: for the pages and programs that offer it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from engine.core.deadlines import Point
from engine.core.entries import Entered, Entry, check_person, faults_of, find, standing
from engine.core.entry_withdrawal import why_not_undone
from engine.core.refusals import Refusal
from engine.core.scope import Scope
from engine.core.snapshot import Snapshot
from engine.core.times import may_enter_late


@dataclass(frozen=True, slots=True)
class Corrigible:
    """A step whose date the person may correct, or that the person may withdraw."""

    sequence: int
    fact: str | None
    """The fact that states the day; None where the instant of the step itself is corrected."""
    on: Point | None
    """The day or instant as it stands; None where no date can be corrected."""
    withdraw: bool

    @property
    def to_the_minute(self) -> bool:
        """True where an instant is asked for."""
        return isinstance(self.on, datetime)


def corrigible(scope: Scope, snapshot: Snapshot, entries: Sequence[Entry]) -> list[Corrigible]:
    """The steps that the person of the scope may put right, oldest first; what else stands in the way is told then."""
    found = []
    for one in standing(entries):
        entered = _found(scope, snapshot, entries, one.sequence)
        if entered is None or faults_of(scope, entered):
            continue
        on = entered.legal if may_enter_late(entered.row) else None
        withdraw = not entered.row.at_once and not why_not_undone(scope, snapshot, entries, entered)
        if on is not None or withdraw:
            found.append(Corrigible(one.sequence, entered.row.legal_date, on, withdraw))
    return found


def _found(scope: Scope, snapshot: Snapshot, entries: Sequence[Entry], sequence: int) -> Entered | None:
    """The step, if it is one that the person may put right at all."""
    try:
        entered = find(scope, snapshot, entries, sequence)
        check_person(scope, entered)
    except Refusal:
        return None
    return entered
