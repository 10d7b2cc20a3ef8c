"""The audit chain: entries that are only ever added, and their payloads that the law may have erased."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Column, Index, Text
from sqlmodel import Field, SQLModel

from models.columns import ID_LENGTH, OFFICE_ID_LENGTH, Instant, Json

CLOSING_STEPS = ("approve_close", "carry_over", "correct_carry_over")
"""The steps that lead a finding into `closed`."""


class Entry(SQLModel, table=True):
    """One step that was taken, chained by hash to the one before it of the same record. Append-only."""

    __tablename__ = "entry"
    __table_args__ = (Index("entry_proceeding", "record_id", "proceeding_id"),)

    record_id: str = Field(primary_key=True, max_length=ID_LENGTH)
    sequence: int = Field(primary_key=True)
    office_id: str = Field(max_length=OFFICE_ID_LENGTH)
    version: int
    chart: str = Field(max_length=40)
    trigger: str = Field(max_length=60)
    proceeding_id: str | None = Field(default=None, max_length=ID_LENGTH)
    state: str = Field(max_length=40)
    by: str = Field(max_length=ID_LENGTH)
    role: str | None = Field(default=None, max_length=40)
    occurred_at: datetime = Field(sa_column=Column(Instant, nullable=False))
    recorded_at: datetime = Field(sa_column=Column(Instant, nullable=False))
    late: bool = False
    commitment: str = Field(max_length=64)
    previous: str = Field(max_length=64)
    hash: str = Field(max_length=64)


class Payload(SQLModel, table=True):
    """What an entry says, with the salt that hides it in the commitment; erasable without breaking the chain."""

    __tablename__ = "payload"

    record_id: str = Field(primary_key=True, max_length=ID_LENGTH)
    sequence: int = Field(primary_key=True)
    office_id: str = Field(max_length=OFFICE_ID_LENGTH)
    salt: str = Field(max_length=64)
    body: str = Field(sa_column=Column(Text, nullable=False))


class CommandKey(SQLModel, table=True):
    """An accepted command bound to the key of its principal, so that sending it again has no second effect."""

    __tablename__ = "command_key"

    principal: str = Field(primary_key=True, max_length=100)
    key: str = Field(primary_key=True, max_length=128)
    office_id: str = Field(max_length=OFFICE_ID_LENGTH)
    digest: str = Field(max_length=64)
    outcome: dict[str, Any] = Field(sa_column=Column(Json, nullable=False))
    recorded_at: datetime = Field(sa_column=Column(Instant, nullable=False, index=True))
