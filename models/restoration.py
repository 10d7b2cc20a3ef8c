"""Restorations of this database from backups."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Column
from sqlmodel import Field, SQLModel

from models.columns import ID_LENGTH, OFFICE_ID_LENGTH, Instant


class Restoration(SQLModel, table=True):
    """One restoration; while it is held, no message is brought to anybody."""

    __tablename__ = "restoration"

    id: str = Field(primary_key=True, max_length=ID_LENGTH)
    office_id: str = Field(max_length=OFFICE_ID_LENGTH)
    digest: str = Field(max_length=64)
    """SHA-256 (hex) of the file of the backup."""
    backup_at: datetime = Field(sa_column=Column(Instant, nullable=False))
    restored_at: datetime = Field(sa_column=Column(Instant, nullable=False))
    restored_by: str = Field(max_length=200)
    held: bool
    released_by: str | None = Field(default=None, max_length=200)
    released_at: datetime | None = Field(default=None, sa_column=Column(Instant))
