"""Deadlines with the days on which their light changes; the light itself is never stored."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Column, Index
from sqlmodel import Field, SQLModel

from models.columns import ID_LENGTH, OFFICE_ID_LENGTH, Instant, Json


class Deadline(SQLModel, table=True):
    """One statutory or internal deadline of an inspection, finding or proceeding."""

    __tablename__ = "deadline"
    __table_args__ = (
        Index("deadline_due", "office_id", "state", "told_stage", "overdue_at"),
        Index("deadline_rung", "office_id", "state", "rung_at"),
        Index("deadline_soonest", "office_id", "state", "due_effective", "id"),
        Index("deadline_department", "office_id", "department", "state", "due_effective", "id"),
        Index("deadline_of_finding", "finding_id", "proceeding_id", "state"),
    )

    id: str = Field(primary_key=True, max_length=ID_LENGTH)
    office_id: str = Field(max_length=OFFICE_ID_LENGTH)
    department: str = Field(max_length=60)
    inspection_id: str = Field(max_length=ID_LENGTH, index=True)
    finding_id: str | None = Field(default=None, max_length=ID_LENGTH)
    proceeding_id: str | None = Field(default=None, max_length=ID_LENGTH)
    term: str = Field(max_length=30)
    nature: str = Field(max_length=10)
    counted: bool = True
    state: str = Field(max_length=10)
    spec: dict[str, Any] = Field(sa_column=Column(Json, nullable=False))
    history: list[dict[str, Any]] = Field(sa_column=Column(Json, nullable=False))
    due_effective: str = Field(max_length=40)
    provisional: bool = False
    yellow_at: datetime = Field(sa_column=Column(Instant, nullable=False))
    red_at: datetime = Field(sa_column=Column(Instant, nullable=False))
    overdue_at: datetime = Field(sa_column=Column(Instant, nullable=False))
    severe_at: datetime = Field(sa_column=Column(Instant, nullable=False))
    settled_at: datetime | None = Field(default=None, sa_column=Column(Instant))
    told_stage: int = 0
    """How far the sweep has told: 0 nothing, 1 overdue, 2 severe."""
    rung: int = 0
    """How many rungs of the office's ladder were told of its present end."""
    rung_at: datetime | None = Field(default=None, sa_column=Column(Instant))
    """When the next rung is due; None when all were told, or nobody of the office can be late."""
