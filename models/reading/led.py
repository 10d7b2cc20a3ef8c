"""Where what a list is asked for stands, by what leads to it: about how many records there are, and which."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Select, func, select

from models.lead import CLOSED, KEY_MAX, LOGIN, NAME, OPEN, RESULT, RecordLead
from models.reading.scope import Scope
from models.records import table_of

LEAD = table_of(RecordLead)
FEW = 2_000
"""So many are looked up and sorted rather than walked to."""


@dataclass(frozen=True, slots=True)
class Led:
    """The seen records that some keys lead to, and a few more where a key is long."""

    count: int
    """How many closed findings, or inspections; at most one more than FEW for each key."""
    spans: Sequence[tuple[str, str]]
    """Ledger numbers, or days; each of these lies between two that stand together, or is one of them."""
    ids: Select[tuple[str]]
    open_ids: Select[tuple[str]]
    """The open findings."""


def to_officer(
    connection: Connection, seen: Scope, department: str | None, name: str, logins: Collection[str]
) -> Led:
    """The findings on which somebody worked who has that name or one of these logins."""
    return _led(connection, seen, department, [NAME + name, *(LOGIN + login for login in sorted(logins))])


def to_result(connection: Connection, seen: Scope, department: str | None, code: str) -> Led:
    """The inspections with that code in their result; capital and small letters of ASCII are the same here."""
    return _led(connection, seen, department, [RESULT + code.encode().lower().decode()])


def _led(connection: Connection, seen: Scope, department: str | None, whole: Sequence[str]) -> Led:
    keys, mine = [key[:KEY_MAX] for key in whole], [seen(LEAD)]
    if department is not None:
        mine.append(LEAD.c.department == department)
    closed = LEAD.c.place >= CLOSED, LEAD.c.place < OPEN
    columns: list[Any] = []
    for key in keys:
        of_it = (LEAD.c.key == key, *closed, *mine)
        some = select(LEAD.c.record_id).where(*of_it).limit(FEW + 1).subquery()
        columns.append(select(func.count()).select_from(some).scalar_subquery())
        for order in (LEAD.c.place, LEAD.c.place.desc()):
            columns.append(select(LEAD.c.place).where(*of_it).order_by(order).limit(1).scalar_subquery())
    told = list(connection.execute(select(*columns)).one())
    ends = zip(told[1::3], told[2::3], strict=True)
    spans = [(first[1:], last[1:]) for first, last in ends if first is not None]
    ids = select(LEAD.c.record_id).where(LEAD.c.key.in_(keys), *mine)
    still = ids.where(LEAD.c.place == OPEN)
    return Led(sum(told[::3]), spans, ids.where(*closed), still)
