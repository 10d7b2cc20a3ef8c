"""A person's work: which of the findings that wait are asked for, how many, in which order, and what was done last."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    String,
    and_,
    cast,
    exists,
    false,
    func,
    literal,
    or_,
    select,
    tuple_,
)

from models.reading.findings import FindingFilter, matching, spellings
from models.reading.lights import Position, finding_burns, finding_light
from models.reading.scope import Scope
from models.records import ENTRY, FINDING, PARTY, PAYLOAD, PROCEEDING

DUE = "due"
HANDLED, BY_ROLE = "handled", "role"
_PARTY_NAME = select(PARTY.c.name).where(PARTY.c.id == FINDING.c.party_id).scalar_subquery()
SORTS: Mapping[str, tuple[ColumnElement[str], bool]] = {
    "number": (func.coalesce(func.substr(FINDING.c.ledger_no, 1, 60), ""), False),
    "party": (func.coalesce(_PARTY_NAME, ""), False),
    "item": (FINDING.c.item, False),
    "discovered": (cast(FINDING.c.discovered_at, String), True),
}
"""Order → what is compared, and whether the greatest comes first; `due` is the order of every list."""


@dataclass(frozen=True, slots=True)
class WorkFilter:
    """What of a person's work is asked for; `states` are (chart, state) pairs of which one must hold, None for any."""

    words: FindingFilter
    states: tuple[tuple[str, str], ...] | None = None
    due_from: date | None = None
    due_to: date | None = None
    whose: str | None = None


def narrowed(asked: WorkFilter, handles_for: Collection[str]) -> list[ColumnElement[bool]]:
    """The filter as conditions on the finding, without whose work it is."""
    columns, conditions = FINDING.c, matching(asked.words)
    if asked.states is not None:
        conditions.append(_in_states(asked.states))
    if asked.due_from is not None:
        conditions.append(columns.due_effective >= asked.due_from.isoformat())
    if asked.due_to is not None and asked.due_to != date.max:
        conditions.append(columns.due_effective < (asked.due_to + timedelta(days=1)).isoformat())
    if asked.whose is not None:
        mine = _handled(handles_for)
        conditions.append(mine if asked.whose == HANDLED else or_(columns.handler.is_(None), ~mine))
    return conditions


def _in_states(states: Sequence[tuple[str, str]]) -> ColumnElement[bool]:
    own = [state for chart, state in states if chart == "finding"]
    opened = [f"{chart} {state}" for chart, state in states if chart != "finding"]
    found: list[ColumnElement[bool]] = [FINDING.c.state.in_(own)] if own else []
    if opened:
        columns = PROCEEDING.c
        found.append(
            exists().where(
                columns.finding_id == FINDING.c.id,
                columns.open,
                (columns.kind + " " + columns.state).in_(opened),
            )
        )
    return or_(*found) if found else false()


def _handled(handles_for: Collection[str]) -> ColumnElement[bool]:
    return FINDING.c.handler.in_(spellings(*handles_for))


def lights_of(
    connection: Connection,
    seen: Scope,
    conditions: Sequence[ColumnElement[bool]],
    handles_for: Collection[str],
    as_of: datetime,
) -> dict[tuple[str, bool], int]:
    """How many seen findings of these conditions show each light, apart by whether the person handles them."""
    light = finding_light(as_of).label("light")
    mine = func.coalesce(_handled(handles_for), false()).label("mine")
    counted: Any = select(light, mine, func.count()).where(seen(FINDING), *conditions).group_by(light, mine)
    return {(row[0], bool(row[1])): int(row[2]) for row in connection.execute(counted)}


def sorted_places(
    connection: Connection,
    conditions: Sequence[ColumnElement[bool]],
    lights: Sequence[str],
    as_of: datetime,
    sort: str,
    after: Position | None,
    limit: int,
) -> list[Position]:
    """Up to `limit` places after that one, in one of the orders of SORTS and then by id, whatever their light.

    What waits for one person is bounded by that person, so that sorting it is too.
    """
    key, falling = SORTS[sort]
    asked = select(key.label("key"), FINDING.c.id).where(
        or_(*(finding_burns(light, as_of) for light in lights)), *conditions
    )
    if after is not None:
        said, id = literal(after[2]), literal(after[3])
        beyond = key < said if falling else key > said
        asked = asked.where(or_(beyond, and_(key == said, FINDING.c.id > id)))
    ordered = asked.order_by(key.desc() if falling else key, FINDING.c.id).limit(limit)
    return [(lights[0], "", row.key, row.id) for row in connection.execute(ordered)]


def open_proceedings(connection: Connection, ids: Sequence[str]) -> Sequence[Row[Any]]:
    """The open proceedings of these findings, in the order they were opened: finding_id, id, kind, state."""
    columns = PROCEEDING.c
    asked: Any = select(columns.finding_id, columns.id, columns.kind, columns.state)
    asked = asked.where(columns.finding_id.in_(ids), columns.open)
    return connection.execute(asked.order_by(columns.finding_id, columns.ordinal, columns.id)).all()


def latest_entries(
    connection: Connection, ids: Sequence[str], not_by: Collection[str], trigger: str | None = None
) -> Mapping[str, Row[Any]]:
    """The latest entry of each finding that none of these accounts made, with what it says while that is kept; with a
    trigger, the latest of that kind."""
    columns = ENTRY.c
    latest = select(columns.record_id, func.max(columns.sequence).label("sequence"))
    latest = latest.where(columns.record_id.in_(ids), columns.by.not_in(sorted(not_by)))
    if trigger is not None:
        latest = latest.where(columns.trigger == trigger)
    newest = latest.group_by(columns.record_id).subquery()
    asked: Any = (
        select(ENTRY, PAYLOAD.c.body)
        .join(
            newest,
            tuple_(columns.record_id, columns.sequence) == tuple_(newest.c.record_id, newest.c.sequence),
        )
        .outerjoin(
            PAYLOAD, and_(PAYLOAD.c.record_id == columns.record_id, PAYLOAD.c.sequence == columns.sequence)
        )
    )
    return {row.record_id: row for row in connection.execute(asked)}
