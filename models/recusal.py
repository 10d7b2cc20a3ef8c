"""Recusals: who was to step back from a case, and what was decided. Both are only ever added."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, Column, Index
from sqlmodel import Field, SQLModel

from models.columns import ID_LENGTH, OFFICE_ID_LENGTH, Instant


class Recusal(SQLModel, table=True):
    """Somebody is to step back from a finding, or from its criminal referral. Append-only.

    `record_id` is the record it was entered on, `finding_id` the finding of the case; `person` is a folded login.
    """

    __tablename__ = "recusal"
    __table_args__ = (
        CheckConstraint("kind IN ('declared', 'applied')", name="recusal_kind"),
        Index("recusal_case", "finding_id"),
        Index("recusal_record", "record_id", "id"),
    )

    id: str = Field(primary_key=True, max_length=ID_LENGTH)
    office_id: str = Field(max_length=OFFICE_ID_LENGTH)
    record_id: str = Field(max_length=ID_LENGTH)
    finding_id: str = Field(max_length=ID_LENGTH)
    person: str = Field(max_length=ID_LENGTH)
    kind: str = Field(max_length=10)
    ground: str = Field(max_length=20)
    reason: str = Field(max_length=200)
    applicant: str | None = Field(default=None, max_length=200)
    entered_by: str = Field(max_length=ID_LENGTH)
    entered_at: datetime = Field(sa_column=Column(Instant, nullable=False))


class RecusalDecision(SQLModel, table=True):
    """What was decided on a recusal, with reasons. Append-only."""

    __tablename__ = "recusal_decision"
    __table_args__ = (
        CheckConstraint("outcome IN ('recused', 'refused', 'withdrawn')", name="recusal_outcome"),
    )

    recusal_id: str = Field(primary_key=True, max_length=ID_LENGTH)
    office_id: str = Field(max_length=OFFICE_ID_LENGTH)
    outcome: str = Field(max_length=10)
    reason: str = Field(max_length=200)
    decided_by: str = Field(max_length=ID_LENGTH)
    decided_at: datetime = Field(sa_column=Column(Instant, nullable=False))
