"""Bundles that a person brings to a department without a network, and the answers that come back."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Column, Index, LargeBinary, Text
from sqlmodel import Field, SQLModel

from models.columns import ID_LENGTH, OFFICE_ID_LENGTH, Instant

BY_LENGTH = 200


class CarrierBundle(SQLModel, table=True):
    """The bundle of that number of a series, which has no gaps. Append-only.

    The series is `ordinary`, or the criminal referral whose messages alone it brings.
    """

    __tablename__ = "carrier_bundle"
    __table_args__ = (
        Index("carrier_bundle_number", "system_id", "series", "number", unique=True),
        Index("carrier_bundle_reply", "reply_name", unique=True),
        Index("carrier_bundle_listed", "office_id", "department", "queue"),
    )

    id: str = Field(primary_key=True, max_length=ID_LENGTH)
    office_id: str = Field(max_length=OFFICE_ID_LENGTH)
    system_id: str = Field(max_length=60)
    queue: str = Field(max_length=10)
    series: str = Field(max_length=ID_LENGTH)
    number: int
    department: str = Field(max_length=60)
    """Whose messages it brings."""
    secret: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    """The bundle's own secret: codes, passphrase and reply key come of it; it never leaves the house."""
    reply_name: str = Field(max_length=16)
    """The name of the key that answers are sealed to."""
    packed_by: str = Field(max_length=BY_LENGTH)
    packed_at: datetime = Field(sa_column=Column(Instant, nullable=False))


class CarrierContent(SQLModel, table=True):
    """The bundle that brings the message; each is brought by one. Append-only."""

    __tablename__ = "carrier_content"
    __table_args__ = (Index("carrier_content_bundle", "bundle_id", "place"),)

    message_id: str = Field(primary_key=True, max_length=ID_LENGTH)
    office_id: str = Field(max_length=OFFICE_ID_LENGTH)
    bundle_id: str = Field(max_length=ID_LENGTH)
    place: int


class CarrierPacking(SQLModel, table=True):
    """One file that was made of the bundle: the original (copy 0) or a copy of it. Append-only."""

    __tablename__ = "carrier_packing"

    bundle_id: str = Field(primary_key=True, max_length=ID_LENGTH)
    copy_no: int = Field(primary_key=True)
    office_id: str = Field(max_length=OFFICE_ID_LENGTH)
    manifest: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    manifest_digest: str = Field(max_length=64)
    signature: str = Field(sa_column=Column(Text, nullable=False))
    digest: str = Field(max_length=64)
    """SHA-256 of the container inside the envelope."""
    packed_by: str = Field(max_length=BY_LENGTH)
    packed_at: datetime = Field(sa_column=Column(Instant, nullable=False))


class CarrierAnswer(SQLModel, table=True):
    """A file that came back, byte for byte, still sealed. Append-only."""

    __tablename__ = "carrier_answer"
    __table_args__ = (Index("carrier_answer_bundle", "bundle_id"),)

    digest: str = Field(primary_key=True, max_length=64)
    office_id: str = Field(max_length=OFFICE_ID_LENGTH)
    bundle_id: str = Field(max_length=ID_LENGTH)
    body: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    taken_by: str = Field(max_length=BY_LENGTH)
    taken_at: datetime = Field(sa_column=Column(Instant, nullable=False))
