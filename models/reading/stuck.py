"""Which open records lack a clock, an owner or a step that leads on: anti-joins and states named, never one by one."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Connection,
    Row,
    Select,
    and_,
    case,
    exists,
    false,
    func,
    literal,
    not_,
    or_,
    select,
    tuple_,
    union_all,
)

from engine.core.stuck import CLOCK, LACKS, OWNER, STEP
from engine.core.stuck import FINDING as FINDING_KIND
from models.reading.scope import Scope
from models.records import DEADLINE, FINDING, PROCEEDING, USER

LIVE = ("running", "suspended")

States = Mapping[str, Collection[str]]
"""Chart → states."""


@dataclass(frozen=True, slots=True)
class Measure:
    """What open records are held against.

    clocked: states in which a clock of the record itself runs or stands still. borne: states of a finding whose time
    its open proceedings bear; with none open, the sweep moves it on, and has had the time since `untouched_since`.
    ownerless, stepless: by department the states that nobody there owns, or leads on.
    """

    clocked: States
    borne: Collection[str]
    untouched_since: datetime
    ownerless: Mapping[str, States]
    stepless: Mapping[str, States]


def roles_held(connection: Connection, office_id: str) -> Sequence[tuple[str, Sequence[str]]]:
    """Department and roles of every enabled account."""
    found = select(USER.c.department, USER.c.roles).where(
        USER.c.office_id == office_id, not_(USER.c.disabled)
    )
    return [(row.department, row.roles) for row in connection.execute(found)]


def departments_with_open_findings(connection: Connection, seen: Scope) -> Sequence[str]:
    """The departments of which open findings are seen."""
    found = select(FINDING.c.department).where(seen(FINDING), not_(FINDING.c.closed))
    return connection.execute(found.distinct()).scalars().all()


def page_of_stuck(
    connection: Connection,
    seen: Scope,
    measure: Measure,
    departments: Sequence[str],
    lacks: str | None,
    after: tuple[str, str] | None,
    limit: int,
) -> Sequence[Row[Any]]:
    """The next records that lack something, oldest finding first and itself before its proceedings.

    Each with columns finding_id, proceeding_id ("" for the finding itself), ledger_no, department, chart, state and
    a 1 or 0 under each name of LACKS.
    """
    found = _lacking(seen, measure, departments).subquery()
    place = (found.c.finding_id, found.c.proceeding_id)
    told = (*place, found.c.ledger_no, found.c.department, found.c.chart, found.c.state)
    flags = {one: func.max(case((found.c.lacks == one, 1), else_=0)) for one in LACKS}
    asked = select(*told, *(flag.label(one) for one, flag in flags.items())).group_by(*told)
    if lacks is not None:
        asked = asked.having(flags[lacks] == 1)
    if after is not None:
        asked = asked.where(tuple_(*place) > tuple_(*map(literal, after)))
    return connection.execute(asked.order_by(*place).limit(limit)).all()


def count_of_stuck(connection: Connection, seen: Scope, measure: Measure, departments: Sequence[str]) -> int:
    """How many records lack something, each counted once."""
    found = _lacking(seen, measure, departments).subquery()
    records = select(found.c.finding_id, found.c.proceeding_id).distinct().subquery()
    return int(connection.execute(select(func.count()).select_from(records)).scalar_one())


def stuck_by_lack(
    connection: Connection, seen: Scope, measure: Measure, departments: Sequence[str]
) -> dict[str, int]:
    """How many records lack each thing; one that lacks two counts under both."""
    found = _lacking(seen, measure, departments).subquery()
    counted: Any = select(found.c.lacks, func.count()).group_by(found.c.lacks)
    return dict.fromkeys(LACKS, 0) | dict(connection.execute(counted).all())


def _lacking(seen: Scope, measure: Measure, departments: Sequence[str]) -> CompoundSelect[Any]:
    """One row for each record and each thing that it lacks."""
    parts = [
        _findings(CLOCK, seen, departments, _without_clock(measure)),
        _findings(CLOCK, seen, departments, _left_by_the_sweep(measure)),
        *(
            _proceedings(CLOCK, seen, departments, _in_state(kind, states), ~_live_of_proceeding())
            for kind, states in _kinds(measure.clocked)
        ),
        *_by_states(OWNER, seen, departments, measure.ownerless),
        *_by_states(STEP, seen, departments, measure.stepless),
    ]
    return union_all(*parts)


def _without_clock(measure: Measure) -> ColumnElement[bool]:
    states = measure.clocked.get(FINDING_KIND, ())
    return and_(FINDING.c.state.in_(sorted(states)), ~_live_of_finding())


def _left_by_the_sweep(measure: Measure) -> ColumnElement[bool]:
    columns = FINDING.c
    stands_open = exists().where(PROCEEDING.c.finding_id == columns.id, PROCEEDING.c.open)
    # When it was last touched stands in the row itself: asked last, so that the index tells of nearly all.
    left = case(
        (or_(_live_of_finding(), stands_open), false()), else_=columns.recorded_at <= measure.untouched_since
    )
    return and_(columns.state.in_(sorted(measure.borne)), left)


def _live_of_finding() -> ColumnElement[bool]:
    columns = DEADLINE.c
    return exists().where(
        columns.finding_id == FINDING.c.id, columns.proceeding_id.is_(None), columns.state.in_(LIVE)
    )


def _live_of_proceeding() -> ColumnElement[bool]:
    columns = DEADLINE.c
    return exists().where(
        columns.finding_id == PROCEEDING.c.finding_id,
        columns.proceeding_id == PROCEEDING.c.id,
        columns.state.in_(LIVE),
    )


def _by_states(
    lacks: str, seen: Scope, departments: Sequence[str], places: Mapping[str, States]
) -> Iterator[Select[Any]]:
    """The records in those states: departments that lack the same are asked for together."""
    alike: dict[tuple[str, tuple[str, ...]], list[str]] = {}
    for code, states_of in places.items():
        for chart, states in states_of.items():
            alike.setdefault((chart, tuple(sorted(states))), []).append(code)
    for (chart, states), codes in sorted(alike.items()):
        there = FINDING.c.department.in_(sorted(codes))
        if chart == FINDING_KIND:
            yield _findings(lacks, seen, departments, and_(there, FINDING.c.state.in_(states)))
        else:
            yield _proceedings(lacks, seen, departments, _in_state(chart, states), there)


def _kinds(states: States) -> list[tuple[str, Collection[str]]]:
    return [(kind, states[kind]) for kind in sorted(states) if kind != FINDING_KIND]


def _in_state(kind: str, states: Collection[str]) -> ColumnElement[bool]:
    return and_(PROCEEDING.c.kind == kind, PROCEEDING.c.state.in_(sorted(states)))


def _findings(lacks: str, seen: Scope, departments: Sequence[str], which: ColumnElement[bool]) -> Select[Any]:
    columns = FINDING.c
    return select(
        literal(lacks).label("lacks"),
        columns.id.label("finding_id"),
        literal("").label("proceeding_id"),
        columns.ledger_no,
        columns.department,
        literal(FINDING_KIND).label("chart"),
        columns.state,
    ).where(seen(FINDING), not_(FINDING.c.closed), FINDING.c.department.in_(departments), which)


def _proceedings(
    lacks: str, seen: Scope, departments: Sequence[str], *which: ColumnElement[bool]
) -> Select[Any]:
    columns = PROCEEDING.c
    return (
        select(
            literal(lacks).label("lacks"),
            columns.finding_id,
            columns.id.label("proceeding_id"),
            FINDING.c.ledger_no,
            FINDING.c.department,
            columns.kind.label("chart"),
            columns.state,
        )
        .select_from(PROCEEDING.join(FINDING, FINDING.c.id == columns.finding_id))
        .where(
            seen(FINDING),
            columns.office_id == FINDING.c.office_id,
            FINDING.c.department.in_(departments),
            *which,
        )
    )
