"""Messages and receipts of findings and inspections, as far as these are seen; the criminal queue is not among them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    Row,
    Select,
    Table,
    and_,
    case,
    func,
    literal_column,
    or_,
    select,
    true,
    tuple_,
)

from models.exchange_reading import CRIMINAL_QUEUE, MESSAGE, SYSTEM
from models.linked_reading import RECEIPT
from models.reading.scope import Scope
from models.reading.unled import Unled
from models.records import FINDING, INSPECTION, PARTY

_SHOWN = (
    *("id", "kind", "recipient", "system_id", "state", "tries", "outcome"),
    *("finding_id", "inspection_id", "recorded_at", "due_at", "delivered_at"),
)
_ABOUT = (FINDING.c.ledger_no, FINDING.c.item, PARTY.c.name.label("party"))
"""What a message or receipt speaks of, so that nobody must open it to know."""
ORDINARY, REMINDER = "ordinary", "reminder"
_SAID = case((MESSAGE.c.kind == REMINDER, MESSAGE.c.body)).label("said")
"""The body of a reminder, which nothing else of its finding tells; other messages speak of a step."""
DEAD, LATE, UNENTERED, WAITING, SENT = "dead", "late", "unentered", "waiting", "sent"
PARKED, RECEIVED = "parked", "received"
FOR_A_PERSON = (DEAD, LATE, UNENTERED)
"""Sets of messages that do not go on by themselves."""
OF_MESSAGES = (*FOR_A_PERSON, WAITING, SENT)
OF_RECEIPTS = (PARKED, RECEIVED)
_PARKED_STATES = ("parked", "contradictory")

Place = tuple[datetime, str]
"""Instant and id of a row, by which lists are in order."""


@dataclass(frozen=True, slots=True)
class ExchangeFilter:
    """A set of OF_MESSAGES or OF_RECEIPTS, at that instant, of one department or of all."""

    set: str
    at: datetime
    department: str | None = None


def counts_by_recipient(connection: Connection, seen: Scope, at: datetime) -> Sequence[Row[Any]]:
    """By receiving department: how many messages are in each set of a person's, and how many wait in all."""
    columns = [func.count(case((_in_set(name, at), 1))).label(name) for name in (*FOR_A_PERSON, WAITING)]
    still = or_(MESSAGE.c.state.in_((WAITING, DEAD)), _in_set(UNENTERED, at))
    asked = select(MESSAGE.c.recipient, *columns).where(_ordinary(seen), still)
    return connection.execute(asked.group_by(MESSAGE.c.recipient).order_by(MESSAGE.c.recipient)).all()


def count_parked(connection: Connection, seen: Scope) -> int:
    """How many receipts wait for a step, or contradict the record."""
    parked = _receipts(seen).where(RECEIPT.c.state.in_(_PARKED_STATES)).subquery()
    return int(connection.execute(select(func.count()).select_from(parked)).scalar_one())


def page_of_messages(
    connection: Connection, seen: Scope, wanted: ExchangeFilter, after: Place | None, limit: int
) -> Sequence[Row[Any]]:
    """Messages of the set: those that a person must see to the oldest first, others the newest first."""
    columns = [*(MESSAGE.c[name] for name in _SHOWN), _SAID, *_ABOUT]
    asked = select(*columns).select_from(_with_subject(MESSAGE))
    asked = asked.where(_ordinary(seen, wanted.set == SENT), _in_set(wanted.set, wanted.at))
    if wanted.department is not None:
        asked = asked.where(MESSAGE.c.recipient == wanted.department)
    place = (MESSAGE.c.recorded_at, MESSAGE.c.id)
    return _page(connection, asked, place, after, limit, oldest_first=wanted.set in FOR_A_PERSON)


def page_of_receipts(
    connection: Connection, seen: Scope, wanted: ExchangeFilter, after: Place | None, limit: int
) -> Sequence[Row[Any]]:
    """Receipts of the set, the newest first."""
    asked = _receipts(seen).add_columns(*_ABOUT).select_from(_with_subject(RECEIPT))
    if wanted.set == PARKED:
        asked = asked.where(RECEIPT.c.state.in_(_PARKED_STATES))
    if wanted.department is not None:
        theirs = select(SYSTEM.c.id).where(SYSTEM.c.department == wanted.department)
        asked = asked.where(RECEIPT.c.system_id.in_(theirs))
    return _page(connection, asked, (RECEIPT.c.received_at, RECEIPT.c.id), after, limit, oldest_first=False)


def messages_of_referral(connection: Connection, referral_id: str) -> Sequence[Row[Any]]:
    """The messages of a criminal referral, which only the persons on its list may be shown, oldest first."""
    columns = [MESSAGE.c[name] for name in _SHOWN]
    asked = select(*columns).where(MESSAGE.c.proceeding_id == referral_id, MESSAGE.c.queue == CRIMINAL_QUEUE)
    return connection.execute(asked.order_by(MESSAGE.c.recorded_at, MESSAGE.c.id)).all()


def _page(
    connection: Connection,
    asked: Select[Any],
    place: tuple[ColumnElement[Any], ColumnElement[Any]],
    after: Place | None,
    limit: int,
    *,
    oldest_first: bool,
) -> Sequence[Row[Any]]:
    if after is not None:
        asked = asked.where(tuple_(*place) > after if oldest_first else tuple_(*place) < after)
    order = place if oldest_first else tuple(one.desc() for one in place)
    return connection.execute(asked.order_by(*order).limit(limit)).all()


def _in_set(name: str, at: datetime) -> ColumnElement[bool]:
    """The condition of a set of messages at that instant."""
    if name == LATE:  # half of the time to the deadline is gone, and somebody was told
        told = and_(MESSAGE.c.due_at.is_not(None), MESSAGE.c.alarm_at.is_(None), MESSAGE.c.recorded_at < at)
        return and_(MESSAGE.c.state == WAITING, told)
    if name == UNENTERED:
        to_go = and_(MESSAGE.c.system_id.is_(None), MESSAGE.c.delivered_at.is_(None))
        return and_(MESSAGE.c.state == literal_column("'paper'"), to_go)
    return true() if name == SENT else MESSAGE.c.state == name


def _with_subject(table: Table) -> FromClause:
    """The table beside the finding or inspection that each of its rows is about, and their party."""
    found = table.outerjoin(FINDING, FINDING.c.id == table.c.finding_id)
    if table is RECEIPT:
        return found.outerjoin(PARTY, PARTY.c.id == FINDING.c.party_id)
    found = found.outerjoin(INSPECTION, INSPECTION.c.id == table.c.inspection_id)
    return found.outerjoin(PARTY, PARTY.c.id == func.coalesce(FINDING.c.party_id, INSPECTION.c.party_id))


def _ordinary(seen: Scope, all_of_it: bool = False) -> ColumnElement[bool]:
    """Messages that are no criminal referral's; a set of few is found by what they have in common."""
    queue = MESSAGE.c.queue if all_of_it else Unled(MESSAGE.c.queue)
    return and_(queue == ORDINARY, _about(MESSAGE, seen))


def _receipts(seen: Scope) -> Select[Any]:
    """Receipts about findings that are seen."""
    columns = [
        RECEIPT.c[name]
        for name in ("id", "system_id", "kind", "state", "waiting_for", "finding_id", "received_at")
    ]
    return select(*columns).where(_of_seen(FINDING, RECEIPT.c.finding_id, seen))


def _about(table: Table, seen: Scope) -> ColumnElement[bool]:
    return or_(_of_seen(FINDING, table.c.finding_id, seen), _of_seen(INSPECTION, table.c.inspection_id, seen))


def _of_seen(table: Table, id: ColumnElement[str], seen: Scope) -> ColumnElement[bool]:
    """True where the record of that id is seen, asked row by row however many records there are.

    Whether one exists PostgreSQL asks of a list of all that are seen, which it makes first.
    """
    one = table.alias()
    return select(true()).where(one.c.id == id, seen(one)).scalar_subquery()
