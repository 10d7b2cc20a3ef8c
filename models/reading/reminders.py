"""Which notices are told to a person, those of what they handle first, then the newest; and that one was seen."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    and_,
    case,
    false,
    literal,
    or_,
    select,
    tuple_,
    update,
)

from engine.core.commands import Principal
from models.reading.findings import spellings
from models.reading.scope import Scope
from models.records import FINDING, INSPECTION, NOTICE

HANDLERS_ROLE = "case_officer"
"""What is told to this role of a department is told to the finding's handler first, whatever roles that person has."""
SUPERVISING = ("supervisor", "lead_office")
"""The role that supervises every department, and the department it is told things in."""

Place = tuple[int, datetime, str]
"""Where a page of notices ended: whether the reader handles the finding, when it was told, and its key."""


def page_of_notices(
    connection: Connection,
    seen: Scope,
    who: Principal,
    of_the_office: Collection[str],
    told_otherwise: Collection[str],
    done: bool,
    after: Place | None,
    limit: int,
) -> Sequence[Row[Any]]:
    """The next notices told to this person about what they may see, with `mine` 1 where they handle the finding.

    told_otherwise: kinds that are left out. of_the_office: the kinds that are about no record; a notice of another
    kind that names neither a finding nor an inspection is shown to nobody: it may be about a criminal referral.
    """
    columns = NOTICE.c
    found = _told(seen, who, of_the_office).where(
        columns.done.is_(done), columns.kind.not_in(sorted(told_otherwise))
    )
    keys = (_mine(who), columns.recorded_at, columns.natural_key)
    if after is not None:
        place = (literal(after[0]), literal(after[1], columns.recorded_at.type), literal(after[2]))
        found = found.where(tuple_(*keys) < tuple_(*place))
    return connection.execute(found.order_by(*(key.desc() for key in keys)).limit(limit)).all()


def told_notice(
    connection: Connection, seen: Scope, who: Principal, of_the_office: Collection[str], key: str
) -> Row[Any] | None:
    """The notice of that key, if it was told to this person."""
    found = _told(seen, who, of_the_office).where(NOTICE.c.natural_key == key)
    return connection.execute(found).one_or_none()


def mark_seen(connection: Connection, key: str, login: str, now: datetime) -> bool:
    """The notice is done; False, and nothing changed, when somebody had seen it before."""
    open_one = and_(NOTICE.c.natural_key == key, NOTICE.c.done.is_(False))
    changed = update(NOTICE).where(open_one).values(done=True, done_by=login, done_at=now)
    return bool(connection.execute(changed).rowcount)


def _told(seen: Scope, who: Principal, of_the_office: Collection[str]) -> Select[Any]:
    finding = FINDING.c
    lights = (finding[name] for name in ("yellow_at", "red_at", "overdue_at", "severe_at", "due_effective"))
    found = select(NOTICE, _mine(who).label("mine"), finding.ledger_no, finding.item, finding.closed, *lights)
    found = found.select_from(
        NOTICE.outerjoin(FINDING, finding.id == NOTICE.c.finding_id).outerjoin(
            INSPECTION, INSPECTION.c.id == NOTICE.c.inspection_id
        )
    )
    return found.where(seen(NOTICE), _to(who), _shown(seen, of_the_office))


def _to(who: Principal) -> ColumnElement[bool]:
    """True for what is told to a role that the person has in that department."""
    columns = NOTICE.c
    told: list[ColumnElement[bool]] = [false()]
    if who.department is not None:
        told.append(
            and_(
                columns.department == who.department,
                or_(columns.role.in_(sorted(who.roles)), _mine(who) == 1),
            )
        )
    role, department = SUPERVISING
    if role in who.roles:
        told.append(and_(columns.department == department, columns.role == role))
    return or_(*told)


def _mine(who: Principal) -> ColumnElement[int]:
    """1 where the notice is the case officer's and the person handles the finding, else 0."""
    handles = and_(NOTICE.c.role == HANDLERS_ROLE, FINDING.c.handler.in_(spellings(who.login)))
    return case((handles, 1), else_=0)


def _shown(seen: Scope, of_the_office: Collection[str]) -> ColumnElement[bool]:
    columns = NOTICE.c
    alone = and_(columns.finding_id.is_(None), columns.inspection_id.is_(None))
    return or_(
        and_(columns.finding_id.is_not(None), seen(FINDING)),
        and_(columns.finding_id.is_(None), columns.inspection_id.is_not(None), seen(INSPECTION)),
        and_(alone, columns.kind.in_(sorted(of_the_office))),
    )
