"""Templates that papers were issued with, and which of an office's own are in force."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Column, Text
from sqlmodel import Field, SQLModel

from models.columns import ID_LENGTH, OFFICE_ID_LENGTH, Instant

DIGEST_LENGTH = 80


class PaperTemplate(SQLModel, table=True):
    """A template with everything that it takes from what all papers share. Append-only."""

    __tablename__ = "paper_template"

    digest: str = Field(primary_key=True, max_length=DIGEST_LENGTH)
    """SHA-256 over the text."""
    office_id: str = Field(max_length=OFFICE_ID_LENGTH)
    kind: str = Field(max_length=60)
    text: str = Field(sa_column=Column(Text, nullable=False))
    recorded_at: datetime = Field(sa_column=Column(Instant, nullable=False))


class TemplateChange(SQLModel, table=True):
    """From here on papers of the kind are issued with this template of the office. Append-only; the last one stands."""

    __tablename__ = "template_change"

    id: str = Field(primary_key=True, max_length=ID_LENGTH)
    office_id: str = Field(max_length=OFFICE_ID_LENGTH)
    kind: str = Field(max_length=60)
    digest: str | None = Field(default=None, max_length=DIGEST_LENGTH)
    """None where the program's own is in force again."""
    changed_by: str = Field(max_length=200)
    changed_at: datetime = Field(sa_column=Column(Instant, nullable=False))
