"""The criminal referral (移送司法机关): a record of its own, with its deadlines, its list and who read it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Column, Index
from sqlmodel import Field, SQLModel

from models.columns import ID_LENGTH, OFFICE_ID_LENGTH, Instant, Json


class Referral(SQLModel, table=True):
    """One criminal referral in its present state, which is empty while a suspicion is recorded and not referred."""

    __tablename__ = "referral"
    __table_args__ = (Index("referral_act", "party_id", "domain", "violation"),)

    id: str = Field(primary_key=True, max_length=ID_LENGTH)
    office_id: str = Field(max_length=OFFICE_ID_LENGTH)
    department: str = Field(max_length=60)
    finding_id: str = Field(max_length=ID_LENGTH, index=True)
    party_id: str = Field(max_length=ID_LENGTH)
    domain: str = Field(max_length=40)
    violation: str = Field(max_length=60)
    state: str = Field(max_length=40)
    version: int = 0
    sequence: int = 0
    record: dict[str, Any] = Field(sa_column=Column(Json, nullable=False))
    doc_no: str | None = Field(default=None, max_length=100)
    opened_at: datetime | None = Field(default=None, sa_column=Column(Instant))
    recorded_at: datetime = Field(sa_column=Column(Instant, nullable=False))
    head: str = Field(default="", max_length=64)


class ReferralDeadline(SQLModel, table=True):
    """One deadline of a criminal referral; no list of deadlines looks here but that of its readers."""

    __tablename__ = "referral_deadline"
    __table_args__ = (Index("referral_deadline_due", "office_id", "state", "told_stage", "overdue_at"),)

    id: str = Field(primary_key=True, max_length=ID_LENGTH)
    office_id: str = Field(max_length=OFFICE_ID_LENGTH)
    department: str = Field(max_length=60)
    referral_id: str = Field(max_length=ID_LENGTH, index=True)
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


class ReferralListed(SQLModel, table=True):
    """Somebody on the list of a criminal referral, and what put the person there."""

    __tablename__ = "referral_reader"

    referral_id: str = Field(primary_key=True, max_length=ID_LENGTH)
    login: str = Field(primary_key=True, max_length=ID_LENGTH)
    office_id: str = Field(max_length=OFFICE_ID_LENGTH)
    ground: str = Field(max_length=20)
    """acted, team, head, or step: an open step of the person depends on the referral. The last lasts as long as it does."""
    since: datetime = Field(sa_column=Column(Instant, nullable=False))


class ReferralHand(SQLModel, table=True):
    """Somebody who acted on a criminal referral or is in its team, as its record says at present: found by index."""

    __tablename__ = "referral_hand"

    referral_id: str = Field(primary_key=True, max_length=ID_LENGTH)
    login_key: str = Field(primary_key=True, max_length=ID_LENGTH)
    """The login, folded."""
    office_id: str = Field(max_length=OFFICE_ID_LENGTH)
    ground: str = Field(max_length=20)
    """acted or team."""


class ReferralReading(SQLModel, table=True):
    """That somebody read a criminal referral, and which part of it. Append-only."""

    __tablename__ = "referral_reading"

    id: str = Field(primary_key=True, max_length=ID_LENGTH)
    office_id: str = Field(max_length=OFFICE_ID_LENGTH)
    referral_id: str = Field(max_length=ID_LENGTH, index=True)
    login: str = Field(max_length=ID_LENGTH)
    part: str = Field(max_length=40)
    read_at: datetime = Field(sa_column=Column(Instant, nullable=False))
