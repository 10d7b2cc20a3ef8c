"""Parties, inspections, findings and their proceedings: the present state of every record."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, Column, Index, Text, text
from sqlmodel import Field, SQLModel

from models.columns import ID_LENGTH, OFFICE_ID_LENGTH, Instant, Json

LIST_DUE = "CASE WHEN closed OR due_effective IS NULL THEN '' ELSE due_effective END"
"""Without a function: behind a row policy PostgreSQL enters an index only by what is known to tell nobody anything."""
LIST_NUMBER = "coalesce(substr(ledger_no, 1, 60), '')"
"""What lists of findings are ordered by, letter for letter as in the index, so that both databases use it."""

NO_DUE = "due_effective IS NULL"
"""What the open findings have in common on which nothing runs."""
NOT_PUBLIC = "published_on IS NULL AND state NOT IN ('withheld', 'deferred')"
WITHHELD = "published_on IS NULL AND state IN ('withheld', 'deferred')"
PUBLIC_LATE = "published_on > publication_due_on"
"""How the few inspections are told apart that are not public yet, will not be, or were too late."""
NOT_PUBLISHED = "state <> 'published'"
"""What the inspections have in common that stand in any state but the one in which all of them end up."""


def partly(sqlite: str, postgresql: str | None = None) -> dict[str, Any]:
    """What an index holds only rows of, letter for letter as statements say it."""
    return {"sqlite_where": text(sqlite), "postgresql_where": text(postgresql or sqlite)}


def still_open(*more: str) -> dict[str, Any]:
    """An index of open findings alone, which stay few: SQLite has no truth values and is told a number."""
    return partly(" AND ".join(("closed = 0", *more)), " AND ".join(("NOT closed", *more)))


FIGURES = (
    "closed",
    "due_effective",
    "severe_at",
    "overdue_at",
    "red_at",
    "yellow_at",
    "discovered_at",
    "owner_role",
    "handler",
    "supervised",
    "id",
)
"""What the ledger and a person's work are counted from, so that counting reads no whole rows."""


class Party(SQLModel, table=True):
    """Who is inspected (当事人); `identity` is the key under which the same party is found again."""

    __tablename__ = "party"
    __table_args__ = (Index("party_identity", "office_id", "identity", unique=True),)

    id: str = Field(primary_key=True, max_length=ID_LENGTH)
    office_id: str = Field(max_length=OFFICE_ID_LENGTH)
    identity: str = Field(max_length=400)
    name: str = Field(max_length=200)
    detail: dict[str, Any] = Field(sa_column=Column(Json, nullable=False))


class Inspection(SQLModel, table=True):
    """One inspection (检查) in its present state."""

    __tablename__ = "inspection"
    __table_args__ = (
        Index("inspection_reference", "office_id", "department", "reference", unique=True),
        Index("inspection_finished", "office_id", "finished_at", "id"),
        Index("inspection_finished_department", "office_id", "department", "finished_at", "id"),
        Index("inspection_not_public", "finished_at", "id", "publication_due_on", **partly(NOT_PUBLIC)),
        Index("inspection_withheld", "finished_at", "id", **partly(WITHHELD)),
        Index("inspection_public_late", "finished_at", "id", **partly(PUBLIC_LATE)),
        Index("inspection_state", "state", "finished_at", "id", **partly(NOT_PUBLISHED)),
        Index("inspection_task", "task_no"),
        Index("inspection_plan", "plan_no"),
    )

    id: str = Field(primary_key=True, max_length=ID_LENGTH)
    office_id: str = Field(max_length=OFFICE_ID_LENGTH)
    department: str = Field(max_length=60)
    party_id: str = Field(max_length=ID_LENGTH, index=True)
    reference: str | None = Field(default=None, max_length=64)
    digest: str | None = Field(default=None, max_length=64)
    carried: bool = False
    state: str = Field(max_length=40)
    version: int = 0
    sequence: int = 0
    intake: dict[str, Any] = Field(sa_column=Column(Json, nullable=False))
    record: dict[str, Any] = Field(sa_column=Column(Json, nullable=False))
    result_text: str = Field(default="", max_length=400)
    plan_no: str | None = Field(default=None, max_length=60)
    task_no: str | None = Field(default=None, max_length=60)
    finished_at: datetime = Field(sa_column=Column(Instant, nullable=False))
    publication_due_on: date | None = None
    published_on: date | None = None
    recorded_at: datetime = Field(sa_column=Column(Instant, nullable=False))
    head: str = Field(default="", max_length=64)


class Finding(SQLModel, table=True):
    """One finding (台账条目) in its present state; the unit of consistency."""

    __tablename__ = "finding"
    __table_args__ = (
        Index("finding_reference", "office_id", "department", "reference", unique=True),
        Index("finding_ledger", "office_id", "ledger_no"),
        Index("finding_figures", "office_id", "department", "state", *FIGURES, **still_open()),
        Index("finding_clockless", "office_id", text(f"({LIST_NUMBER})"), "id", **still_open(NO_DUE)),
        Index("finding_discovered", "discovered_at", "office_id", "department", "carried", "id"),
        Index("finding_kept_under", "reference", **partly("reference IS NOT NULL")),
        Index("finding_handled", "handler", text(f"({LIST_DUE})"), text(f"({LIST_NUMBER})"), "id"),
        Index("finding_act", "party_id", "domain", "violation"),
        Index("finding_violation", "violation", "domain"),
        Index("finding_domain", "domain"),
        Index("finding_list", "office_id", text(f"({LIST_DUE})"), text(f"({LIST_NUMBER})"), "id", "closed"),
        Index(
            "finding_list_department",
            "office_id",
            "department",
            text(f"({LIST_DUE})"),
            text(f"({LIST_NUMBER})"),
            "id",
        ),
    )

    id: str = Field(primary_key=True, max_length=ID_LENGTH)
    office_id: str = Field(max_length=OFFICE_ID_LENGTH)
    inspection_id: str = Field(max_length=ID_LENGTH, index=True)
    party_id: str = Field(max_length=ID_LENGTH)
    department: str = Field(max_length=60)
    handler: str | None = Field(default=None, max_length=ID_LENGTH)
    reference: str | None = Field(default=None, max_length=64)
    digest: str | None = Field(default=None, max_length=64)
    carried: bool = False
    ledger_no: str | None = Field(default=None, max_length=2000)
    state: str = Field(max_length=40)
    closed: bool = False
    owner_role: str | None = Field(default=None, max_length=40)
    version: int = 0
    sequence: int = 0
    domain: str = Field(max_length=40)
    violation: str = Field(max_length=60)
    item: str = Field(max_length=200)
    intake: dict[str, Any] = Field(sa_column=Column(Json, nullable=False))
    record: dict[str, Any] = Field(sa_column=Column(Json, nullable=False))
    rulings: list[dict[str, Any]] = Field(sa_column=Column(Json, nullable=False))
    supervised: bool = False
    search_text: str = Field(default="", sa_column=Column(Text, nullable=False))
    discovered_at: datetime = Field(sa_column=Column(Instant, nullable=False))
    occurred_at: datetime = Field(sa_column=Column(Instant, nullable=False))
    recorded_at: datetime = Field(sa_column=Column(Instant, nullable=False))
    due_effective: str | None = Field(default=None, max_length=40)
    yellow_at: datetime | None = Field(default=None, sa_column=Column(Instant))
    red_at: datetime | None = Field(default=None, sa_column=Column(Instant))
    overdue_at: datetime | None = Field(default=None, sa_column=Column(Instant))
    severe_at: datetime | None = Field(default=None, sa_column=Column(Instant))
    head: str = Field(default="", max_length=64)


class Proceeding(SQLModel, table=True):
    """One proceeding (处置程序) of a finding in its present state."""

    __tablename__ = "proceeding"
    __table_args__ = (
        Index("proceeding_kind", "office_id", "kind", "state", "finding_id", "id"),
        Index("proceeding_of_finding", "finding_id", "kind", "state", "open"),
    )

    id: str = Field(primary_key=True, max_length=ID_LENGTH)
    office_id: str = Field(max_length=OFFICE_ID_LENGTH)
    finding_id: str = Field(max_length=ID_LENGTH, index=True)
    ordinal: int = 0
    kind: str = Field(max_length=40)
    state: str = Field(max_length=40)
    open: bool = True
    record: dict[str, Any] = Field(sa_column=Column(Json, nullable=False))
    opened_at: datetime = Field(sa_column=Column(Instant, nullable=False))
    opened_sequence: int = Field(default=0, sa_column=Column(BigInteger, nullable=False))
    target_department: str | None = Field(default=None, max_length=60)
