"""When findings were closed: by the last of the entries that closed them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, FromClause, Select, and_, exists, literal_column, select

from models.entry import CLOSING_STEPS
from models.records import ENTRY, FINDING


def closed_within(since: datetime | None, before: datetime | None) -> ColumnElement[bool]:
    """True of a closed finding whose last closing lies in that time."""
    of_it = ENTRY.c.record_id == FINDING.c.id
    return and_(FINDING.c.closed, exists().where(of_it, last_closing(), *_inside(since, before)))


def closings_within(since: datetime | None, before: datetime | None) -> Select[tuple[str]]:
    """What was closed in that time, by the entries that did it, whether or not they were the last."""
    return select(ENTRY.c.record_id).where(_closes(ENTRY), *_inside(since, before))


def _inside(since: datetime | None, before: datetime | None) -> list[ColumnElement[bool]]:
    inside = [ENTRY.c.occurred_at >= since] if since else []
    return inside + ([ENTRY.c.occurred_at < before] if before else [])


def last_closing() -> ColumnElement[bool]:
    """True of an entry that closed its finding and was followed by no other such entry."""
    later = ENTRY.alias("later")
    followed = exists().where(
        later.c.record_id == ENTRY.c.record_id, later.c.sequence > ENTRY.c.sequence, _closes(later)
    )
    return and_(_closes(ENTRY), ~followed)


def _closes(entry: FromClause) -> ColumnElement[bool]:
    """Said as in the condition of the index, with values that the database knows when it plans."""
    columns = entry.c
    return and_(
        columns.chart == literal_column("'finding'"),
        columns.state == literal_column("'closed'"),
        columns.trigger.in_([literal_column(f"'{step}'") for step in CLOSING_STEPS]),
    )
