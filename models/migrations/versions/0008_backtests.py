"""Back-tests of drafts of the rulebook."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from models.columns import Instant, Json

revision = "0008"
down_revision = "0007"
TABLES = ("backtest_run", "backtest_change", "backtest_turn", "backtest_criminal")


def upgrade() -> None:
    """These tables stand, empty."""
    _run()
    _change()
    op.create_table(
        "backtest_turn",
        sa.Column("run_id", sa.String(64), primary_key=True),
        sa.Column("finding_id", sa.String(64), primary_key=True),
        sa.Column("subject", sa.String(20), primary_key=True),
        sa.Column("code", sa.String(60), primary_key=True),
        sa.Column("turn", sa.String(10), primary_key=True),
        sa.Column("office_id", sa.String(40), nullable=False),
        sa.CheckConstraint("turn IN ('lost', 'gained')", name="backtest_turn_turn"),
    )
    op.create_index("backtest_turn_code", "backtest_turn", ["run_id", "subject", "code", "turn"])
    op.create_table(
        "backtest_criminal",
        sa.Column("run_id", sa.String(64), primary_key=True),
        sa.Column("finding_id", sa.String(64), primary_key=True),
        sa.Column("office_id", sa.String(40), nullable=False),
        sa.Column("was", Json),
        sa.Column("becomes", Json),
        sa.Column("agreed", sa.Boolean(), nullable=False),
    )


def _run() -> None:
    op.create_table(
        "backtest_run",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("office_id", sa.String(40), nullable=False),
        sa.Column("draft_version", sa.String(100), nullable=False),
        sa.Column("draft_digest", sa.String(80), nullable=False),
        sa.Column("live_version", sa.String(100), nullable=False),
        sa.Column("live_digest", sa.String(80), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("started_at", Instant(), nullable=False),
        sa.Column("finished_at", Instant()),
        sa.Column("cursor", sa.String(64), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("undecidable", sa.Integer(), nullable=False),
        sa.CheckConstraint("state IN ('running', 'finished')", name="backtest_run_state"),
        sa.CheckConstraint("(state = 'finished') = (finished_at IS NOT NULL)", name="backtest_run_finished"),
        sa.CheckConstraint(
            "done >= 0 AND undecidable >= 0 AND undecidable <= done", name="backtest_run_counts"
        ),
    )
    op.create_index("backtest_run_draft", "backtest_run", ["office_id", "draft_digest", "state"])


def _change() -> None:
    op.create_table(
        "backtest_change",
        sa.Column("run_id", sa.String(64), primary_key=True),
        sa.Column("finding_id", sa.String(64), primary_key=True),
        sa.Column("office_id", sa.String(40), nullable=False),
        sa.Column("department", sa.String(60), nullable=False),
        sa.Column("domain", sa.String(40), nullable=False),
        sa.Column("party_id", sa.String(64), nullable=False),
        sa.Column("was", Json),
        sa.Column("becomes", Json),
        sa.Column("routes_from", sa.String(400), nullable=False),
        sa.Column("routes_to", sa.String(400), nullable=False),
        sa.Column("fine_fen", sa.BigInteger(), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("agreed", sa.Boolean(), nullable=False),
        sa.Column("disagreement", Json),
        sa.CheckConstraint("fine_fen >= 0 AND amount_fen >= 0", name="backtest_change_money"),
    )
    op.create_index("backtest_change_department", "backtest_change", ["run_id", "department", "domain"])


def downgrade() -> None:
    """These tables are gone."""
    for table in reversed(TABLES):
        op.drop_table(table)
