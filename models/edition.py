"""Editions of the rulebook: what was proposed, by whom approved, from which date it stands; and what was proven."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, Column, Date, Index, Text, text
from sqlmodel import Field, SQLModel

from models.columns import ID_LENGTH, OFFICE_ID_LENGTH, Instant, Json

DIGEST_LENGTH = 80
VERSION_LENGTH = 100


class RulebookEdition(SQLModel, table=True):
    """One edition with the files it is made of; the database lets neither them nor who proposed them change.

    Whether it is in force follows from the day: the approved edition that began last is. `proposal`, `approval` and
    `withdrawal` are what was signed with the key of the house, as text; each stands beside its signature.
    """

    __tablename__ = "rulebook_edition"
    __table_args__ = (
        CheckConstraint(
            "(approval IS NULL) = (approval_signature IS NULL)", name="rulebook_edition_approval"
        ),
        CheckConstraint(
            "(withdrawal IS NULL) = (withdrawal_signature IS NULL)", name="rulebook_edition_withdrawal"
        ),
        Index("rulebook_edition_in_force", "office_id", "in_force_from"),
        Index(
            "rulebook_edition_version",
            "office_id",
            "version",
            unique=True,
            sqlite_where=text("withdrawal IS NULL"),
            postgresql_where=text("withdrawal IS NULL"),
        ),
    )

    id: str = Field(primary_key=True, max_length=ID_LENGTH)
    office_id: str = Field(max_length=OFFICE_ID_LENGTH)
    version: str = Field(max_length=VERSION_LENGTH)
    digest: str = Field(max_length=DIGEST_LENGTH)
    """Of the edition's own files."""
    proof_digest: str = Field(max_length=DIGEST_LENGTH)
    """Of everything that its proof rested on."""
    rulebook_digest: str = Field(max_length=DIGEST_LENGTH)
    """Of the whole rulebook as it was tried: these files with the program's facts, vocabulary and office."""
    files: dict[str, str] = Field(sa_column=Column(Json, nullable=False))
    """Path below the rulebook's folder → text."""
    in_force_from: date = Field(sa_column=Column(Date, nullable=False))
    live_version: str = Field(max_length=VERSION_LENGTH)
    live_digest: str = Field(max_length=DIGEST_LENGTH)
    """The rulebook beside which it was reviewed and back-tested."""
    backtest_run_id: str = Field(max_length=ID_LENGTH)
    notice: list[Any] = Field(sa_column=Column(Json, nullable=False))
    """What changes, rule by rule, in words of both languages."""
    proposed_by: str = Field(max_length=ID_LENGTH)
    proposed_at: datetime = Field(sa_column=Column(Instant, nullable=False))
    proposal: str = Field(sa_column=Column(Text, nullable=False))
    """Signed when everything that a draft must pass was passed, and never else."""
    proposal_signature: str = Field(max_length=200)
    approved_by: str | None = Field(default=None, max_length=ID_LENGTH)
    approved_at: datetime | None = Field(default=None, sa_column=Column(Instant))
    approval: str | None = Field(default=None, sa_column=Column(Text))
    approval_signature: str | None = Field(default=None, max_length=200)
    withdrawn_by: str | None = Field(default=None, max_length=ID_LENGTH)
    withdrawn_at: datetime | None = Field(default=None, sa_column=Column(Instant))
    withdrawal: str | None = Field(default=None, sa_column=Column(Text))
    withdrawal_signature: str | None = Field(default=None, max_length=200)


class RulebookProof(SQLModel, table=True):
    """What was proven, and when; `digest` is of everything that the proof rests on, and each is tried once."""

    __tablename__ = "rulebook_proof"

    digest: str = Field(primary_key=True, max_length=DIGEST_LENGTH)
    office_id: str = Field(max_length=OFFICE_ID_LENGTH)
    proven: bool
    proof: dict[str, Any] = Field(sa_column=Column(Json, nullable=False))
    """The proof as `bihuan rules prove --json` prints it."""
    recorded_at: datetime = Field(sa_column=Column(Instant, nullable=False))
