"""When findings were closed for the last time: by the day that leads to each, so that no entry is asked for it.

Behind the second wall an entry is shown after its case was looked up: for those of a month that takes longer than the page.
"""

from __future__ import annotations

from calendar import monthrange
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, and_, exists, literal_column, select

from models.lead import AFTER_CLOSINGS, CLOSED_ON
from models.reading.led import LEAD
from models.reading.lights import CIVIL
from models.reading.scope import Scope
from models.records import FINDING

_FIRST: ColumnElement[str] = literal_column(f"'{CLOSED_ON}'")
_BEYOND: ColumnElement[str] = literal_column(f"'{AFTER_CLOSINGS}'")


def closed_within(since: datetime | None, before: datetime | None) -> ColumnElement[bool]:
    """True of a closed finding whose last closing lies in that time, from one civil midnight to another."""
    return and_(FINDING.c.closed, _was_closed(FINDING.c.id, since, before))


def led_to_within(since: datetime | None, before: datetime | None) -> ColumnElement[bool]:
    """The same of a lead, so that the finding need not be looked at."""
    return _was_closed(LEAD.c.record_id, since, before)


def whole_month(since: datetime | None, before: datetime | None) -> str | None:
    """The month, where it is this time."""
    if since is None or before is None:
        return None
    first, beyond = _day(since), _day(before)
    _, days = monthrange(int(first[:4]), int(first[5:7]))
    return first[:7] if first[8:] == beyond[8:] == "01" and (before - since).days == days else None


def _was_closed(
    id: ColumnElement[str], since: datetime | None, before: datetime | None
) -> ColumnElement[bool]:
    closing = LEAD.alias("closing")
    key = closing.c.key
    indexed = (key >= _FIRST, key < _BEYOND)  # as in the condition of the index, known when it is planned
    return exists().where(closing.c.record_id == id, *indexed, *_within(key, since, before))


def closings_within(
    seen: Scope, department: str | None, since: datetime | None, before: datetime | None
) -> Select[tuple[str]]:
    """The seen findings whose last closing lies in that time."""
    key = LEAD.c.key
    ends = [key >= _FIRST] if since is None else []
    ends += [key < _BEYOND] if before is None else []
    mine = [seen(LEAD)] if department is None else [seen(LEAD), LEAD.c.department == department]
    return select(LEAD.c.record_id).where(*ends, *_within(key, since, before), *mine)


def months_of(
    value: ColumnElement[str], since: datetime | None, before: datetime | None
) -> list[ColumnElement[bool]]:
    """True of the months in which that time has a day."""
    within = [] if since is None else [value >= _day(since)[:7]]
    return within + ([] if before is None else [value <= _day(before - timedelta(days=1))[:7]])


def _within(
    key: ColumnElement[str], since: datetime | None, before: datetime | None
) -> list[ColumnElement[bool]]:
    within = [] if since is None else [key >= CLOSED_ON + _day(since)]
    return within + ([] if before is None else [key < CLOSED_ON + _day(before)])


def _day(midnight: datetime) -> str:
    """The civil day that begins at that instant."""
    civil = midnight.astimezone(CIVIL)
    assert (civil.hour, civil.minute, civil.second) == (0, 0, 0), "times of closing are whole days"
    return civil.date().isoformat()
