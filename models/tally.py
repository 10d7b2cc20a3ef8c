"""Counts that are kept beside the rows: of what is closed, and of what is public, so that nobody counts it anew."""

from __future__ import annotations

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from models.columns import OFFICE_ID_LENGTH


class ClosedTally(SQLModel, table=True):
    """How many closed findings, or public inspections, of a department and a day or month share a value; kept by triggers.

    The day is that of discovery, or on which the inspection was finished, in Asia/Shanghai. `first_no` and `last_no` are
    the ledger numbers between which all of them lie. Made from the records alone: in no backup, and no proof rests on
    it. A criminal referral is no part of any row.
    """

    __tablename__ = "closed_tally"
    __table_args__ = (
        Index("closed_tally_day", "office_id", "facet", "grain", "day", "department", "value", "count"),
        {"sqlite_with_rowid": False},
    )

    office_id: str = Field(primary_key=True, max_length=OFFICE_ID_LENGTH)
    facet: str = Field(primary_key=True, max_length=12)
    """What `value` tells: `all` (nothing), `closing` (month of the last closing), `route` (kind of a proceeding, or
    `none`), `proceeding` (kind.state of one), `domain`, `violation`, `rule` (one that the latest ruling fired); of
    inspections `public` (on_time, late) and `inspection` (its state, where that is published)."""
    grain: str = Field(primary_key=True, max_length=1)
    """`d` where `day` is a day, `m` where it is a month, written YYYY-MM; each share is in one row of either."""
    value: str = Field(primary_key=True, max_length=120)
    department: str = Field(primary_key=True, max_length=60)
    day: str = Field(primary_key=True, max_length=10)
    count: int
    first_no: str = Field(default="", max_length=60)
    last_no: str = Field(default="", max_length=60)
