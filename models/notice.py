"""What persons are told: reminders and tasks; and what the database says of itself."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Column, Index
from sqlmodel import Field, SQLModel

from models.columns import ID_LENGTH, OFFICE_ID_LENGTH, Instant, Json


class Notice(SQLModel, table=True):
    """A reminder or task for a role of a department; `natural_key` lets it be told once only."""

    __tablename__ = "notice"
    __table_args__ = (
        Index("notice_role", "office_id", "department", "role", "done", "recorded_at", "natural_key"),
    )

    natural_key: str = Field(primary_key=True, max_length=200)
    office_id: str = Field(max_length=OFFICE_ID_LENGTH)
    department: str = Field(max_length=60)
    role: str = Field(max_length=40)
    kind: str = Field(max_length=40)
    finding_id: str | None = Field(default=None, max_length=ID_LENGTH, index=True)
    inspection_id: str | None = Field(default=None, max_length=ID_LENGTH)
    """What it is about where that is no finding; one that names neither is shown to nobody, as it may be confidential."""
    detail: dict[str, Any] = Field(sa_column=Column(Json, nullable=False))
    done: bool = False
    done_by: str | None = Field(default=None, max_length=ID_LENGTH)
    done_at: datetime | None = Field(default=None, sa_column=Column(Instant))
    recorded_at: datetime = Field(sa_column=Column(Instant, nullable=False))


class Mark(SQLModel, table=True):
    """What is true of this database for ever, such as that it ran on a test clock or holds the demonstration."""

    __tablename__ = "mark"

    name: str = Field(primary_key=True, max_length=60)
    value: str = Field(max_length=400)
    recorded_at: datetime = Field(sa_column=Column(Instant, nullable=False))


class Proposal(SQLModel, table=True):
    """An administrative change that waits for a second administrator."""

    __tablename__ = "proposal"

    id: str = Field(primary_key=True, max_length=ID_LENGTH)
    office_id: str = Field(max_length=OFFICE_ID_LENGTH)
    action: str = Field(max_length=40)
    detail: dict[str, Any] = Field(sa_column=Column(Json, nullable=False))
    proposed_by: str = Field(max_length=ID_LENGTH)
    proposed_at: datetime = Field(sa_column=Column(Instant, nullable=False))
    confirmed_by: str | None = Field(default=None, max_length=ID_LENGTH)
    confirmed_at: datetime | None = Field(default=None, sa_column=Column(Instant))
    withdrawn_at: datetime | None = Field(default=None, sa_column=Column(Instant))
    """When whoever proposed it took it back; then nobody confirms it any more."""


class AdminEntry(SQLModel, table=True):
    """Who did what in administration: bootstrap acts, confirmed proposals. Append-only."""

    __tablename__ = "admin_entry"
    __table_args__ = (Index("admin_entry_action", "office_id", "action", "id"),)

    id: str = Field(primary_key=True, max_length=ID_LENGTH)
    office_id: str = Field(max_length=OFFICE_ID_LENGTH)
    action: str = Field(max_length=40)
    by: str = Field(max_length=200)
    detail: dict[str, Any] = Field(sa_column=Column(Json, nullable=False))
    recorded_at: datetime = Field(sa_column=Column(Instant, nullable=False))
