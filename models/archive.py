"""What is kept of closed cases: legal holds, and erasures with what each has destroyed. All of it only ever added."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Column, Index
from sqlmodel import Field, SQLModel

from models.columns import ID_LENGTH, OFFICE_ID_LENGTH, Instant, Json

REASON_LENGTH = 200


class LegalHold(SQLModel, table=True):
    """Somebody asked that a finding, or all of its party, be kept (保全、暂缓销毁). Append-only."""

    __tablename__ = "legal_hold"
    __table_args__ = (Index("legal_hold_finding", "finding_id"), Index("legal_hold_party", "party_id"))

    id: str = Field(primary_key=True, max_length=ID_LENGTH)
    office_id: str = Field(max_length=OFFICE_ID_LENGTH)
    department: str = Field(max_length=60)
    finding_id: str = Field(max_length=ID_LENGTH)
    """Where it was entered; that finding is held in either case."""
    party_id: str | None = Field(default=None, max_length=ID_LENGTH)
    """Set where it holds everything of the party, in every department."""
    reason: str = Field(max_length=REASON_LENGTH)
    put_by: str = Field(max_length=ID_LENGTH)
    put_at: datetime = Field(sa_column=Column(Instant, nullable=False))


class LegalHoldAct(SQLModel, table=True):
    """What was said of a hold since: that it be released, that it stays, that it is released. Append-only."""

    __tablename__ = "legal_hold_act"
    __table_args__ = (Index("legal_hold_act_of", "hold_id", "id"),)

    id: str = Field(primary_key=True, max_length=ID_LENGTH)
    office_id: str = Field(max_length=OFFICE_ID_LENGTH)
    hold_id: str = Field(max_length=ID_LENGTH)
    act: str = Field(max_length=20)
    """release_proposed, kept or released."""
    reason: str = Field(max_length=REASON_LENGTH)
    by: str = Field(max_length=ID_LENGTH)
    at: datetime = Field(sa_column=Column(Instant, nullable=False))


class Erasure(SQLModel, table=True):
    """Somebody proposed that what a closed finding says be erased, and by which law. Append-only."""

    __tablename__ = "erasure"
    __table_args__ = (Index("erasure_finding", "finding_id", "id"),)

    id: str = Field(primary_key=True, max_length=ID_LENGTH)
    office_id: str = Field(max_length=OFFICE_ID_LENGTH)
    finding_id: str = Field(max_length=ID_LENGTH)
    department: str = Field(max_length=60)
    basis: str = Field(max_length=REASON_LENGTH)
    """The law, as whoever proposes it has written it."""
    reason: str = Field(max_length=REASON_LENGTH)
    papers: list[str] | None = Field(default=None, sa_column=Column(Json))
    """The papers whose bytes go too; None for all that were handed in."""
    proposed_by: str = Field(max_length=ID_LENGTH)
    proposed_at: datetime = Field(sa_column=Column(Instant, nullable=False))


class ErasureDecision(SQLModel, table=True):
    """What became of a proposed erasure. Append-only."""

    __tablename__ = "erasure_decision"

    erasure_id: str = Field(primary_key=True, max_length=ID_LENGTH)
    office_id: str = Field(max_length=OFFICE_ID_LENGTH)
    outcome: str = Field(max_length=20)
    """carried_out, refused or withdrawn."""
    reason: str = Field(max_length=REASON_LENGTH)
    decided_by: str = Field(max_length=ID_LENGTH)
    decided_at: datetime = Field(sa_column=Column(Instant, nullable=False))
    destroyed: dict[str, Any] | None = Field(default=None, sa_column=Column(Json))
    """How much was destroyed, by kind; None where nothing was."""


class ErasedPayload(SQLModel, table=True):
    """An entry whose payload was destroyed; the database lets no other payload go. Append-only."""

    __tablename__ = "erased_payload"

    record_id: str = Field(primary_key=True, max_length=ID_LENGTH)
    sequence: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    office_id: str = Field(max_length=OFFICE_ID_LENGTH)
    erasure_id: str = Field(max_length=ID_LENGTH)
    commitment: str = Field(max_length=64)
    """What the chain goes on keeping of it."""


class ErasedPaper(SQLModel, table=True):
    """A paper whose bytes were destroyed; its row stays, empty. Append-only."""

    __tablename__ = "erased_paper"

    finding_id: str = Field(primary_key=True, max_length=ID_LENGTH)
    digest: str = Field(primary_key=True, max_length=80)
    office_id: str = Field(max_length=OFFICE_ID_LENGTH)
    erasure_id: str = Field(max_length=ID_LENGTH)
