"""Where what a list is asked for stands, by what leads to it: about how many records there are, and which."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, func, literal, or_, select, tuple_

from models.lead import CLOSED, KEY_MAX, LOGIN, NAME, OPEN, RESULT, RecordLead
from models.reading.lights import NONE, Position
from models.reading.scope import Scope
from models.reading.unled import Unled
from models.records import FINDING, table_of

LEAD = table_of(RecordLead)
FEW = 2_000
"""So many are looked up and sorted rather than walked to."""
WALKED_MOST = 5_000
"""So many are looked at for one page where they are walked to."""
Span = tuple[str, str]
"""Two ledger numbers, or days, and all that stands between them."""


@dataclass(frozen=True, slots=True)
class Walk:
    """The seen closed findings of one key in the order of their list, after a position.

    One end on either side leads into the index, and everything else is asked of what lies between.
    """

    leads: Sequence[ColumnElement[bool]]
    narrower: Sequence[ColumnElement[bool]]
    """What is asked of the leads alone, before the finding is looked at."""
    within: Span | None
    after: Position | None
    whole: bool
    """Each is one of the list, so that a page looks at no more than it shows."""

    def last(self, connection: Connection) -> Position | None:
        """How far one page looks; None: to the end."""
        if self.whole:
            return None
        asked = select(_NUMBER, LEAD.c.record_id).where(*self._until(None)).order_by(*_PLACE)
        rows = connection.execute(asked.offset(WALKED_MOST - 1).limit(2)).all()
        return (NONE, "", rows[0].number, rows[0].record_id) if len(rows) > 1 else None

    def matching(
        self, conditions: Sequence[ColumnElement[bool]], last: Position | None, limit: int
    ) -> Select[Any]:
        """Up to `limit` of them as far as the last one, with their ledger numbers: findings of these conditions.

        Each is looked at by itself, so that no database looks through all that match; without a condition none is.
        """
        asked = select(_NUMBER, LEAD.c.record_id.label("id")).where(*self._until(last), *self.narrower)
        if conditions:
            found = select(literal(1)).where(FINDING.c.id == LEAD.c.record_id, *conditions).correlate(LEAD)
            asked = asked.where(found.scalar_subquery() == 1)
        return asked.order_by(*_PLACE).limit(limit)

    def _until(self, last: Position | None) -> list[ColumnElement[bool]]:
        place, each = LEAD.c.place, [*self.leads]
        if self.after is not None:
            each += [place >= CLOSED + self.after[2], tuple_(*_PLACE) > _stands(self.after)]
        else:
            each.append(place >= CLOSED + ("" if self.within is None else self.within[0]))
        if last is not None:
            return [*each, place <= CLOSED + last[2], tuple_(*_PLACE) <= _stands(last)]
        return [*each, place < OPEN if self.within is None else place <= CLOSED + self.within[1]]


_PLACE = (LEAD.c.place, LEAD.c.record_id)
_NUMBER = func.substr(LEAD.c.place, 2).label("number")


def walk(
    seen: Scope,
    department: str | None,
    key: str,
    after: Position | None,
    spans: Sequence[Sequence[Span]] = (),
    narrower: Sequence[ColumnElement[bool]] = (),
    whole: bool = False,
) -> Walk:
    """All that have that key and lie within one of each of these spans."""
    leads = [LEAD.c.key == key[:KEY_MAX], seen(LEAD)]
    if department is not None:
        leads.append(LEAD.c.department == department)
    for among in spans:
        place = Unled(LEAD.c.place)
        leads.append(or_(*(and_(place >= CLOSED + first, place <= CLOSED + last) for first, last in among)))
    within = next((among[0] for among in spans if len(among) == 1), None)
    return Walk(leads, narrower, within, after, whole)


def _stands(at: Position) -> Any:
    return tuple_(literal(CLOSED + at[2]), literal(at[3]))


@dataclass(frozen=True, slots=True)
class Led:
    """The seen records that some keys lead to, and a few more where a key is long."""

    count: int
    """How many closed findings, or inspections; at most one more than FEW for each key."""
    spans: Sequence[Span]
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
