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
)

from models.case import LIST_DUE, LIST_NUMBER
from models.records import FINDING

LIGHTS = ("severe", "overdue", "red", "yellow", "green")
NONE = "none"
ALL = (*LIGHTS, NONE)
SINCE = {"severe": "severe_at", "overdue": "overdue_at", "red": "red_at", "yellow": "yellow_at"}
CIVIL = ZoneInfo("Asia/Shanghai")

_due: ColumnElement[str] = literal_column(LIST_DUE, String)
_number: ColumnElement[str] = literal_column(LIST_NUMBER, String)

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


def finding_burns(light: str, as_of: datetime) -> ColumnElement[bool]:
    """True when the finding shows this light, or none, at that instant; every finding shows exactly one."""
    if light == NONE:
        return _due == literal_column("''")
    return and_(_due > literal_column("''"), days_of(_due, light, as_of), burning(FINDING.c, light, as_of))


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
) -> list[Position]:
    """Up to `limit` findings after the position: severe first, then due_effective, ledger number, id."""
    found: list[Position] = []
    start = lights.index(after[0]) if after else 0
    for light in lights[start:]:
        resumed = after[1:] if after and light == after[0] else None
        rows = connection.execute(_page(conditions, light, as_of, resumed, limit - len(found)))
        found.extend((light, row.due, row.number, row.id) for row in rows)
        if len(found) >= limit:
            break
    return found


def _page(
    conditions: Sequence[ColumnElement[bool]],
    light: str,
    as_of: datetime,
    after: tuple[str, str, str] | None,
    limit: int,
) -> Select[Any]:
    keys: list[ColumnElement[str]] = [_due, _number, FINDING.c.id]
    # All without a light have the same due: named in the order, it would make the database sort them.
    unequal = 1 if light == NONE else 0
    asked = select(_due.label("due"), _number.label("number"), FINDING.c.id)
    asked = asked.where(finding_burns(light, as_of), *conditions)
    if after is not None:
        if not unequal:
            asked = asked.where(
                _due >= literal(after[0])
            )  # said alone it enters the index behind a row policy
        asked = asked.where(tuple_(*keys[unequal:]) > tuple_(*map(literal, after[unequal:])))
    return asked.order_by(*keys[unequal:]).limit(limit)
