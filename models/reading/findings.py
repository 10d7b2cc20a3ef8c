"""Which findings match a filter, in which order, and what a list shows of each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, exists, not_, or_, select

from models.reading.closings import closed_within
from models.reading.json_list import ListHolds
from models.reading.scope import Scope
from models.reading.unled import Unled, aside
from models.records import ATTACHMENT, DEADLINE, FINDING, INSPECTION, PARTY, PROCEEDING

OPEN, CLOSED = "open", "closed"
NO_ROUTE = "none"
"""Among routes: findings without any proceeding."""
NOBODY = "-"
"""Among handlers: findings that nobody handles yet."""
ESCAPE = "\\"


@dataclass(frozen=True, slots=True)
class FindingFilter:
    """What a list of findings is asked for; several states, routes or lights mean any of them."""

    states: tuple[str, ...] = ()
    routes: tuple[str, ...] = ()
    lights: tuple[str, ...] = ()
    department: str | None = None
    party: str | None = None
    domain: str | None = None
    violation: str | None = None
    officer: str | None = None
    words: tuple[str, ...] = ()
    due_before: date | None = None
    reference: str | None = None
    discovered_from: datetime | None = None
    discovered_before: datetime | None = None
    handler: str | None = None
    """The login as it stands on the finding, or NOBODY."""
    proceedings: tuple[tuple[str, str], ...] = ()
    """Kind and state of a proceeding; several mean any of them."""
    closed_from: datetime | None = None
    closed_before: datetime | None = None


def matching(asked: FindingFilter, found: bool = False) -> list[ColumnElement[bool]]:
    """The filter as conditions on the finding, lights left out; of `found` ones the day of discovery leads nowhere."""
    columns = FINDING.c
    conditions: list[ColumnElement[bool]] = []
    for name in ("domain", "violation", "reference"):
        if getattr(asked, name) is not None:
            conditions.append(columns[name] == getattr(asked, name))
    if asked.department is not None:
        conditions.append(columns.department == asked.department)
    if asked.party is not None:
        conditions.append(columns.party_id == asked.party)
    if asked.states:
        conditions.append(or_(*(_in_state(state) for state in asked.states)))
    if asked.routes:
        conditions.append(or_(*_has_route(asked.routes)))
    if asked.proceedings:
        conditions.append(or_(*(_has_proceeding(kind, state) for kind, state in asked.proceedings)))
    if asked.closed_from or asked.closed_before:
        conditions.append(closed_within(asked.closed_from, asked.closed_before))
    if asked.handler is not None:
        nobody = asked.handler == NOBODY
        conditions.append(columns.handler.is_(None) if nobody else columns.handler == asked.handler)
    if asked.officer is not None:
        conditions.append(worked_by(asked.officer))
    conditions.extend(columns.search_text.like(_containing(word), escape=ESCAPE) for word in asked.words)
    if asked.due_before is not None:
        conditions.append(and_(not_(columns.closed), columns.due_effective < asked.due_before.isoformat()))
    discovered = Unled(columns.discovered_at) if found else columns.discovered_at
    if asked.discovered_from is not None:
        conditions.append(discovered >= asked.discovered_from)
    if asked.discovered_before is not None:
        conditions.append(discovered < asked.discovered_before)
    return conditions


def _in_state(state: str) -> ColumnElement[bool]:
    return not_(FINDING.c.closed) if state == OPEN else FINDING.c.state == state


def _has_route(routes: Sequence[str]) -> Iterator[ColumnElement[bool]]:
    kinds = [one for one in routes if one != NO_ROUTE]
    if kinds:
        yield exists().where(PROCEEDING.c.finding_id == FINDING.c.id, PROCEEDING.c.kind.in_(kinds))
    if NO_ROUTE in routes:
        yield ~exists().where(PROCEEDING.c.finding_id == FINDING.c.id)


def _has_proceeding(kind: str, state: str) -> ColumnElement[bool]:
    columns = PROCEEDING.c
    return exists().where(columns.finding_id == FINDING.c.id, columns.kind == kind, columns.state == state)


def _containing(word: str) -> str:
    """The pattern that finds the word as it is: no character of it is a wildcard."""
    for special in (ESCAPE, "%", "_"):
        word = word.replace(special, ESCAPE + special)
    return f"%{word}%"


def spellings(*logins: str) -> set[str]:
    """Logins as they may be stored; they are compared without case."""
    return {spelt for login in logins for spelt in (login, login.casefold(), login.upper())}


def worked_by(officer: str) -> ColumnElement[bool]:
    """True when the officer (login or name) handles the finding or took part in it or its inspection."""
    logins = spellings(officer)
    inspected = or_(*_among(INSPECTION.c.intake, officer, logins))
    return or_(
        FINDING.c.handler.in_(logins),
        FINDING.c.record[("registers", "handler", "name")].as_string() == officer,
        *_among(FINDING.c.intake, officer, logins),
        exists().where(INSPECTION.c.id == FINDING.c.inspection_id, inspected),
    )


def _among(intake: ColumnElement[Any], officer: str, logins: set[str]) -> list[ColumnElement[bool]]:
    named: list[ColumnElement[bool]] = [ListHolds(intake, "officers", "name", officer)]
    return [*named, *(ListHolds(intake, "officers", "login", login) for login in sorted(logins))]


def seen_finding(connection: Connection, seen: Scope, id: str) -> Row[Any] | None:
    """The finding, if it exists and is seen."""
    return connection.execute(select(FINDING).where(FINDING.c.id == id, seen(FINDING))).one_or_none()


SHOWN_IN_LISTS = (
    "id",
    "ledger_no",
    "state",
    "closed",
    "department",
    "inspection_id",
    "party_id",
    "domain",
    "violation",
    "item",
    "record",
    "rulings",
    "supervised",
    "version",
    "sequence",
    "discovered_at",
    "due_effective",
    "yellow_at",
    "red_at",
    "overdue_at",
    "severe_at",
)


def findings_by_id(connection: Connection, ids: Sequence[str]) -> dict[str, Row[Any]]:
    """What lists show of these findings, by id; the ids come from a page that was seen."""
    columns = [FINDING.c[name] for name in SHOWN_IN_LISTS]
    return {row.id: row for row in connection.execute(select(*columns).where(FINDING.c.id.in_(ids)))}


def named_findings(connection: Connection, seen: Scope, ids: Iterable[str]) -> dict[str, Row[Any]]:
    """Ledger number, item and party of those of these findings that are seen, by id."""
    named: Any = select(FINDING.c.id, FINDING.c.ledger_no, FINDING.c.item, PARTY.c.name.label("party"))
    asked = named.join(PARTY, PARTY.c.id == FINDING.c.party_id).where(
        FINDING.c.id.in_([*ids]), aside(seen)(FINDING)
    )
    return {row.id: row for row in connection.execute(asked)}


def parties_by_id(connection: Connection, ids: Sequence[str]) -> dict[str, Row[Any]]:
    """These parties, by id."""
    return {row.id: row for row in connection.execute(select(PARTY).where(PARTY.c.id.in_(ids)))}


def running_deadlines(connection: Connection, finding_ids: Sequence[str]) -> Sequence[Row[Any]]:
    """The running deadlines of these findings, soonest first: term, counted or not, when overdue begins."""
    columns = DEADLINE.c
    asked: Any = select(
        columns.finding_id, columns.term, columns.state, columns.counted, columns.overdue_at
    ).where(columns.finding_id.in_(finding_ids), columns.state == "running")
    return connection.execute(asked.order_by(columns.due_effective, columns.id)).all()


def proceedings_of(connection: Connection, finding_id: str) -> Sequence[Row[Any]]:
    """The proceedings of a finding in the order they were opened."""
    columns = PROCEEDING.c
    asked = select(PROCEEDING).where(columns.finding_id == finding_id)
    return connection.execute(asked.order_by(columns.ordinal, columns.id)).all()


def attachments_of(connection: Connection, finding_id: str) -> Sequence[Row[Any]]:
    """The attachments of a finding without their bytes, oldest first."""
    columns = [column for column in ATTACHMENT.c if column.name != "content"]
    asked = select(*columns).where(ATTACHMENT.c.finding_id == finding_id)
    return connection.execute(asked.order_by(ATTACHMENT.c.recorded_at, ATTACHMENT.c.digest)).all()


def newest_open_finding(connection: Connection, office_id: str, department: str) -> str | None:
    """The finding of the department that was recorded last and is not closed."""
    columns = FINDING.c
    mine = and_(columns.office_id == office_id, columns.department == department, columns.closed.is_(False))
    return connection.execute(select(columns.id).where(mine).order_by(columns.id.desc()).limit(1)).scalar()
