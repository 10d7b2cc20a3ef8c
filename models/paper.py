"""Documents issued by the house, their number series, and attachments handed in."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import Column, Index, LargeBinary
from sqlmodel import Field, SQLModel

from models.columns import ID_LENGTH, OFFICE_ID_LENGTH, Instant, Json


class Document(SQLModel, table=True):
    """A document issued at a step; `content` is what its template prints, frozen at issue."""

    __tablename__ = "document"
    __table_args__ = (Index("document_record", "record_id", "kind"),)

    id: str = Field(primary_key=True, max_length=ID_LENGTH)
    office_id: str = Field(max_length=OFFICE_ID_LENGTH)
    record_id: str = Field(max_length=ID_LENGTH)
    proceeding_id: str | None = Field(default=None, max_length=ID_LENGTH)
    sequence: int
    kind: str = Field(max_length=60)
    doc_no: str | None = Field(default=None, max_length=100)
    status: str = Field(max_length=20)
    """issued: a template made it; pending: 文书待制, number without file; attached: a paper of others; missing: 未附材料."""
    digest: str | None = Field(default=None, max_length=80)
    issued_on: date
    content: dict[str, Any] = Field(sa_column=Column(Json, nullable=False))


class Series(SQLModel, table=True):
    """The last number given per office, kind and year."""

    __tablename__ = "document_series"

    office_id: str = Field(primary_key=True, max_length=OFFICE_ID_LENGTH)
    kind: str = Field(primary_key=True, max_length=60)
    year: int = Field(primary_key=True)
    last: int


class Attachment(SQLModel, table=True):
    """A paper handed in with a finding; its digest is its key."""

    __tablename__ = "attachment"

    finding_id: str = Field(primary_key=True, max_length=ID_LENGTH)
    digest: str = Field(primary_key=True, max_length=80)
    office_id: str = Field(max_length=OFFICE_ID_LENGTH)
    name: str = Field(max_length=200)
    media_type: str = Field(max_length=100)
    size: int
    title: str | None = Field(default=None, max_length=200)
    doc_no: str | None = Field(default=None, max_length=60)
    recorded_at: datetime = Field(sa_column=Column(Instant, nullable=False))
    recorded_by: str = Field(max_length=ID_LENGTH)
    content: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    told: bytes | None = Field(default=None, sa_column=Column(LargeBinary))
    """Name, title and number of a paper of a criminal referral, sealed; they are empty then (models/at_rest.py)."""
