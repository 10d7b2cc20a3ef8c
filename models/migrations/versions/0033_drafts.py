"""Drafts of forms and named filters: what a person keeps for themselves."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from models.columns import Instant, Json
from models.migrations.walling import wall_in

revision = "0033"
down_revision = "0032"


def upgrade() -> None:
    """Tables that are overwritten and deleted from; no records of the office."""
    op.create_table(
        "draft",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("office_id", sa.String(40), nullable=False),
        sa.Column("login_key", sa.String(64), nullable=False),
        sa.Column("record_id", sa.String(64), nullable=False),
        sa.Column("triggers", sa.String(400), nullable=False),
        sa.Column("proceeding", sa.String(64), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("typed", Json, nullable=False),
        sa.Column("saved_at", Instant(), nullable=False),
    )
    op.create_index(
        "draft_of_account", "draft", ["login_key", "record_id", "triggers", "proceeding"], unique=True
    )
    op.create_index("draft_saved", "draft", ["office_id", "saved_at"])
    op.create_table(
        "work_view",
        sa.Column("login_key", sa.String(64), primary_key=True),
        sa.Column("name", sa.String(40), primary_key=True),
        sa.Column("office_id", sa.String(40), nullable=False),
        sa.Column("query", sa.String(1000), nullable=False),
        sa.Column("saved_at", Instant(), nullable=False),
    )
    wall_in("draft", None)


def downgrade() -> None:
    """Nothing is kept of what was typed and named."""
    op.drop_table("work_view")
    op.drop_table("draft")
