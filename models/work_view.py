"""Filters of a person's work that they gave a name to."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Column
from sqlmodel import Field, SQLModel

from models.columns import ID_LENGTH, OFFICE_ID_LENGTH, Instant


class WorkView(SQLModel, table=True):
    """One saved filter of one account: its name and the query of /work. No record of the office."""

    __tablename__ = "work_view"

    login_key: str = Field(primary_key=True, max_length=ID_LENGTH)
    name: str = Field(primary_key=True, max_length=40)
    office_id: str = Field(max_length=OFFICE_ID_LENGTH)
    query: str = Field(max_length=1000)
    saved_at: datetime = Field(sa_column=Column(Instant, nullable=False))
