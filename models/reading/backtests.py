"""What back-tests found: counted, paged, filtered and sorted by the database, each within what the reader sees."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Row,
    and_,
    case,
    cast,
    distinct,
    exists,
    func,
    literal,
    not_,
    select,
    tuple_,
)

from models.backtesting import CHANGE, CRIMINAL, RUN, TURN
from models.reading.scope import Scope
from models.records import FINDING, PARTY

BANDS = {"under_10000": 10_000_00, "under_50000": 50_000_00, "under_250000": 250_000_00}
"""Bands of money by the sum they stay below, in fen; above them is `from_250000`, and `none` where none is known."""
GROUPS_MOST = 100
"""More groups than this are not told; the largest come first."""


@dataclass(frozen=True, slots=True)
class ChangeFilter:
    """What a list of changes is asked for; a route or flag is named with what happens to it."""

    route_from: str | None = None
    route_to: str | None = None
    flag: str | None = None
    department: str | None = None
    domain: str | None = None


def page_of_runs(
    connection: Connection, office_id: str, after: tuple[datetime, str] | None, limit: int
) -> Sequence[Row[Any]]:
    """The next runs of the office, newest first."""
    asked = select(RUN).where(RUN.c.office_id == office_id)
    if after is not None:
        place = tuple_(literal(after[0], RUN.c.started_at.type), literal(after[1]))
        asked = asked.where(tuple_(RUN.c.started_at, RUN.c.id) < place)
    return connection.execute(asked.order_by(RUN.c.started_at.desc(), RUN.c.id.desc()).limit(limit)).all()


def changes_by_run(connection: Connection, seen: Scope, ids: Sequence[str]) -> dict[str, int]:
    """How many seen findings each of these runs would change."""
    counted: Any = (
        select(CHANGE.c.run_id, func.count())
        .select_from(_BESIDE_FINDINGS)
        .where(CHANGE.c.run_id.in_(ids), seen(FINDING))
        .group_by(CHANGE.c.run_id)
    )
    return dict(connection.execute(counted).all())


def run_of_office(connection: Connection, office_id: str, id: str) -> Row[Any] | None:
    """The run of that id, if the office has it."""
    return connection.execute(select(RUN).where(RUN.c.id == id, RUN.c.office_id == office_id)).one_or_none()


def page_of_changes(
    connection: Connection, seen: Scope, run_id: str, asked: ChangeFilter, after: str, limit: int
) -> Sequence[Row[Any]]:
    """The next changes of a run that match and are seen, in the order of the findings' ids, with ledger numbers and parties."""
    page: Any = (
        select(CHANGE, FINDING.c.ledger_no, PARTY.c.name.label("party"))
        .select_from(_BESIDE_FINDINGS.join(PARTY, PARTY.c.id == CHANGE.c.party_id))
        .where(CHANGE.c.run_id == run_id, CHANGE.c.finding_id > after, seen(FINDING), *_matching(asked))
    )
    return connection.execute(page.order_by(CHANGE.c.finding_id).limit(limit)).all()


def disagreements(connection: Connection, run_id: str, limit: int) -> Sequence[Row[Any]]:
    """Changes over which the two evaluators differ, in the order of the findings' ids."""
    asked: Any = select(CHANGE.c.finding_id, CHANGE.c.disagreement).where(
        CHANGE.c.run_id == run_id, not_(CHANGE.c.agreed)
    )
    return connection.execute(asked.order_by(CHANGE.c.finding_id).limit(limit)).all()


def _matching(asked: ChangeFilter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [
        CHANGE.c[name] == getattr(asked, name)
        for name in ("department", "domain")
        if getattr(asked, name) is not None
    ]
    if asked.route_from is not None:
        conditions.append(_turned("route", asked.route_from, "lost"))
    if asked.route_to is not None:
        conditions.append(_turned("route", asked.route_to, "gained"))
    if asked.flag is not None:
        conditions.append(_turned("flag", asked.flag, None))
    return conditions


def _turned(subject: str, code: str, turn: str | None) -> ColumnElement[bool]:
    columns = TURN.c
    wanted = and_(
        columns.run_id == CHANGE.c.run_id,
        columns.finding_id == CHANGE.c.finding_id,
        columns.subject == subject,
        columns.code == code,
    )
    return exists().where(wanted if turn is None else and_(wanted, columns.turn == turn))


_BESIDE_FINDINGS = CHANGE.join(FINDING, FINDING.c.id == CHANGE.c.finding_id)
_FIGURES: tuple[ColumnElement[Any], ...] = (
    func.count(distinct(CHANGE.c.finding_id)).label("findings"),
    func.count(distinct(CHANGE.c.party_id)).label("parties"),
    cast(func.coalesce(func.sum(CHANGE.c.fine_fen), 0), BigInteger).label("fine_fen"),
    cast(func.coalesce(func.sum(CHANGE.c.amount_fen), 0), BigInteger).label("amount_fen"),
)


def figures_of(connection: Connection, run_id: str) -> Mapping[str, Any]:
    """Findings that change, their parties and money, and over how many of them the evaluators differ."""
    differ = cast(func.coalesce(func.sum(case((CHANGE.c.agreed, 0), else_=1)), 0), BigInteger)
    asked = select(*_FIGURES, differ.label("disagreements")).where(CHANGE.c.run_id == run_id)
    return dict(connection.execute(asked).one()._mapping)


def grouped(connection: Connection, run_id: str, by: str) -> Sequence[Row[Any]]:
    """The same figures for each `turn`, pair of `routes`, `department`, `domain`, band of `money` and `party`."""
    columns, source = _GROUPS[by]
    asked = select(*columns, *_FIGURES).select_from(source).where(CHANGE.c.run_id == run_id)
    order = (func.count(distinct(CHANGE.c.finding_id)).desc(), *columns)
    return connection.execute(asked.group_by(*columns).order_by(*order).limit(GROUPS_MOST)).all()


def seen_groups(connection: Connection, seen: Scope, run_id: str, by: str) -> Sequence[Row[Any]]:
    """How many of the seen findings change in each `turn`, `department` or other group, the most first."""
    columns, source = _GROUPS[by]
    count = func.count(distinct(CHANGE.c.finding_id))
    asked: Any = (
        select(*columns, count.label("findings"))
        .select_from(source.join(FINDING, FINDING.c.id == CHANGE.c.finding_id))
        .where(CHANGE.c.run_id == run_id, seen(FINDING))
    )
    return connection.execute(
        asked.group_by(*columns).order_by(count.desc(), *columns).limit(GROUPS_MOST)
    ).all()


def _band() -> ColumnElement[str]:
    larger = case((CHANGE.c.fine_fen > CHANGE.c.amount_fen, CHANGE.c.fine_fen), else_=CHANGE.c.amount_fen)
    bands = [(larger < below, literal(name)) for name, below in BANDS.items()]
    return case((larger == 0, literal("none")), *bands, else_=literal("from_250000"))


_GROUPS: dict[str, tuple[tuple[ColumnElement[Any], ...], Any]] = {
    "turn": (
        (TURN.c.subject, TURN.c.code, TURN.c.turn),
        CHANGE.join(TURN, and_(TURN.c.run_id == CHANGE.c.run_id, TURN.c.finding_id == CHANGE.c.finding_id)),
    ),
    "routes": ((CHANGE.c.routes_from, CHANGE.c.routes_to), CHANGE),
    "department": ((CHANGE.c.department,), CHANGE),
    "domain": ((CHANGE.c.domain,), CHANGE),
    "money": ((_band().label("band"),), CHANGE),
    "party": ((CHANGE.c.party_id, PARTY.c.name), CHANGE.join(PARTY, PARTY.c.id == CHANGE.c.party_id)),
}


def criminal_changes(connection: Connection, run_id: str) -> tuple[int, int]:
    """Findings whose confidential part would change, and over how many of them the evaluators differ."""
    differ = func.coalesce(func.sum(case((CRIMINAL.c.agreed, 0), else_=1)), 0)
    row = connection.execute(select(func.count(), differ).where(CRIMINAL.c.run_id == run_id)).one()
    return int(row[0]), int(row[1])
