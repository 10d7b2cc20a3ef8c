"""Back-tests of drafts of the rulebook: which runs there were, and what each draft would change.

What only a referral's list may know is kept in a table of its own (`backtest_criminal`), which no page and no answer
of the API reads: the other two hold outcomes made as if every confidential rule and fact did not exist.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Column, Index
from sqlmodel import Field, SQLModel

from models.columns import ID_LENGTH, OFFICE_ID_LENGTH, Instant, Json

ROUTES_LENGTH = 400
"""Every route there is, one after the other, with room for more."""


class BacktestRun(SQLModel, table=True):
    """One run of a draft over all findings; `cursor` is the last finding whose result is kept."""

    __tablename__ = "backtest_run"
    __table_args__ = (
        CheckConstraint("state IN ('running', 'finished')", name="backtest_run_state"),
        CheckConstraint("(state = 'finished') = (finished_at IS NOT NULL)", name="backtest_run_finished"),
        CheckConstraint("done >= 0 AND undecidable >= 0 AND undecidable <= done", name="backtest_run_counts"),
        Index("backtest_run_draft", "office_id", "draft_digest", "state"),
    )

    id: str = Field(primary_key=True, max_length=ID_LENGTH)
    office_id: str = Field(max_length=OFFICE_ID_LENGTH)
    draft_version: str = Field(max_length=100)
    draft_digest: str = Field(max_length=80)
    live_version: str = Field(max_length=100)
    live_digest: str = Field(max_length=80)
    state: str = Field(max_length=10)
    started_at: datetime = Field(sa_column=Column(Instant, nullable=False))
    finished_at: datetime | None = Field(default=None, sa_column=Column(Instant))
    cursor: str = Field(default="", max_length=ID_LENGTH)
    total: int
    done: int = 0
    undecidable: int = 0
    """Findings whose facts neither of the two rulebooks knows."""


class BacktestChange(SQLModel, table=True):
    """A finding that the draft would decide otherwise; null where a rulebook does not know its facts.

    routes_from and routes_to are the routes of both outcomes joined by commas, for counting. `disagreement` has both
    evaluators' traces when they differ over the draft, and is null when they agree.
    """

    __tablename__ = "backtest_change"
    __table_args__ = (
        CheckConstraint("fine_fen >= 0 AND amount_fen >= 0", name="backtest_change_money"),
        Index("backtest_change_department", "run_id", "department", "domain"),
    )

    run_id: str = Field(primary_key=True, max_length=ID_LENGTH)
    finding_id: str = Field(primary_key=True, max_length=ID_LENGTH)
    office_id: str = Field(max_length=OFFICE_ID_LENGTH)
    department: str = Field(max_length=60)
    domain: str = Field(max_length=40)
    party_id: str = Field(max_length=ID_LENGTH)
    was: dict[str, Any] | None = Field(default=None, sa_column=Column(Json))
    becomes: dict[str, Any] | None = Field(default=None, sa_column=Column(Json))
    routes_from: str = Field(max_length=ROUTES_LENGTH)
    routes_to: str = Field(max_length=ROUTES_LENGTH)
    fine_fen: int = Field(default=0, sa_column=Column(BigInteger, nullable=False))
    amount_fen: int = Field(default=0, sa_column=Column(BigInteger, nullable=False))
    agreed: bool = True
    disagreement: dict[str, Any] | None = Field(default=None, sa_column=Column(Json))


class BacktestTurn(SQLModel, table=True):
    """One thing that the outcome of a changed finding loses or gains."""

    __tablename__ = "backtest_turn"
    __table_args__ = (
        CheckConstraint("turn IN ('lost', 'gained')", name="backtest_turn_turn"),
        Index("backtest_turn_code", "run_id", "subject", "code", "turn"),
    )

    run_id: str = Field(primary_key=True, max_length=ID_LENGTH)
    finding_id: str = Field(primary_key=True, max_length=ID_LENGTH)
    subject: str = Field(primary_key=True, max_length=20)
    code: str = Field(primary_key=True, max_length=60)
    turn: str = Field(primary_key=True, max_length=10)
    office_id: str = Field(max_length=OFFICE_ID_LENGTH)


class BacktestCriminal(SQLModel, table=True):
    """A finding whose confidential part the draft would decide otherwise; read by nobody but the command line."""

    __tablename__ = "backtest_criminal"

    run_id: str = Field(primary_key=True, max_length=ID_LENGTH)
    finding_id: str = Field(primary_key=True, max_length=ID_LENGTH)
    office_id: str = Field(max_length=OFFICE_ID_LENGTH)
    was: dict[str, Any] | None = Field(default=None, sa_column=Column(Json))
    becomes: dict[str, Any] | None = Field(default=None, sa_column=Column(Json))
    agreed: bool = True
