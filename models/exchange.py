"""Linked systems, messages that leave the house, receipts that come back."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Boolean, Column, Index, LargeBinary, false, text
from sqlmodel import Field, SQLModel

from models.columns import ID_LENGTH, OFFICE_ID_LENGTH, Instant, Json

WAITING = "state = 'waiting'"
WITH_DEADLINE = f"{WAITING} AND due_at IS NOT NULL"
IN_THE_WAY = "state IN ('waiting', 'dead')"
"""What later messages of the same thread wait for. The databases match these words with those of the statements."""


UNENTERED = "state = 'paper' AND system_id IS NULL AND delivered_at IS NULL"
"""What went on paper and is not known yet to have arrived."""


def _where(condition: str) -> dict[str, Any]:
    return {"sqlite_where": text(condition), "postgresql_where": text(condition)}


class LinkedSystem(SQLModel, table=True):
    """A system of another department that is called, pulls or is brought bundles, and the keys both sides sign with."""

    __tablename__ = "linked_system"

    id: str = Field(primary_key=True, max_length=60)
    office_id: str = Field(max_length=OFFICE_ID_LENGTH)
    department: str = Field(max_length=60, index=True)
    kinds: list[str] = Field(sa_column=Column(Json, nullable=False))
    url: str | None = Field(default=None, max_length=500)
    allow_private: bool = False
    scheme: str = Field(max_length=10)
    secrets: list[dict[str, Any]] = Field(sa_column=Column(Json, nullable=False))
    """Keys in force: {"secret"|"public"|"private", "until": instant|null}, newest first."""
    encryption_keys: list[dict[str, Any]] = Field(
        default_factory=list, sa_column=Column(Json, nullable=False)
    )
    """What its criminal queue, or what is carried, is sealed to: {"jwk", "thumbprint", "since", "until"}, newest first."""
    disabled: bool = False
    """True while it is not called: it said that it is gone, or it is suspended."""
    suspended: bool = False
    """True while two administrators have it that it is neither called nor heard nor written to."""
    carrier: bool = Field(default=False, sa_column=Column(Boolean, nullable=False, server_default=false()))
    """True for a system without a network, which is brought bundles and neither called nor pulls."""
    created_at: datetime = Field(sa_column=Column(Instant, nullable=False))


class Message(SQLModel, table=True):
    """A message in the outbox, written by the transaction of its step."""

    __tablename__ = "message"
    __table_args__ = (
        Index("message_order", "system_id", "queue", "sequence", unique=True),
        Index("message_state", "state"),
        Index("message_proceeding", "proceeding_id", "recorded_at"),
        Index("message_finding", "finding_id"),
        Index("message_inspection", "inspection_id"),
        Index("message_sent", "queue", "recorded_at", "id"),
        Index("message_unentered", "state", "delivered_at", "recorded_at", "id", **_where(UNENTERED)),
        Index("message_by_state", "system_id", "queue", "state", "recorded_at"),
        Index("message_by_delivery", "system_id", "queue", "delivered_at"),
        Index("message_open", "system_id", "queue", "sequence", **_where(WAITING)),
        Index("message_pressing", "system_id", "due_at", **_where(WITH_DEADLINE)),
        Index("message_thread", "system_id", "queue", "thread", "sequence", **_where(IN_THE_WAY)),
        Index("message_leased", "system_id", **_where("lease IS NOT NULL")),
        Index("message_alarm", "alarm_at", **_where("alarm_at IS NOT NULL")),
    )

    id: str = Field(primary_key=True, max_length=ID_LENGTH)
    office_id: str = Field(max_length=OFFICE_ID_LENGTH)
    system_id: str | None = Field(default=None, max_length=60)
    recipient: str = Field(max_length=60)
    queue: str = Field(max_length=10)
    sequence: int | None = Field(default=None, sa_column=Column(BigInteger))
    kind: str = Field(max_length=40)
    chart_name: str = Field(max_length=40)
    finding_id: str | None = Field(default=None, max_length=ID_LENGTH)
    inspection_id: str | None = Field(default=None, max_length=ID_LENGTH)
    proceeding_id: str | None = Field(default=None, max_length=ID_LENGTH)
    thread: str = Field(max_length=ID_LENGTH)
    """What it keeps order with: its finding, inspection or referral."""
    step_sequence: int
    answerable: bool
    """True while a receipt may move the chart: the latest message of its proceeding that asks for one, and those that
    it stands beside on the criminal queue."""
    body: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    state: str = Field(max_length=12)
    """waiting, carried (in a bundle on its way), delivered (2xx, acknowledged, or the bundle was answered), paper (no
    linked system, or handed over by a person), dead (a person must act)."""
    tries: int = 0
    next_try_at: datetime = Field(sa_column=Column(Instant, nullable=False))
    waiting_since: datetime | None = Field(default=None, sa_column=Column(Instant))
    """When a courier first had it in hand, in real time."""
    due_at: datetime | None = Field(default=None, sa_column=Column(Instant))
    """The end of the deadline that its step settles or opens, as it stood then."""
    alarm_at: datetime | None = Field(default=None, sa_column=Column(Instant))
    """When a person is to be told that it is not delivered; None when told, or when there is no reason to."""
    leased_until: datetime | None = Field(default=None, sa_column=Column(Instant))
    lease: str | None = Field(default=None, max_length=ID_LENGTH)
    outcome: str | None = Field(default=None, max_length=200)
    delivered_at: datetime | None = Field(default=None, sa_column=Column(Instant))
    recorded_at: datetime = Field(sa_column=Column(Instant, nullable=False))


class Destination(SQLModel, table=True):
    """A system that is called, as the couriers of all nodes know it: whether it answers, and where it may be called."""

    __tablename__ = "destination"

    system_id: str = Field(primary_key=True, max_length=60)
    failures: int = 0
    """Attempts in a row without a sign of life."""
    openings: int = 0
    """How often in a row it was left alone; 0 while it answers."""
    open_until: datetime | None = Field(default=None, sa_column=Column(Instant))
    """Until when it is left alone (the circuit is open), in real time; afterwards one attempt at a time is made."""
    failing_since: datetime | None = Field(default=None, sa_column=Column(Instant))
    allowed: list[str] | None = Field(default=None, sa_column=Column(Json))
    """The only hosts and networks that it may be called at; None: no such list."""


class MessageSeries(SQLModel, table=True):
    """The last sequence given per linked system and queue."""

    __tablename__ = "message_series"

    system_id: str = Field(primary_key=True, max_length=60)
    queue: str = Field(primary_key=True, max_length=10)
    last: int = Field(sa_column=Column(BigInteger, nullable=False))


class SealedMessage(SQLModel, table=True):
    """A message as it is sent to a receiver that has an encryption key, sealed once for each key it was sent under.

    The house cannot open it; what it says stands in the outbox.
    """

    __tablename__ = "sealed_message"

    message_id: str = Field(primary_key=True, max_length=ID_LENGTH)
    thumbprint: str = Field(primary_key=True, max_length=43)
    office_id: str = Field(max_length=OFFICE_ID_LENGTH)
    body: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    sealed_at: datetime = Field(sa_column=Column(Instant, nullable=False))


class Receipt(SQLModel, table=True):
    """A receipt as it arrived, byte for byte; (system, id) is kept for ever against repetition."""

    __tablename__ = "receipt"
    __table_args__ = (
        Index("receipt_parked", "finding_id", "state"),
        Index("receipt_by_day", "system_id", "received_at"),
        Index("receipt_received", "received_at", "id"),
        Index("receipt_state", "state", "received_at", "id"),
    )

    system_id: str = Field(primary_key=True, max_length=60)
    id: str = Field(primary_key=True, max_length=ID_LENGTH)
    office_id: str = Field(max_length=OFFICE_ID_LENGTH)
    digest: str = Field(max_length=64)
    kind: str = Field(max_length=40)
    message_id: str = Field(max_length=ID_LENGTH, index=True)
    finding_id: str | None = Field(default=None, max_length=ID_LENGTH)
    proceeding_id: str | None = Field(default=None, max_length=ID_LENGTH)
    state: str = Field(max_length=20)
    """recorded, noted (timeline only), parked, contradicts (a task)."""
    waiting_for: str | None = Field(default=None, max_length=200)
    body: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    signature: str = Field(max_length=2000)
    received_at: datetime = Field(sa_column=Column(Instant, nullable=False))
