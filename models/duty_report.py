"""What member departments handed in: the monthly, half-year and yearly reports."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Column, Date, Index
from sqlmodel import Field, SQLModel

from models.columns import ID_LENGTH, OFFICE_ID_LENGTH, Instant

TITLE_LENGTH, NUMBER_LENGTH, SUMMARY_LENGTH = 200, 60, 2000


class DutyReport(SQLModel, table=True):
    """One report as it was handed in. Append-only: a correction is the next `ordinal`, and the newest stands.

    `late` is of the first one, and stays so for its corrections; `due_on` is the due day that it was held against.
    """

    __tablename__ = "duty_report"
    __table_args__ = (
        CheckConstraint("ordinal >= 1", name="duty_report_ordinal"),
        Index("duty_report_place", "office_id", "period", "duty", "department", "ordinal", unique=True),
    )

    id: str = Field(primary_key=True, max_length=ID_LENGTH)
    office_id: str = Field(max_length=OFFICE_ID_LENGTH)
    duty: str = Field(max_length=40)
    period: str = Field(max_length=10)
    department: str = Field(max_length=60)
    ordinal: int
    title: str = Field(max_length=TITLE_LENGTH)
    doc_no: str | None = Field(default=None, max_length=NUMBER_LENGTH)
    summary: str = Field(max_length=SUMMARY_LENGTH)
    due_on: date = Field(sa_column=Column(Date, nullable=False))
    late: bool
    handed_in_by: str = Field(max_length=ID_LENGTH)
    handed_in_at: datetime = Field(sa_column=Column(Instant, nullable=False))
