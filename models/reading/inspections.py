"""Which inspections match a filter, newest first, and how their publication stands."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    and_,
    case,
    func,
    literal,
    literal_column,
    not_,
    null,
    or_,
    select,
    tuple_,
)

from models.reading import led
from models.reading.scope import Scope
from models.reading.tallied import INSPECTION_STATE, summed
from models.reading.unled import aside
from models.records import FINDING, INSPECTION, PARTY
from models.second_wall import as_house

WITHHELD_STATES = ("withheld", "deferred")
PUBLICATIONS = ("due", "late", "done", "withheld")
FEW = ("due", "late", "withheld")
"""Of these the inspections that stand so are few, and have indexes of their own."""
_STATES: list[ColumnElement[str]] = [literal_column(f"'{state}'") for state in WITHHELD_STATES]
PUBLISHED = "published"
_NOT_PUBLISHED = INSPECTION.c.state != literal_column(f"'{PUBLISHED}'")
"""Said as the index of those few has it."""
_UNPUBLISHED = INSPECTION.c.published_on.is_(None)
_NOT_PUBLIC = and_(_UNPUBLISHED, INSPECTION.c.state.not_in(_STATES))
_WITHHELD = and_(_UNPUBLISHED, INSPECTION.c.state.in_(_STATES))

Place = tuple[datetime, str]
"""Where a page of inspections ended: finished_at and id."""


@dataclass(frozen=True, slots=True)
class InspectionFilter:
    """What a list of inspections is asked for; `publication` and `result` are codes of the contract."""

    department: str | None = None
    party: str | None = None
    plan: str | None = None
    task: str | None = None
    result: str | None = None
    publication: str | None = None
    finished_from: datetime | None = None
    finished_before: datetime | None = None
    state: str | None = None


def page_of_inspections(
    connection: Connection,
    seen: Scope,
    asked: InspectionFilter,
    today: date,
    after: Place | None,
    limit: int,
    among: ColumnElement[bool] | None = None,
    rare: bool = False,
) -> Sequence[Row[Any]]:
    """The next inspections that match, are seen and are `among` those (`rare` ones: an index of their own finds
    them), newest first, with `publication` as of that day."""
    columns, looked_up = INSPECTION.c, list[ColumnElement[bool]]()
    rare = rare or bool(asked.party or asked.plan or asked.task or asked.publication in FEW)
    rare = rare or asked.state not in (None, PUBLISHED)
    if asked.result is not None and not rare:
        rare, looked_up = _by_result(connection, seen, asked.department, asked.result)
    found = select(INSPECTION, publication(today).label("publication")).where(
        (aside(seen) if rare else seen)(INSPECTION),
        *matching(asked, today),
        *looked_up,
        *(() if among is None else (among,)),
    )
    if after is not None:
        found = found.where(
            tuple_(columns.finished_at, columns.id)
            < tuple_(literal(after[0], columns.finished_at.type), literal(after[1]))
        )
    found = found.order_by(columns.finished_at.desc(), columns.id.desc()).limit(limit)
    return connection.execute(found).all()


def _by_result(
    connection: Connection, seen: Scope, department: str | None, code: str
) -> tuple[bool, list[ColumnElement[bool]]]:
    """True with what a few inspections with that result are looked up by; else the time in which all of them lie."""
    there = led.to_result(connection, seen, department, code)
    if there.count <= led.FEW:
        return True, [INSPECTION.c.id.in_(there.ids)]
    [span] = there.spans
    first, last = (datetime.fromisoformat(day).replace(tzinfo=UTC) for day in span)
    return False, [INSPECTION.c.finished_at >= first, INSPECTION.c.finished_at < last + timedelta(days=1)]


def matching(asked: InspectionFilter, today: date) -> list[ColumnElement[bool]]:
    """The filter as conditions on the inspection."""
    columns = INSPECTION.c
    given = {"department": "department", "party": "party_id", "plan": "plan_no", "task": "task_no"}
    conditions: list[ColumnElement[bool]] = [
        columns[column] == getattr(asked, name)
        for name, column in given.items()
        if getattr(asked, name) is not None
    ]
    if asked.result is not None:
        conditions.append(_has_result(asked.result))
    if asked.publication is not None:
        conditions.append(in_publication(asked.publication, today))
    if asked.state is not None:
        conditions.append(columns.state == asked.state)
        conditions += [] if asked.state == PUBLISHED else [_NOT_PUBLISHED]
    if asked.finished_from is not None:
        conditions.append(columns.finished_at >= asked.finished_from)
    if asked.finished_before is not None:
        conditions.append(columns.finished_at < asked.finished_before)
    return conditions


def by_state(connection: Connection, seen: Scope, asked: InspectionFilter, today: date) -> dict[str, int]:
    """State → how many inspections that are seen and match stand in it; the filter names a department and a time.

    Those that are published are told by the tally; all others, which stay few, are counted.
    """
    span = (asked.finished_from, asked.finished_before)
    published = summed(connection, seen, asked.department, *span, INSPECTION_STATE, "value")
    state: Any = INSPECTION.c.state
    counted = select(state, func.count()).where(
        aside(seen)(INSPECTION), _NOT_PUBLISHED, *matching(asked, today)
    )
    return dict(published) | {str(row[0]): int(row[1]) for row in connection.execute(counted.group_by(state))}


def _has_result(code: str) -> ColumnElement[bool]:
    """True when the code is one of the words of `result_text`, whatever stands between them."""
    spaced = func.replace(func.replace(INSPECTION.c.result_text, ",", " "), ";", " ")
    return (" " + spaced + " ").contains(f" {code} ", autoescape=True)


def publication(today: date) -> ColumnElement[str]:
    """How the publication of each inspection stands: done, withheld (or deferred), late, else due."""
    columns = INSPECTION.c
    return case(
        (columns.published_on.is_not(None), literal("done")),
        (columns.state.in_(WITHHELD_STATES), literal("withheld")),
        (columns.publication_due_on < today, literal("late")),
        else_=literal("due"),
    )


def in_publication(name: str, today: date) -> ColumnElement[bool]:
    """True of the inspections whose publication stands so, said as the indexes of the few have it."""
    due = INSPECTION.c.publication_due_on
    if name == "done":
        return INSPECTION.c.published_on.is_not(None)
    if name == "withheld":
        return _WITHHELD
    return and_(_NOT_PUBLIC, due < today if name == "late" else or_(due.is_(None), due >= today))


def seen_inspection(connection: Connection, seen: Scope, id: str) -> Row[Any] | None:
    """The inspection, if it exists and is seen."""
    return connection.execute(select(INSPECTION).where(INSPECTION.c.id == id, seen(INSPECTION))).one_or_none()


def inspections_by_id(connection: Connection, ids: Sequence[str], today: date) -> list[Row[Any]]:
    """These inspections in the order named, with `publication` as of that day."""
    asked = select(INSPECTION, publication(today).label("publication")).where(INSPECTION.c.id.in_(ids))
    rows = {row.id: row for row in connection.execute(asked)}
    return [rows[id] for id in ids]


def named_inspections(connection: Connection, seen: Scope, ids: Iterable[str]) -> dict[str, Row[Any]]:
    """Task number as `ledger_no`, no `item`, and party of those of these inspections that are seen, by id."""
    named: Any = select(
        INSPECTION.c.id,
        INSPECTION.c.task_no.label("ledger_no"),
        null().label("item"),
        PARTY.c.name.label("party"),
    )
    asked = named.join(PARTY, PARTY.c.id == INSPECTION.c.party_id).where(
        INSPECTION.c.id.in_([*ids]), seen(INSPECTION)
    )
    return {row.id: row for row in connection.execute(asked)}


def findings_of_inspections(connection: Connection, seen: Scope, ids: Sequence[str]) -> Sequence[Row[Any]]:
    """The seen findings of these inspections, oldest first: inspection, id, state, closed."""
    columns = [FINDING.c[name] for name in _OF_AN_INSPECTION]
    # The inspection is looked for first and what is seen chosen from that: a department has far more findings.
    found: Any = select(*columns).where(FINDING.c.inspection_id.in_(ids)).cte("found")
    found = found.prefix_with("MATERIALIZED")
    asked: Any = select(found.c.inspection_id, found.c.id, found.c.state, found.c.closed)
    return connection.execute(asked.where(seen(found)).order_by(found.c.id)).all()


_OF_AN_INSPECTION = ("inspection_id", "id", "state", "closed", "office_id", "department")


def has_open_finding(connection: Connection, inspection_id: str) -> bool:
    """True while some finding of the inspection, seen or not, is not closed."""
    asked = select(FINDING.c.id).where(FINDING.c.inspection_id == inspection_id, not_(FINDING.c.closed))
    with as_house(connection):
        return connection.execute(asked.limit(1)).first() is not None
