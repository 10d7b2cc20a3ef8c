"""Trusted moments of time, and leaps of the clock that a person has to accept."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Column, Float, Index, text
from sqlmodel import Field, SQLModel

from models.columns import ID_LENGTH, OFFICE_ID_LENGTH, Instant

BOOT_LENGTH = 80


class TimeBeat(SQLModel, table=True):
    """The last trusted moment of each start of a machine."""

    __tablename__ = "time_beat"

    office_id: str = Field(primary_key=True, max_length=OFFICE_ID_LENGTH)
    boot: str = Field(primary_key=True, max_length=BOOT_LENGTH)
    shown_at: datetime = Field(sa_column=Column(Instant, nullable=False))
    uptime: float = Field(sa_column=Column(Float, nullable=False))
    adopted: str | None = Field(default=None, max_length=ID_LENGTH)
    """The accepted leap that this machine has followed last."""


class TimeLeap(SQLModel, table=True):
    """A leap of the clock; while one is open, no period ends and nothing is recorded."""

    __tablename__ = "time_leap"
    __table_args__ = (
        Index(
            "time_leap_open",
            "office_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    id: str = Field(primary_key=True, max_length=ID_LENGTH)
    office_id: str = Field(max_length=OFFICE_ID_LENGTH)
    boot: str = Field(max_length=BOOT_LENGTH)
    expected_at: datetime = Field(sa_column=Column(Instant, nullable=False))
    shown_at: datetime = Field(sa_column=Column(Instant, nullable=False))
    ended_at: datetime | None = Field(default=None, sa_column=Column(Instant))
    ended_by: str | None = Field(default=None, max_length=64)
    """Who accepted it; None where the clock was set right again."""
