"""The log over all entries: its leaves, its checkpoints, what was doubted of it; and attempts that were refused."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Column, Index, Text, text
from sqlmodel import Field, SQLModel

from models.columns import ID_LENGTH, OFFICE_ID_LENGTH, Instant, Json


class LogLeaf(SQLModel, table=True):
    """One leaf of the log and what it commits to; a filler commits to nothing and names none. Append-only."""

    __tablename__ = "log_leaf"
    __table_args__ = (Index("log_leaf_of", "kind", "record_id", "sequence", unique=True),)

    place: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    office_id: str = Field(max_length=OFFICE_ID_LENGTH)
    leaf: str = Field(max_length=64)
    salt: str = Field(max_length=64)
    kind: str = Field(max_length=10)
    record_id: str | None = Field(default=None, max_length=ID_LENGTH)
    sequence: int | None = None


class LogCheckpoint(SQLModel, table=True):
    """A checkpoint as it was signed. Append-only."""

    __tablename__ = "log_checkpoint"

    id: str = Field(primary_key=True, max_length=ID_LENGTH)
    office_id: str = Field(max_length=OFFICE_ID_LENGTH)
    note: str = Field(sa_column=Column(Text, nullable=False))
    signed_at: datetime = Field(sa_column=Column(Instant, nullable=False))


class LogDoubt(SQLModel, table=True):
    """That the database differs from what was signed; while one is open, the house is read-only."""

    __tablename__ = "log_doubt"
    __table_args__ = (
        Index(
            "log_doubt_open",
            "office_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    id: str = Field(primary_key=True, max_length=ID_LENGTH)
    office_id: str = Field(max_length=OFFICE_ID_LENGTH)
    digest: str = Field(max_length=64)
    detail: dict[str, Any] = Field(sa_column=Column(Json, nullable=False))
    found_at: datetime = Field(sa_column=Column(Instant, nullable=False))
    first_by: str | None = Field(default=None, max_length=ID_LENGTH)
    """Who signed that it is accepted; a second person is awaited."""
    first_at: datetime | None = Field(default=None, sa_column=Column(Instant))
    ended_at: datetime | None = Field(default=None, sa_column=Column(Instant))
    ended_by: str | None = Field(default=None, max_length=ID_LENGTH)
    """Who signed as the second; None where the database was put right."""


class RefusedAttempt(SQLModel, table=True):
    """A command that a person had no right to, or that the law shut. Append-only."""

    __tablename__ = "refused_attempt"

    id: str = Field(primary_key=True, max_length=ID_LENGTH)
    office_id: str = Field(max_length=OFFICE_ID_LENGTH)
    by: str = Field(max_length=200)
    subject: str = Field(max_length=20)
    record_id: str = Field(max_length=ID_LENGTH)
    attempted: str = Field(max_length=200)
    code: str = Field(max_length=60)
    recorded_at: datetime = Field(sa_column=Column(Instant, nullable=False))
