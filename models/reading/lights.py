"""Lights as conditions on the stored instants, and the order of every list of findings.

A finding without a running deadline has no `due_effective` and burns no light; neither does a closed one.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    String,
    and_,
    case,
    literal,
    literal_column,
    select,
    tuple_,
    union_all,
)

from models.case import LIST_DUE, LIST_NUMBER
from models.reading.unled import Unled
from models.records import FINDING

LIGHTS = ("severe", "overdue", "red", "yellow", "green")
NONE = "none"
ALL = (*LIGHTS, NONE)
SINCE = {"severe": "severe_at", "overdue": "overdue_at", "red": "red_at", "yellow": "yellow_at"}
CIVIL = ZoneInfo("Asia/Shanghai")

_due: ColumnElement[str] = literal_column(LIST_DUE, String)
NUMBER: ColumnElement[str] = literal_column(LIST_NUMBER, String)
"""What lists compare of a ledger number."""

Position = tuple[str, str, str, str]
"""Where a page ended: light, due_effective, ledger number (first 60 characters), id."""


def position(place: Sequence[Any]) -> Position:
    """The place as it came back in a cursor."""
    light, due, number, id = place
    return str(light), str(due), str(number), str(id)


def burning(columns: Any, light: str, as_of: datetime) -> ColumnElement[bool]:
    """True when a running deadline burns in this light: the light has begun and no worse one has."""
    worse = LIGHTS[: LIGHTS.index(light)]
    begun = [columns[SINCE[light]] <= as_of] if light in SINCE else []
    return and_(*begun, *(columns[SINCE[other]] > as_of for other in worse))


def finding_burns(light: str, as_of: datetime, led: bool = True) -> ColumnElement[bool]:
    """True when the finding shows this light, or none, at that instant; every finding shows exactly one.

    Where its end leads into no index (`led`), something narrower does.
    """
    if light == NONE:
        return without_due(led)
    due = _due if led else Unled(_due)
    return and_(due > literal_column("''"), days_of(due, light, as_of), burning(FINDING.c, light, as_of))


def without_due(led: bool = True) -> ColumnElement[bool]:
    """True when nothing runs on the finding, told by what its list is in order of; `led` as of `finding_burns`."""
    return (_due if led else Unled(_due)) == literal_column("''")


def finding_light(as_of: datetime) -> ColumnElement[str]:
    """The light of each finding at that instant, or `none`."""
    begun = [(FINDING.c[SINCE[light]] <= as_of, literal(light)) for light in SINCE]
    return case((_due == literal_column("''"), literal(NONE)), *begun, else_=literal("green"))


def days_of(due: ColumnElement[str], light: str, as_of: datetime) -> ColumnElement[bool]:
    """What the light implies for due_effective, said so that the index is entered at the right place.

    A day of room on either side, as an instant may be written with any offset.
    """
    today = as_of.astimezone(CIVIL).date()
    if light in ("severe", "overdue"):
        return due < literal((today + timedelta(days=2)).isoformat())
    return due >= literal((today - timedelta(days=1)).isoformat())


def findings_in_order(
    connection: Connection,
    conditions: Sequence[ColumnElement[bool]],
    lights: Sequence[str],
    as_of: datetime,
    after: Position | None,
    limit: int,
    led: bool = True,
) -> list[Position]:
    """Up to `limit` findings of lights that burn after the position: severe first, then due_effective, ledger number, id."""
    found: list[Position] = []
    start = lights.index(after[0]) if after else 0
    for light in lights[start:]:
        resumed = after[1:] if after and light == after[0] else None
        asked = _page([finding_burns(light, as_of, led), *conditions], resumed, limit - len(found))
        found.extend((light, row.due, row.number, row.id) for row in connection.execute(asked))
        if len(found) >= limit:
            break
    return found


def without_light(
    conditions: Sequence[ColumnElement[bool]],
    after: Position | None,
    limit: int,
    last: Position | None = None,
) -> Select[Any]:
    """Up to `limit` findings after the position and as far as the last one, by ledger number and id; the conditions say
    that nothing runs on them."""
    place = tuple_(NUMBER, FINDING.c.id)
    asked = select(NUMBER.label("number"), FINDING.c.id).where(*conditions)
    if after is not None:
        asked = asked.where(literal(after[2]) <= NUMBER, place > tuple_(*map(literal, after[2:])))
    if last is not None:
        asked = asked.where(place <= tuple_(*map(literal, last[2:])))
    return asked.order_by(NUMBER, FINDING.c.id).limit(limit)


def findings_without_light(
    connection: Connection, parts: Sequence[Select[Any]], limit: int
) -> list[Position]:
    """Up to `limit` findings, by ledger number and id, of several such selections that have none in common."""
    if not parts:
        return []
    if len(parts) == 1:
        rows = connection.execute(parts[0])
    else:
        both = union_all(*(select(part.subquery()) for part in parts)).subquery()
        rows = connection.execute(select(both).order_by(both.c.number, both.c.id).limit(limit))
    return [(NONE, "", row.number, row.id) for row in rows]


def _page(
    conditions: Sequence[ColumnElement[bool]], after: tuple[str, str, str] | None, limit: int
) -> Select[Any]:
    keys: list[ColumnElement[str]] = [_due, NUMBER, FINDING.c.id]
    asked = select(_due.label("due"), NUMBER.label("number"), FINDING.c.id).where(*conditions)
    if after is not None:
        # Said alone it enters the index behind a row policy.
        asked = asked.where(_due >= literal(after[0]), tuple_(*keys) > tuple_(*map(literal, after)))
    return asked.order_by(*keys).limit(limit)
