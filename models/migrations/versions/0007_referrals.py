"""Criminal referrals: records of their own."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from models.columns import Instant, Json

revision = "0007"
down_revision = "0006"
TABLES = ("referral", "referral_deadline", "referral_reader", "referral_reading")
NEVER_CHANGED = ("referral_reading",)
SENTENCE = "this table is append-only"


def upgrade() -> None:
    """These tables stand, empty; nothing is ever deleted from them, and what was read stays written."""
    _referral()
    _referral_deadline()
    _lists()
    postgresql = op.get_bind().dialect.name == "postgresql"
    for table in TABLES:
        acts = ("UPDATE", "DELETE") if table in NEVER_CHANGED else ("DELETE",)
        if postgresql:
            _guard_postgresql(table, " OR ".join(acts))
        else:
            for act in acts:
                op.execute(
                    f"CREATE TRIGGER {table}_{'kept' if act == 'DELETE' else 'stays'} BEFORE {act} ON {table} "
                    f"BEGIN SELECT RAISE(ABORT, '{SENTENCE}'); END"
                )


def _guard_postgresql(table: str, acts: str) -> None:
    op.execute(
        f"CREATE TRIGGER {table}_kept BEFORE {acts} ON {table} FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    )
    op.execute(
        f"CREATE TRIGGER {table}_whole BEFORE TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )


def _referral() -> None:
    op.create_table(
        "referral",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("office_id", sa.String(40), nullable=False),
        sa.Column("department", sa.String(60), nullable=False),
        sa.Column("finding_id", sa.String(64), nullable=False),
        sa.Column("party_id", sa.String(64), nullable=False),
        sa.Column("domain", sa.String(40), nullable=False),
        sa.Column("violation", sa.String(60), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("record", Json, nullable=False),
        sa.Column("doc_no", sa.String(100)),
        sa.Column("opened_at", Instant()),
        sa.Column("recorded_at", Instant(), nullable=False),
        sa.Column("head", sa.String(64), nullable=False),
    )
    op.create_index("referral_act", "referral", ["party_id", "domain", "violation"])
    op.create_index("ix_referral_finding_id", "referral", ["finding_id"])


def _referral_deadline() -> None:
    op.create_table(
        "referral_deadline",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("office_id", sa.String(40), nullable=False),
        sa.Column("department", sa.String(60), nullable=False),
        sa.Column("referral_id", sa.String(64), nullable=False),
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
    op.create_index("referral_deadline_due", "referral_deadline", ["office_id", "state", "overdue_at"])
    op.create_index("ix_referral_deadline_referral_id", "referral_deadline", ["referral_id"])


def _lists() -> None:
    op.create_table(
        "referral_reader",
        sa.Column("referral_id", sa.String(64), primary_key=True),
        sa.Column("login", sa.String(64), primary_key=True),
        sa.Column("office_id", sa.String(40), nullable=False),
        sa.Column("ground", sa.String(20), nullable=False),
        sa.Column("since", Instant(), nullable=False),
    )
    op.create_table(
        "referral_reading",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("office_id", sa.String(40), nullable=False),
        sa.Column("referral_id", sa.String(64), nullable=False),
        sa.Column("login", sa.String(64), nullable=False),
        sa.Column("part", sa.String(40), nullable=False),
        sa.Column("read_at", Instant(), nullable=False),
    )
    op.create_index("ix_referral_reading_referral_id", "referral_reading", ["referral_id"])


def downgrade() -> None:
    """These tables are gone, and their guards with them."""
    for table in reversed(TABLES):
        op.drop_table(table)
