"""Trusted moments of time, and leaps of the clock."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from models.columns import Instant

revision = "0013"
down_revision = "0012"
OPEN = sa.text("ended_at IS NULL")


def upgrade() -> None:
    """No moment is trusted yet and no leap was found; of an office one leap at most is open."""
    op.create_table(
        "time_beat",
        sa.Column("office_id", sa.String(40), primary_key=True),
        sa.Column("boot", sa.String(80), primary_key=True),
        sa.Column("shown_at", Instant(), nullable=False),
        sa.Column("uptime", sa.Float(), nullable=False),
        sa.Column("adopted", sa.String(64)),
    )
    op.create_table(
        "time_leap",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("office_id", sa.String(40), nullable=False),
        sa.Column("boot", sa.String(80), nullable=False),
        sa.Column("expected_at", Instant(), nullable=False),
        sa.Column("shown_at", Instant(), nullable=False),
        sa.Column("ended_at", Instant()),
        sa.Column("ended_by", sa.String(64)),
    )
    op.create_index(
        "time_leap_open", "time_leap", ["office_id"], unique=True, sqlite_where=OPEN, postgresql_where=OPEN
    )


def downgrade() -> None:
    """The tables are gone."""
    op.drop_table("time_leap")
    op.drop_table("time_beat")
