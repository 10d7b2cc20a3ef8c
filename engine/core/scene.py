"""What a guard looks at when it judges a row, and what it may answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from engine.core.chart import CRIMINAL, Row
from engine.core.commands import Principal
from engine.core.deadlines import overdue
from engine.core.law2 import Law2, law2_of
from engine.core.lawbook import Lawbook
from engine.core.snapshot import Deadline, Record, Snapshot


@dataclass(slots=True)
class Scene:
    """What a guard may look at; `facts` is None while only the record is judged."""

    law: Lawbook
    snapshot: Snapshot
    record: Record
    row: Row
    principal: Principal
    now: datetime
    facts: Mapping[str, Any] | None = None
    occurred_at: datetime | None = None

    @property
    def fact(self) -> Mapping[str, Any]:
        """The facts of this step, none while only the record is judged."""
        return self.facts or {}

    def running(self, term: str) -> list[Deadline]:
        """The running deadlines of that term on this record."""
        owner = None if self.record is self.snapshot.main else self.record.id
        return [
            deadline
            for deadline in self.snapshot.deadlines
            if deadline.term == term and deadline.proceeding == owner and deadline.state == "running"
        ]

    @property
    def at(self) -> datetime:
        """When the step happened; now while that is not known."""
        return self.occurred_at or self.now

    @property
    def law2(self) -> Law2:
        """What the suspicion of a crime leaves open, over all findings of the same party and act."""
        snapshot = self.snapshot
        reached = snapshot.suspected or snapshot.suspected_elsewhere
        return law2_of(self.law.charts[CRIMINAL], snapshot.suspicions, threshold=reached)

    def of_kind(self, chart: str) -> list[Record]:
        """The proceedings of that kind, in the order they were opened."""
        proceedings = self.snapshot.proceedings.values()
        return sorted((one for one in proceedings if one.chart == chart), key=lambda one: one.ordinal)

    def known(self, name: str) -> Any:
        """The fact as this step states it, else as an earlier step of the record did; None when none did."""
        return self.fact.get(name, self.record.facts.get(name))


Verdict = bool | date | datetime
"""True: open. False: shut. A date or instant: shut, and it opens not before then."""
Judge = Callable[[Scene, str | None], Verdict]


def stands(holds: Callable[[Scene], Verdict]) -> Judge:
    """A judge that needs no argument."""
    return lambda scene, _: holds(scene)


def once_entered(holds: Callable[[Scene], Verdict]) -> Judge:
    """A judge of the facts of this step: open until they are entered."""
    return lambda scene, _: scene.facts is None or holds(scene)


def over(scene: Scene, *terms: str) -> Verdict:
    """True when none of these periods still runs; else the last day of the longest."""
    left = [one.dates.due_effective for term in terms for one in scene.running(term) if not _past(scene, one)]
    return max(left, key=str) if left else True


def _past(scene: Scene, deadline: Deadline) -> bool:
    return overdue(deadline.dates, scene.at)
