"""Which notices are told to a person, those of what they handle first, then the newest; and that one was seen."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    and_,
    case,
    literal,
    not_,
    or_,
    select,
    tuple_,
    update,
)

from engine.core.commands import HANDLERS_ROLE, Principal
from models.reading.findings import spellings
from models.reading.scope import Scope
from models.records import FINDING, INSPECTION, NOTICE

SUPERVISING = ("supervisor", "lead_office")
"""The role that supervises every department, and the department it is told things in."""

MINE = ""
"""The stream of what is told about findings that the reader handles; the others are named by department and role."""

Place = tuple[str, datetime, str]
"""Where a page of notices ended: in which stream, when it was told, and its key."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a list of notices is asked for.

    of_the_office: the kinds that are about no record; a notice of another kind that names neither a finding nor an
    inspection is shown to nobody: it may be about a criminal referral. left_out: kinds that are not listed.
    """

    who: Principal
    of_the_office: Collection[str]
    left_out: Collection[str] = ()
    done: bool = False


def page_of_notices(
    connection: Connection, seen: Scope, asked: Asked, after: Place | None, limit: int
) -> list[tuple[str, Row[Any]]]:
    """The next notices told to this person about what they may see, each with its stream.

    First those about findings that they handle, then the newest. Each role of a department is a stretch of the index
    of its own, so a page costs the same however many notices wait; at one instant the streams stand one after another.
    """
    found: list[tuple[str, Row[Any]]] = []
    if after is None or after[0] == MINE:
        found = [(MINE, row) for row in _stream(connection, asked, _of_mine(seen, asked.who), after, limit)]
    if len(found) >= limit:
        return found
    others: list[tuple[float, int, Row[Any]]] = []
    streams = sorted(_posts(asked.who))
    reached = _reached(streams, after)
    for place, post in enumerate(streams):
        begun = None if after is None or after[0] == MINE else _begun(after, place, reached)
        rows = _stream(connection, asked, _of_post(seen, asked, *post), begun, limit - len(found))
        others += [(-row.recorded_at.timestamp(), place, row) for row in rows]
    others.sort(key=lambda one: one[:2])  # stable: within a stream the order is the database's
    return found + [(stream_name(*streams[place]), row) for _, place, row in others[: limit - len(found)]]


def stream_name(department: str, role: str) -> str:
    """How a place names the stream of a role of a department."""
    return f"{department}:{role}"


def _posts(who: Principal) -> set[tuple[str, str]]:
    """The department and role of everything that is told to the person."""
    posts = {(who.department, role) for role in who.all_roles} if who.department is not None else set()
    return posts | ({(SUPERVISING[1], SUPERVISING[0])} if SUPERVISING[0] in who.roles else set())


def _reached(streams: Sequence[tuple[str, str]], after: Place | None) -> int:
    names = [stream_name(*one) for one in streams]
    return names.index(after[0]) if after is not None and after[0] in names else len(names)


def _begun(after: Place, place: int, reached: int) -> tuple[str, datetime, str | None]:
    """Where the stream goes on: what stands before the place of that instant was shown, what stands after it was not."""
    name, told_at, key = after
    if place == reached:
        return name, told_at, key
    return (name, told_at, None) if place > reached else (name, told_at, "")


def _stream(
    connection: Connection,
    asked: Asked,
    of_stream: ColumnElement[bool],
    after: tuple[str, datetime, str | None] | None,
    limit: int,
) -> Sequence[Row[Any]]:
    columns = NOTICE.c
    found = _beside_findings(asked.who).where(
        of_stream, columns.done.is_(asked.done), columns.kind.not_in(sorted(asked.left_out))
    )
    if after is not None:
        told_at, key = literal(after[1], columns.recorded_at.type), after[2]
        if key is None:
            found = found.where(columns.recorded_at <= told_at)
        else:
            found = found.where(
                tuple_(columns.recorded_at, columns.natural_key) < tuple_(told_at, literal(key))
            )
    newest = (columns.recorded_at.desc(), columns.natural_key.desc())
    return connection.execute(found.order_by(*newest).limit(limit)).all()


def _of_mine(seen: Scope, who: Principal) -> ColumnElement[bool]:
    """What is told the case officer of a finding that the person handles, found from those findings.

    Department, role and scope are said so that no database enters an index by them: all that was told to the role, or
    all findings of the department, would be read.
    """
    handled = select(FINDING.c.id).where(_handled_by(who))
    told = and_(NOTICE.c.department + "" == who.department, NOTICE.c.role + "" == HANDLERS_ROLE)
    return and_(NOTICE.c.finding_id.in_(handled), told, case((seen(FINDING), 1), else_=0) == 1)


def _of_post(
    seen: Scope, asked: Asked, department: str, role: str, *, mine_too: bool = False
) -> ColumnElement[bool]:
    """What is told to the role of the department, without what `_of_mine` finds unless that is wanted too."""
    post = and_(
        seen(NOTICE),
        NOTICE.c.department == department,
        NOTICE.c.role == role,
        _shown(seen, asked.of_the_office),
    )
    if role != HANDLERS_ROLE or mine_too:
        return post
    return and_(post, or_(FINDING.c.handler.is_(None), not_(_handled_by(asked.who))))


def _handled_by(who: Principal) -> ColumnElement[bool]:
    return FINDING.c.handler.in_(spellings(*who.handles_for))


def told_notice(connection: Connection, seen: Scope, asked: Asked, key: str) -> Row[Any] | None:
    """The notice of that key, seen or not, if it was told to this person."""
    posts = (_of_post(seen, asked, *post, mine_too=True) for post in sorted(_posts(asked.who)))
    told = or_(_of_mine(seen, asked.who), *posts)
    found = _beside_findings(asked.who).where(NOTICE.c.natural_key == key, told)
    return connection.execute(found).one_or_none()


def mark_seen(connection: Connection, key: str, login: str, now: datetime) -> bool:
    """The notice is done; False, and nothing changed, when somebody had seen it before."""
    open_one = and_(NOTICE.c.natural_key == key, NOTICE.c.done.is_(False))
    changed = update(NOTICE).where(open_one).values(done=True, done_by=login, done_at=now)
    return bool(connection.execute(changed).rowcount)


def _beside_findings(who: Principal) -> Select[Any]:
    """Notices beside their finding, with `mine` 1 where it is the case officer's and the person handles the finding."""
    finding = FINDING.c
    lights = (finding[name] for name in ("yellow_at", "red_at", "overdue_at", "severe_at", "due_effective"))
    mine = case((and_(NOTICE.c.role == HANDLERS_ROLE, _handled_by(who)), 1), else_=0).label("mine")
    found = select(NOTICE, mine, finding.handler, finding.ledger_no, finding.item, finding.closed, *lights)
    return found.select_from(
        NOTICE.outerjoin(FINDING, finding.id == NOTICE.c.finding_id).outerjoin(
            INSPECTION, INSPECTION.c.id == NOTICE.c.inspection_id
        )
    )


def _shown(seen: Scope, of_the_office: Collection[str]) -> ColumnElement[bool]:
    columns = NOTICE.c
    alone = and_(columns.finding_id.is_(None), columns.inspection_id.is_(None))
    return or_(
        and_(columns.finding_id.is_not(None), seen(FINDING)),
        and_(columns.finding_id.is_(None), columns.inspection_id.is_not(None), seen(INSPECTION)),
        and_(alone, columns.kind.in_(sorted(of_the_office))),
    )
