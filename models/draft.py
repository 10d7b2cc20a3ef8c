"""What somebody typed into the form of a step and has not sent: theirs alone, and only for some days."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Column, Index
from sqlmodel import Field, SQLModel

from models.columns import ID_LENGTH, OFFICE_ID_LENGTH, Instant, Json


class Draft(SQLModel, table=True):
    """One form of one record as one account left it. No record of the office: it is overwritten and deleted."""

    __tablename__ = "draft"
    __table_args__ = (
        Index("draft_of_account", "login_key", "record_id", "triggers", "proceeding", unique=True),
        Index("draft_saved", "office_id", "saved_at"),
    )

    id: str = Field(primary_key=True, max_length=ID_LENGTH)
    office_id: str = Field(max_length=OFFICE_ID_LENGTH)
    login_key: str = Field(max_length=ID_LENGTH)
    record_id: str = Field(max_length=ID_LENGTH)
    triggers: str = Field(max_length=400)
    proceeding: str = Field(default="", max_length=ID_LENGTH)
    version: int = 0
    typed: dict[str, Any] = Field(sa_column=Column(Json, nullable=False))
    saved_at: datetime = Field(sa_column=Column(Instant, nullable=False))
