"""What stands of a case in its own rows, as digests: each entry of its chain states them, so that a changed row is found.

Decision 0045. What is stated is what the rows say, as they were read back; not how they are found (search, order), what is told
of them (rungs of the ladder), and what a criminal referral leaves in a finding, of which nothing may tell (law 9).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from engine.core.audit import canonical, utc_text
from engine.core.snapshot import CRIMINAL_ROUTE, CRIMINAL_ROUTE_PROPOSED, SUSPICION_ON_RECORD

STANDS, BEFORE = "stands", "before"
"""The member of a payload that states how the rows stand after its step, and in it how they stood before."""
CASE, PROCEEDINGS, DEADLINES = "case", "proceedings", "deadlines"
PARTS = (CASE, PROCEEDINGS, DEADLINES)
LETTERS = 32
CONFIDED_REGISTERS = frozenset({CRIMINAL_ROUTE, CRIMINAL_ROUTE_PROPOSED, SUSPICION_ON_RECORD})
CONFIDED_MEMORY = frozenset({"criminal_threshold", "rule_facts"})

_LIGHTS = ("yellow_at", "red_at", "overdue_at", "severe_at")
_RECEIVED = (
    "id",
    "office_id",
    "department",
    "party_id",
    "reference",
    "digest",
    "carried",
    "state",
    "version",
)
_DEADLINE = (
    *("id", "office_id", "department", "term", "nature", "counted", "state", "spec", "due_effective"),
    *("provisional", *_LIGHTS, "settled_at"),
)
STATED: Mapping[str, tuple[str, ...]] = {
    "finding": (
        *(*_RECEIVED, "inspection_id", "handler", "ledger_no", "closed", "owner_role", "domain", "violation"),
        *("item", "intake", "record", "rulings", "supervised", "discovered_at", "occurred_at", "recorded_at"),
        *("due_effective", *_LIGHTS),
    ),
    "inspection": (
        *(*_RECEIVED, "intake", "record", "result_text", "plan_no", "task_no", "finished_at"),
        *("publication_due_on", "published_on", "recorded_at"),
    ),
    "referral": (
        *(
            "id",
            "office_id",
            "department",
            "finding_id",
            "party_id",
            "domain",
            "violation",
            "state",
            "version",
        ),
        *("doc_no", "opened_at", "recorded_at"),
    ),
    "proceeding": (
        *("id", "office_id", "finding_id", "ordinal", "kind", "state", "open", "record", "opened_at"),
        *("opened_sequence", "target_department"),
    ),
    "deadline": (*_DEADLINE, "inspection_id", "finding_id", "proceeding_id", "history"),
    "referral_deadline": (*_DEADLINE, "referral_id"),
}
"""The columns that are stated, by table. Another choice would need a statement of its own kind."""

Statement = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Standing:
    """The rows of one record as they were read: its own, and those of its proceedings and deadlines."""

    subject: str
    case: Mapping[str, Any]
    proceedings: Sequence[Mapping[str, Any]]
    deadlines: Sequence[Mapping[str, Any]]

    def stated(self, salt: str) -> dict[str, str]:
        """A digest of each part; without the salt nobody who guesses what a row says learns whether it does."""
        clocks = "referral_deadline" if self.subject == "referral" else "deadline"
        said = {
            CASE: _said(self.subject, self.case),
            PROCEEDINGS: _by_id("proceeding", self.proceedings),
            DEADLINES: _by_id(clocks, self.deadlines),
        }
        return {part: _digest(salt, part, canonical(said[part])) for part in PARTS}


class Differing(NamedTuple):
    """What does not follow: at which entry, and what, one of PARTS, BEFORE or STANDS."""

    sequence: int
    what: str


def whole(stated: Statement) -> str:
    """One digest of all parts."""
    return _digest("", "", canonical([stated.get(part) for part in PARTS]))


def statement(stands: Mapping[str, str], before: Mapping[str, str] | None) -> dict[str, Any]:
    """What an entry says of the rows; `before` is None for the first entry of a record."""
    return {**stands, BEFORE: None if before is None else whole(before)}


def differing(said: Iterable[tuple[int, Statement | None, bool]], now: Statement) -> Iterator[Differing]:
    """What does not follow from what the entries of a record say of its rows, which stand as `now` says.

    Of each entry its sequence, what it states, None where nothing, and whether it can be read. Entries of one command share
    the statement of the last of them; those of an older program state nothing.
    """
    sequence, stated, readable, stating, last = 0, None, True, False, None
    for sequence, stated, readable in said:
        if not readable:
            last = None
        elif stated is not None:
            stating = True
            if last is not None and stated.get(BEFORE) != last:
                yield Differing(sequence, BEFORE)
            last = whole(stated)
    if readable and stated is not None:
        yield from (Differing(sequence, part) for part in PARTS if stated.get(part) != now[part])
    elif readable and stating:
        yield Differing(sequence, STANDS)


def with_confided(found: Mapping[str, Any], memory: Mapping[str, Any]) -> dict[str, Any]:
    """What a finding remembered, with only that of its memory now which no entry of its own states."""
    confided = {name: memory["registers"][name] for name in CONFIDED_REGISTERS & memory["registers"].keys()}
    registers = {**found.get("registers", {}), **confided}
    return {**found, **{name: memory[name] for name in CONFIDED_MEMORY}, "registers": registers}


def _by_id(table: str, rows: Iterable[Mapping[str, Any]]) -> list[list[Any]]:
    return [_said(table, row) for row in sorted(rows, key=lambda row: str(row["id"]))]


def _said(table: str, row: Mapping[str, Any]) -> list[Any]:
    return [_spoken(table, name, row[name]) for name in STATED[table]]


def _spoken(table: str, name: str, value: Any) -> Any:
    if isinstance(value, datetime):
        return utc_text(value)
    if isinstance(value, date):
        return value.isoformat()
    if (table, name) == ("finding", "record"):
        return _shown_memory(value)
    return value


def _shown_memory(record: Mapping[str, Any]) -> dict[str, Any]:
    """What the finding remembers, without what it does of a crime suspected in it."""
    registers = record.get("registers", {})
    shown = {name: value for name, value in registers.items() if name not in CONFIDED_REGISTERS}
    kept = {name: value for name, value in record.items() if name not in CONFIDED_MEMORY}
    return {**kept, "registers": shown}


def _digest(*said: str) -> str:
    return hashlib.sha256("\n".join(said).encode()).hexdigest()[:LETTERS]
