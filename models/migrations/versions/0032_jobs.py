"""Long work in the background with its files."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from models.columns import Instant, Json
from models.migrations.walling import wall_in

revision = "0032"
down_revision = "0031"


def upgrade() -> None:
    """The tables stand, empty."""
    op.create_table(
        "job",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("office_id", sa.String(40), nullable=False),
        sa.Column("owner", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("parameters", Json, nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("outcome", Json, nullable=False),
        sa.Column("error", sa.Text()),
        sa.Column("file_name", sa.String(200)),
        sa.Column("rights", sa.String(64), nullable=False),
        sa.Column("referrals", Json, nullable=False),
        sa.Column("cancel", sa.Boolean(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("holder", sa.String(64)),
        sa.Column("lease_until", Instant()),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("ended_at", Instant()),
        sa.Column("expires_at", Instant()),
    )
    op.create_index("job_owner", "job", ["office_id", "owner", "created_at", "id"])
    op.create_index("job_waiting", "job", ["office_id", "state", "created_at", "id"])
    op.create_index("ix_job_expires_at", "job", ["expires_at"])
    op.create_table(
        "job_part",
        sa.Column("job_id", sa.String(64), primary_key=True),
        sa.Column("side", sa.String(8), primary_key=True),
        sa.Column("ordinal", sa.Integer(), primary_key=True),
        sa.Column("office_id", sa.String(40), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
    )
    for table in ("job", "job_part"):
        wall_in(table, None)


def downgrade() -> None:
    """The tables are gone."""
    op.drop_table("job_part")
    op.drop_table("job")
