"""What is known of one finding or inspection when a command is decided."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from engine.core.deadlines import Dates, Exclusion
from engine.core.law2 import Suspicion


@dataclass(slots=True)
class Act:
    """The last time a trigger was taken on a record."""

    by: str
    sequence: int
    occurred_at: datetime
    recorded_at: datetime

    def stored(self) -> list[Any]:
        """The act as JSON."""
        return [self.by, self.sequence, self.occurred_at.isoformat(), self.recorded_at.isoformat()]

    @classmethod
    def restored(cls, stored: list[Any]) -> Act:
        """The act that was stored."""
        by, sequence, occurred, recorded = stored
        return cls(by, sequence, datetime.fromisoformat(occurred), datetime.fromisoformat(recorded))


@dataclass(slots=True)
class Record:
    """One chart instance: an inspection, a finding or a proceeding."""

    id: str
    chart: str
    state: str
    facts: dict[str, Any] = field(default_factory=dict)
    """The latest value of each fact entered on this record."""
    acts: dict[str, Act] = field(default_factory=dict)
    actors: dict[str, dict[str, int]] = field(default_factory=dict)
    """For each trigger, everybody who took it with the sequence of the last time."""
    last_occurred_at: datetime | None = None
    opened_at: datetime | None = None
    opened_sequence: int = 0
    carried: bool = False
    ordinal: int = 0
    touched: bool = False

    def keep(self, trigger: str, act: Act, absent: str | None = None) -> None:
        """The act is the last of its trigger; its person, and who was absent and stood in for, are among its hands."""
        self.acts[trigger] = act
        for login in (act.by, absent):
            if login is not None:
                self.actors.setdefault(trigger, {})[login] = act.sequence

    def hands(self, trigger: str) -> frozenset[str]:
        """The logins, folded, of whoever took the trigger the last time, and of whom they stood in for."""
        act = self.acts.get(trigger)
        if act is None:
            return frozenset()
        people = {act.by: act.sequence, **self.actors.get(trigger, {})}
        return frozenset(login.casefold() for login, at in people.items() if at == act.sequence)

    def last(self, *triggers: str) -> int:
        """The sequence of the last time that one of these was taken; -1 when none was."""
        return max((self.acts[name].sequence for name in triggers if name in self.acts), default=-1)

    def stored(self) -> dict[str, Any]:
        """The memory of the record as JSON."""
        return {
            "facts": self.facts,
            "acts": {name: act.stored() for name, act in self.acts.items()},
            "actors": self.actors,
            "last": self.last_occurred_at.isoformat() if self.last_occurred_at else None,
            "carried": self.carried,
        }


def remembered(id: str, chart: str, state: str, memory: Mapping[str, Any]) -> Record:
    """The record as it was stored."""
    last = memory.get("last")
    return Record(
        id,
        chart,
        state,
        dict(memory.get("facts", {})),
        {name: Act.restored(act) for name, act in memory.get("acts", {}).items()},
        {name: dict(people) for name, people in memory.get("actors", {}).items()},
        datetime.fromisoformat(last) if last else None,
        carried=bool(memory.get("carried")),
    )


@dataclass(slots=True)
class Deadline:
    """One deadline: what it is counted from, what came out, and everything that happened to it."""

    id: str
    term: str
    proceeding: str | None
    start: date | datetime
    dates: Dates
    nature: str
    state: str = "running"
    length: int | None = None
    unit: str | None = None
    fixed_due: date | None = None
    counted: bool = True
    settled_at: datetime | None = None
    extended: int = 0
    """What extensions by a fixed length have added, in the term's unit."""
    exclusions: list[Exclusion] = field(default_factory=list)
    suspended: dict[str, date] = field(default_factory=dict)
    """While it stands still: the triggers that stopped it, each with its civil date."""
    told_stage: int = 0
    """How far its end was told (1 overdue, 2 severe); it falls back when the end moves on, to be told again when it comes."""
    rung: int = 0
    """How many rungs of the office's ladder were told of its present end."""
    history: list[dict[str, Any]] = field(default_factory=list)
    touched: bool = False
    fresh: bool = False


CRIMINAL_ROUTE = "criminal_route"
"""The register that keeps whether a criminal referral was approved; it stands among no routes."""
CRIMINAL_ROUTE_PROPOSED = "criminal_route_proposed"
"""The register that keeps whether one was proposed, until it is approved or proposed anew without it."""
SUSPICION_ON_RECORD = "suspicion_on_record"
"""The register that tells a decision to look for suspicions on record; no answer shows it."""


@dataclass(slots=True)
class Snapshot:
    """One finding with its proceedings and deadlines (or one inspection), as read for this command.

    `registers` holds what no single fact says: approved_routes, round_from (sequence since which proceedings
    count), handler, supervised. `directory` names the accounts and `attachments` the digests this finding has.
    """

    subject: str
    id: str
    main: Record
    version: int
    sequence: int
    department: str
    proceedings: dict[str, Record] = field(default_factory=dict)
    deadlines: list[Deadline] = field(default_factory=list)
    registers: dict[str, Any] = field(default_factory=dict)
    inspection_state: str | None = None
    inspection_started_at: datetime | None = None
    own_power: bool = True
    ruling: Mapping[str, Any] | None = None
    criminal_threshold: bool = False
    domain: str | None = None
    party_kind: str | None = None
    suspected_elsewhere: bool = False
    """True when another finding of the same party and act reaches a criminal threshold."""
    suspicions: list[Suspicion] = field(default_factory=list)
    """What is on record of crimes suspected in the same act; read where something depends on it."""
    items_held: bool = False
    """Of a referral: a penalty of its finding still holds seized or preserved items."""
    attachments: frozenset[str] = frozenset()
    recused: frozenset[str] = frozenset()
    """The accounts, folded, that are shut out of the case by a recusal."""
    erased: bool = False
    """What the record said was lawfully destroyed; nothing more is done with it."""
    head: str = ""

    @property
    def suspected(self) -> bool:
        """True while a crime is suspected in this finding: a threshold, a referral approved, or one on record."""
        approved = bool(self.registers.get(CRIMINAL_ROUTE))
        return self.criminal_threshold or approved or any(one.own for one in self.suspicions)

    def record(self, proceeding: str | None) -> Record | None:
        """The record a step names, or None when there is no such proceeding here."""
        return self.main if proceeding is None else self.proceedings.get(proceeding)

    def remember(self, proceeding: str | None, facts: Mapping[str, Any]) -> None:
        """The record a step names knows these facts beside the ones its forms asked for."""
        record = self.record(proceeding)
        if facts and record is not None:
            record.facts.update(facts)
            record.touched = True
