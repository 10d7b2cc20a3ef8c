"""Long work in the background: what was asked for, how far it is, and the files that go in and come out."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Column, Index, LargeBinary, Text
from sqlmodel import Field, SQLModel

from models.columns import ID_LENGTH, OFFICE_ID_LENGTH, Instant, Json


class Job(SQLModel, table=True):
    """One piece of work of one person; it is deleted some days after its end, and is no record of the ledger."""

    __tablename__ = "job"
    __table_args__ = (
        Index("job_owner", "office_id", "owner", "created_at", "id"),
        Index("job_waiting", "office_id", "state", "created_at", "id"),
    )

    id: str = Field(primary_key=True, max_length=ID_LENGTH)
    office_id: str = Field(max_length=OFFICE_ID_LENGTH)
    owner: str = Field(max_length=ID_LENGTH)
    """The login, folded."""
    kind: str = Field(max_length=40)
    parameters: dict[str, Any] = Field(sa_column=Column(Json, nullable=False))
    state: str = Field(max_length=12)
    """queued, running, done, failed or cancelled."""
    done: int = 0
    total: int = 0
    outcome: dict[str, Any] = Field(sa_column=Column(Json, nullable=False))
    """What came out of it, for its page: counts, and what stood in the way of rows."""
    error: str | None = Field(default=None, sa_column=Column(Text))
    file_name: str | None = Field(default=None, max_length=200)
    rights: str = Field(default="", max_length=64)
    """What the owner might see when the file was made; it is given out while they still may."""
    referrals: list[str] = Field(sa_column=Column(Json, nullable=False))
    """The criminal referrals that the file tells of."""
    cancel: bool = False
    tries: int = 0
    holder: str | None = Field(default=None, max_length=ID_LENGTH)
    lease_until: datetime | None = Field(default=None, sa_column=Column(Instant))
    created_at: datetime = Field(sa_column=Column(Instant, nullable=False))
    ended_at: datetime | None = Field(default=None, sa_column=Column(Instant))
    expires_at: datetime | None = Field(default=None, sa_column=Column(Instant, index=True))


class JobPart(SQLModel, table=True):
    """A piece of the file that goes into a job (given) or comes out of it (made)."""

    __tablename__ = "job_part"

    job_id: str = Field(primary_key=True, max_length=ID_LENGTH)
    side: str = Field(primary_key=True, max_length=8)
    ordinal: int = Field(primary_key=True)
    office_id: str = Field(max_length=OFFICE_ID_LENGTH)
    content: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
