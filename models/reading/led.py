"""Where what a list is asked for stands, by what leads to it: about how many records there are, and which."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Select, func, select

from models.lead import KEY_MAX, LOGIN, NAME, RESULT, RecordLead
from models.reading.scope import Scope
from models.records import table_of

LEAD = table_of(RecordLead)
FEW = 2_000
"""So many are looked up and sorted rather than walked to."""


@dataclass(frozen=True, slots=True)
class Led:
    """The seen records that some keys lead to, and a few more where a key is long."""

    count: int
    """At most one more than FEW for each key."""
    first: str
    last: str
    """The places between which all of them lie."""
    ids: Select[tuple[str]]


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
    columns: list[Any] = []
    for key in keys:
        of_it = (LEAD.c.key == key, *mine)
        some = select(LEAD.c.record_id).where(*of_it).limit(FEW + 1).subquery()
        columns.append(select(func.count()).select_from(some).scalar_subquery())
        for order in (LEAD.c.place, LEAD.c.place.desc()):
            columns.append(select(LEAD.c.place).where(*of_it).order_by(order).limit(1).scalar_subquery())
    told = list(connection.execute(select(*columns)).one())
    places = [place for place in (*told[1::3], *told[2::3]) if place is not None]
    ids = select(LEAD.c.record_id).where(LEAD.c.key.in_(keys), *mine)
    return Led(sum(told[::3]), min(places, default=""), max(places, default=""), ids)
