"""Notices of the State Council that an office has loaded, and for which of them its deadlines were counted anew."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import Column, Date, Index
from sqlmodel import Field, SQLModel

from models.columns import ID_LENGTH, OFFICE_ID_LENGTH, Instant, Json

NOTICE_KEY_LENGTH = 100


class CalendarNotice(SQLModel, table=True):
    """One notice as it was loaded; of several for a year the one loaded last stands. Append-only."""

    __tablename__ = "calendar_notice"
    __table_args__ = (Index("calendar_notice_office", "office_id", "id"),)

    id: str = Field(primary_key=True, max_length=ID_LENGTH)
    office_id: str = Field(max_length=OFFICE_ID_LENGTH)
    calendar: str = Field(max_length=40)
    year: int
    source: str = Field(max_length=2000)
    document_no: str | None = Field(default=None, max_length=2000)
    published_on: date | None = Field(default=None, sa_column=Column(Date))
    file: dict[str, Any] = Field(sa_column=Column(Json, nullable=False))
    """What the whole file says."""
    digest: str = Field(max_length=64)
    """SHA-256 (hex) over what the file says."""
    loaded_by: str = Field(max_length=200)
    loaded_at: datetime = Field(sa_column=Column(Instant, nullable=False))


class CalendarRecount(SQLModel, table=True):
    """Every live deadline has been counted by this notice, loaded or beside the program. Append-only."""

    __tablename__ = "calendar_recount"

    office_id: str = Field(primary_key=True, max_length=OFFICE_ID_LENGTH)
    notice: str = Field(primary_key=True, max_length=NOTICE_KEY_LENGTH)
    """The id of a loaded notice; year and digest of one that came with the program."""
    finished_at: datetime = Field(sa_column=Column(Instant, nullable=False))
