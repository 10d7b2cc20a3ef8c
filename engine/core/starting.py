"""Which of the terms that a row may start do start, and from which day."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from functools import cache
from typing import Any

from engine.core.calendar import civil_date
from engine.core.chart import Row
from engine.core.deadlines import Point
from engine.core.lawbook import Lawbook
from engine.core.running import running
from engine.core.snapshot import Record, Snapshot

WARNING = "warning"
REMEDIED = ("remedy_upheld", "remedy_revoked", "remedy_changed")
"""What may become of a reconsideration or a suit."""
REMEDY_PERIOD_OVER = "remedy_period_over"
"""The guard of rows that wait until the party can neither ask for reconsideration nor sue."""


def starts(term: str, snapshot: Snapshot, record: Record, row: Row | None, facts: Mapping[str, Any]) -> bool:
    """True when the term applies; `row` is None where it starts with the proceeding itself."""
    applies = _APPLIES.get(term)
    return applies is None or applies(snapshot, record, row, facts)


FROM_ITS_LAST_DAY = frozenset({"DL35"})
"""Terms that the law counts from the day on which another one ends (行政强制法 Art 53: 自期限届满之日起)."""


def starts_on(term: str, facts: Mapping[str, Any], legal: Point, ended: Point | None) -> Point:
    """The day that the term is counted from: of the row's own act, but for a hearing the day it is held.

    Where the law counts from the last day of another period, that is `ended`, however late the bell rings.
    """
    if term == "DL27" and facts.get("hearing_on"):
        return date.fromisoformat(facts["hearing_on"])
    return ended if ended is not None and term in FROM_ITS_LAST_DAY else legal


SHARED = ("DL37",)
"""Publishing a penalty is due of the penalty and of its flag alike, from the same day, and done for both at once."""


def shared_with(snapshot: Snapshot, record: Record, row: Row) -> list[str]:
    """The penalty proceedings whose publication is dealt with by this row of a flag."""
    if record.facts.get("flag_kind") != "penalty_publicity" or not set(SHARED) & set(row.settles):
        return []
    return [one.id for one in snapshot.proceedings.values() if one.chart == "penalty"]


PLACE_TAKEN = {"DL33": ("DL33.after_reconsideration",)}
"""The period to sue after a reconsideration takes the place of the one to sue directly (行政诉讼法 Art 45)."""


def settled_by(row: Row) -> tuple[str, ...]:
    """The terms that the row settles; what took the place of one of them ends with it."""
    return (*row.settles, *(term for name in row.settles for term in PLACE_TAKEN.get(name, ())))


def waits_for(row: Row) -> tuple[str, ...]:
    """The terms whose end lets the clock take the row."""
    expired = tuple(guard.argument for guard in row.guards if guard.name == "term_expired" and guard.argument)
    return expired or (settled_by(row) if row.guard(REMEDY_PERIOD_OVER) else ())


def ended_on(snapshot: Snapshot, record: Record, row: Row) -> Point | None:
    """The last day of the period whose end lets the clock take this row; None for rows of persons and of an act's day.

    Where the remedies have been decided no period of theirs runs: they ended on the day of the result.
    """
    if not row.by_clock_only or row.legal_date:
        return None
    proceeding = None if record is snapshot.main else record.id
    ended = [one.dates.due_effective for one in running(snapshot, proceeding, waits_for(row))]
    if not ended and row.guard(REMEDY_PERIOD_OVER):
        result = max(
            (record.acts[name].occurred_at for name in REMEDIED if name in record.acts), default=None
        )
        return civil_date(result) if result else None
    return max(ended, key=str, default=None)


def remedies_decided(record: Record) -> bool:
    """True when a reconsideration or suit was asked for and none waits for its result."""
    asked = record.last("record_remedy_application")
    return 0 <= asked < record.last(*REMEDIED)


def running_since(snapshot: Snapshot, term: str) -> date | datetime | None:
    """The day from which a shared term runs already on the finding; None for all others."""
    if term not in SHARED:
        return None
    started = [one.start for one in snapshot.deadlines if one.term == term and one.state == "running"]
    return started[-1] if started else None


@cache
def _extensions(terms: tuple[tuple[str, str | None, bool], ...]) -> dict[str, tuple[str, ...]]:
    known: dict[str, tuple[str, ...]] = {}
    for id, of, adds in terms:
        if of is not None and adds:
            known[of] = (*known.get(of, ()), id)
    return known


def extensions_of(law: Lawbook, term: str) -> tuple[str, ...]:
    """The terms that extend that one; they stand still and run on with it."""
    return _extensions(tuple((one.id, one.of, one.adds) for one in law.terms.values())).get(term, ())


def extension_length(law: Lawbook, row: Row, term: str, facts: Mapping[str, Any]) -> int:
    """What the row adds to the term: the length of the extension it starts, or the one the step states."""
    for name in row.opens:
        extension = law.terms[name]
        if extension.of == term and extension.adds:
            return int(facts.get("period_length") or 0) if extension.by_order else int(extension.value or 0)
    return 0


def _informant(_: Snapshot, record: Record, __: Row | None, facts: Mapping[str, Any]) -> bool:
    return facts.get("informant_named", record.facts.get("informant_named")) is True


def _fine(_: Snapshot, record: Record, __: Row | None, facts: Mapping[str, Any]) -> bool:
    return bool(facts.get("fine_fen", record.facts.get("fine_fen")))


def _to_be_public(_: Snapshot, record: Record, row: Row | None, facts: Mapping[str, Any]) -> bool:
    if record.chart == "credit_flag":
        return record.facts.get("flag_kind") == "penalty_publicity"
    money = facts.get("fine_fen") or facts.get("confiscation_fen")
    return bool(money) or set(facts.get("penalty_kinds", ())) != {WARNING}


def _abnormal(_: Snapshot, record: Record, row: Row | None, __: Mapping[str, Any]) -> bool:
    """Listing waits for the fact: the period runs from when it is verified."""
    return row is not None or record.facts.get("flag_kind") == "abnormal_list"


def _reconsidered(_: Snapshot, __: Record, ___: Row | None, facts: Mapping[str, Any]) -> bool:
    return facts.get("remedy_kind") == "reconsideration"


_APPLIES: dict[str, Callable[[Snapshot, Record, Row | None, Mapping[str, Any]], bool]] = {
    "DL30": _fine,
    "DL33.after_reconsideration": _reconsidered,
    "DL37": _to_be_public,
    "DL40": _informant,
    "DL41": _abnormal,
}
