"""Cases: parties, inspections, findings, proceedings, deadlines."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from models.columns import Instant, Json

revision = "0001"
down_revision = None
TABLES = ("party", "inspection", "finding", "proceeding", "deadline")


def upgrade() -> None:
    """These tables stand, empty."""
    _party()
    _inspection()
    _finding()
    _proceeding()
    _deadline()


def _party() -> None:
    op.create_table(
        "party",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("office_id", sa.String(40), nullable=False),
        sa.Column("identity", sa.String(400), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("detail", Json, nullable=False),
    )
    op.create_index("party_identity", "party", ["office_id", "identity"], unique=True)


def _inspection() -> None:
    op.create_table(
        "inspection",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("office_id", sa.String(40), nullable=False),
        sa.Column("department", sa.String(60), nullable=False),
        sa.Column("party_id", sa.String(64), nullable=False),
        sa.Column("reference", sa.String(64)),
        sa.Column("digest", sa.String(64)),
        sa.Column("carried", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("intake", Json, nullable=False),
        sa.Column("record", Json, nullable=False),
        sa.Column("result_text", sa.String(400), nullable=False),
        sa.Column("plan_no", sa.String(60)),
        sa.Column("task_no", sa.String(60)),
        sa.Column("finished_at", Instant(), nullable=False),
        sa.Column("publication_due_on", sa.Date()),
        sa.Column("published_on", sa.Date()),
        sa.Column("recorded_at", Instant(), nullable=False),
        sa.Column("head", sa.String(64), nullable=False),
    )
    op.create_index("inspection_finished", "inspection", ["office_id", "finished_at"])
    op.create_index(
        "inspection_reference", "inspection", ["office_id", "department", "reference"], unique=True
    )
    op.create_index("ix_inspection_party_id", "inspection", ["party_id"])


def _finding() -> None:
    op.create_table(
        "finding",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("office_id", sa.String(40), nullable=False),
        sa.Column("inspection_id", sa.String(64), nullable=False),
        sa.Column("party_id", sa.String(64), nullable=False),
        sa.Column("department", sa.String(60), nullable=False),
        sa.Column("handler", sa.String(64)),
        sa.Column("reference", sa.String(64)),
        sa.Column("digest", sa.String(64)),
        sa.Column("carried", sa.Boolean(), nullable=False),
        sa.Column("ledger_no", sa.String(2000)),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("closed", sa.Boolean(), nullable=False),
        sa.Column("owner_role", sa.String(40)),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("domain", sa.String(40), nullable=False),
        sa.Column("violation", sa.String(60), nullable=False),
        sa.Column("item", sa.String(200), nullable=False),
        sa.Column("intake", Json, nullable=False),
        sa.Column("record", Json, nullable=False),
        sa.Column("rulings", Json, nullable=False),
        sa.Column("supervised", sa.Boolean(), nullable=False),
        sa.Column("search_text", sa.Text(), nullable=False),
        sa.Column("discovered_at", Instant(), nullable=False),
        sa.Column("occurred_at", Instant(), nullable=False),
        sa.Column("recorded_at", Instant(), nullable=False),
        sa.Column("due_effective", sa.String(40)),
        sa.Column("yellow_at", Instant()),
        sa.Column("red_at", Instant()),
        sa.Column("overdue_at", Instant()),
        sa.Column("severe_at", Instant()),
        sa.Column("head", sa.String(64), nullable=False),
    )
    op.create_index("finding_discovered", "finding", ["office_id", "discovered_at"])
    op.create_index(
        "finding_figures",
        "finding",
        [
            "office_id",
            "department",
            "state",
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
        ],
    )
    op.create_index("finding_ledger", "finding", ["office_id", "ledger_no"])
    op.create_index(
        "finding_list",
        "finding",
        [
            "office_id",
            sa.text("(CASE WHEN closed THEN '' ELSE coalesce(due_effective, '') END)"),
            sa.text("(coalesce(substr(ledger_no, 1, 60), ''))"),
            "id",
            "closed",
        ],
    )
    op.create_index(
        "finding_list_department",
        "finding",
        [
            "office_id",
            "department",
            sa.text("(CASE WHEN closed THEN '' ELSE coalesce(due_effective, '') END)"),
            sa.text("(coalesce(substr(ledger_no, 1, 60), ''))"),
            "id",
        ],
    )
    op.create_index("finding_reference", "finding", ["office_id", "department", "reference"], unique=True)
    op.create_index("ix_finding_handler", "finding", ["handler"])
    op.create_index("ix_finding_inspection_id", "finding", ["inspection_id"])
    op.create_index("ix_finding_party_id", "finding", ["party_id"])


def _proceeding() -> None:
    op.create_table(
        "proceeding",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("office_id", sa.String(40), nullable=False),
        sa.Column("finding_id", sa.String(64), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("open", sa.Boolean(), nullable=False),
        sa.Column("record", Json, nullable=False),
        sa.Column("opened_at", Instant(), nullable=False),
        sa.Column("opened_sequence", sa.BigInteger(), nullable=False),
        sa.Column("target_department", sa.String(60)),
    )
    op.create_index("ix_proceeding_finding_id", "proceeding", ["finding_id"])
    op.create_index("proceeding_kind", "proceeding", ["office_id", "kind", "finding_id"])
    op.create_index("proceeding_of_finding", "proceeding", ["finding_id", "kind", "state", "open"])


def _deadline() -> None:
    op.create_table(
        "deadline",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("office_id", sa.String(40), nullable=False),
        sa.Column("department", sa.String(60), nullable=False),
        sa.Column("inspection_id", sa.String(64), nullable=False),
        sa.Column("finding_id", sa.String(64)),
        sa.Column("proceeding_id", sa.String(64)),
        sa.Column("term", sa.String(30), nullable=False),
        sa.Column("nature", sa.String(10), nullable=False),
        sa.Column("counted", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("spec", Json, nullable=False),
        sa.Column("history", Json, nullable=False),
        sa.Column("due_effective", sa.String(40), nullable=False),
        sa.Column("provisional", sa.Boolean(), nullable=False),
        sa.Column("yellow_at", Instant(), nullable=False),
        sa.Column("red_at", Instant(), nullable=False),
        sa.Column("overdue_at", Instant(), nullable=False),
        sa.Column("severe_at", Instant(), nullable=False),
        sa.Column("settled_at", Instant()),
        sa.Column("told_stage", sa.Integer(), nullable=False),
    )
    op.create_index(
        "deadline_department", "deadline", ["office_id", "department", "state", "due_effective", "id"]
    )
    op.create_index("deadline_due", "deadline", ["office_id", "state", "overdue_at"])
    op.create_index("deadline_soonest", "deadline", ["office_id", "state", "due_effective", "id"])
    op.create_index("ix_deadline_finding_id", "deadline", ["finding_id"])
    op.create_index("ix_deadline_inspection_id", "deadline", ["inspection_id"])


def downgrade() -> None:
    """These tables are gone."""
    for table in reversed(TABLES):
        op.drop_table(table)
