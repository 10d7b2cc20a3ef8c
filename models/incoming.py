"""Inbound matters: what others send to the house, its clocks, how it arrived, and, apart, who complains or informs."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, Column, Index, LargeBinary, text
from sqlmodel import Field, SQLModel

from models.columns import ID_LENGTH, OFFICE_ID_LENGTH, Instant, Json

_STILL: dict[str, Any] = {"sqlite_where": text("ended = 0"), "postgresql_where": text("NOT ended")}
STATES = ("received", "signed_for", "accepted", "returned", "forwarded", "noted", "fed_back")


class Incoming(SQLModel, table=True):
    """One matter (来件) and where it stands. `content` is what it says without who informs; logins are folded."""

    __tablename__ = "incoming"
    __table_args__ = (
        CheckConstraint(f"state IN {STATES}", name="incoming_state"),
        CheckConstraint("state <> 'accepted' OR finding_id IS NOT NULL", name="incoming_accepted_once"),
        Index("incoming_number", "office_id", "number", unique=True),
        Index("incoming_listed", "office_id", "department", "ended", "sorts_at", "id"),
        Index("incoming_sorted", "office_id", "sorts_at", "id"),
        Index("incoming_not_ended", "sorts_at", "id", **_STILL),
        Index("incoming_finding", "finding_id"),
        Index("incoming_referral", "referral_id"),
    )

    id: str = Field(primary_key=True, max_length=ID_LENGTH)
    office_id: str = Field(max_length=OFFICE_ID_LENGTH)
    number: str = Field(max_length=40)
    kind: str = Field(max_length=40)
    state: str = Field(max_length=20)
    ended: bool = False
    department: str = Field(max_length=60)
    confidential: bool
    channel: str = Field(max_length=20)
    system_id: str | None = Field(default=None, max_length=60)
    sender_department: str | None = Field(default=None, max_length=60)
    sender_name: str | None = Field(default=None, max_length=200)
    informant: str = Field(max_length=10)
    title: str = Field(max_length=200)
    content: dict[str, Any] = Field(sa_column=Column(Json, nullable=False))
    events: dict[str, Any] = Field(sa_column=Column(Json, nullable=False))
    """When each act happened last, and what the finding told: name → instant."""
    said: dict[str, Any] = Field(sa_column=Column(Json, nullable=False))
    """What acts stated last: reason, explanation, result and the like."""
    handler: str | None = Field(default=None, max_length=ID_LENGTH)
    entered_by: str | None = Field(default=None, max_length=ID_LENGTH)
    inspection_id: str | None = Field(default=None, max_length=ID_LENGTH)
    finding_id: str | None = Field(default=None, max_length=ID_LENGTH)
    referral_id: str | None = Field(default=None, max_length=ID_LENGTH)
    received_at: datetime = Field(sa_column=Column(Instant, nullable=False))
    recorded_at: datetime = Field(sa_column=Column(Instant, nullable=False))
    due_effective: str | None = Field(default=None, max_length=40)
    yellow_at: datetime | None = Field(default=None, sa_column=Column(Instant))
    red_at: datetime | None = Field(default=None, sa_column=Column(Instant))
    overdue_at: datetime | None = Field(default=None, sa_column=Column(Instant))
    severe_at: datetime | None = Field(default=None, sa_column=Column(Instant))
    sorts_at: datetime = Field(sa_column=Column(Instant, nullable=False))
    """When it is overdue first, or long after everything where nothing runs: what lists are sorted by."""
    sequence: int
    head: str = Field(max_length=64)


class IncomingDeadline(SQLModel, table=True):
    """One clock of a matter, in the columns of a deadline."""

    __tablename__ = "incoming_deadline"
    __table_args__ = (
        Index("incoming_deadline_term", "incoming_id", "term", unique=True),
        Index("incoming_deadline_due", "office_id", "state", "told_stage", "red_at"),
    )

    id: str = Field(primary_key=True, max_length=ID_LENGTH)
    office_id: str = Field(max_length=OFFICE_ID_LENGTH)
    department: str = Field(max_length=60)
    incoming_id: str = Field(max_length=ID_LENGTH)
    term: str = Field(max_length=30)
    nature: str = Field(max_length=10)
    state: str = Field(max_length=10)
    """running, met, met_late, or void where the event that began it no longer stands."""
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
    """How far the bell has told of its present end: 0 nothing, 1 nearly due, 2 overdue, 3 severe."""


class IncomingArrival(SQLModel, table=True):
    """An event that a linked system sent; (system, id) is kept for ever against repetition. Append-only."""

    __tablename__ = "incoming_arrival"

    system_id: str = Field(primary_key=True, max_length=60)
    id: str = Field(primary_key=True, max_length=ID_LENGTH)
    office_id: str = Field(max_length=OFFICE_ID_LENGTH)
    incoming_id: str = Field(max_length=ID_LENGTH)
    digest: str = Field(max_length=64)
    signature: str = Field(max_length=2000)
    received_at: datetime = Field(sa_column=Column(Instant, nullable=False))


class IncomingPerson(SQLModel, table=True):
    """Who complains or informs, apart from all else, so that it can be masked, and erased when the law wants it.

    `body` is the event to the byte, where one came: it names the person too.
    """

    __tablename__ = "incoming_person"

    incoming_id: str = Field(primary_key=True, max_length=ID_LENGTH)
    office_id: str = Field(max_length=OFFICE_ID_LENGTH)
    particulars: dict[str, Any] = Field(sa_column=Column(Json, nullable=False))
    body: bytes | None = Field(default=None, sa_column=Column(LargeBinary))
