"""Roles lent to a colleague during leave (委托代理), and what ended before its last day."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Column, Date, Index
from sqlmodel import Field, SQLModel

from models.columns import ID_LENGTH, OFFICE_ID_LENGTH, Instant, Json

NOTE_LENGTH, BY_LENGTH = 200, 200


class Delegation(SQLModel, table=True):
    """Some roles of an account are lent to another from the first day to the last, both included. Append-only.

    Logins are folded. `given_by` is the login that entered it, or `os:` and the account of the operating system.
    """

    __tablename__ = "delegation"
    __table_args__ = (
        CheckConstraint("first_on <= last_on", name="delegation_days"),
        Index("delegation_delegate", "delegate", "last_on"),
        Index("delegation_delegator", "delegator", "last_on"),
        Index("delegation_listed", "office_id", "first_on", "id"),
    )

    id: str = Field(primary_key=True, max_length=ID_LENGTH)
    office_id: str = Field(max_length=OFFICE_ID_LENGTH)
    department: str = Field(max_length=60)
    delegator: str = Field(max_length=ID_LENGTH)
    delegate: str = Field(max_length=ID_LENGTH)
    roles: list[str] = Field(sa_column=Column(Json, nullable=False))
    first_on: date = Field(sa_column=Column(Date, nullable=False))
    last_on: date = Field(sa_column=Column(Date, nullable=False))
    reason: str = Field(max_length=20)
    note: str | None = Field(default=None, max_length=NOTE_LENGTH)
    given_by: str = Field(max_length=BY_LENGTH)
    given_at: datetime = Field(sa_column=Column(Instant, nullable=False))


class DelegationEnd(SQLModel, table=True):
    """A delegation ended at that instant, before its last day was over. Append-only."""

    __tablename__ = "delegation_end"

    delegation_id: str = Field(primary_key=True, max_length=ID_LENGTH, foreign_key="delegation.id")
    office_id: str = Field(max_length=OFFICE_ID_LENGTH)
    ended_by: str = Field(max_length=BY_LENGTH)
    ended_at: datetime = Field(sa_column=Column(Instant, nullable=False))
