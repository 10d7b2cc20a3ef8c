"""The audit chain with its payloads, and the keys of accepted commands."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from models.columns import Instant, Json

revision = "0002"
down_revision = "0001"
TABLES = ("entry", "payload", "command_key")


def upgrade() -> None:
    """These tables stand, empty."""
    _entry()
    _payload()
    _command_key()


def _entry() -> None:
    op.create_table(
        "entry",
        sa.Column("record_id", sa.String(64), primary_key=True),
        sa.Column("sequence", sa.Integer(), primary_key=True),
        sa.Column("office_id", sa.String(40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("chart", sa.String(40), nullable=False),
        sa.Column("trigger", sa.String(60), nullable=False),
        sa.Column("proceeding_id", sa.String(64)),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("by", sa.String(64), nullable=False),
        sa.Column("role", sa.String(40)),
        sa.Column("occurred_at", Instant(), nullable=False),
        sa.Column("recorded_at", Instant(), nullable=False),
        sa.Column("late", sa.Boolean(), nullable=False),
        sa.Column("commitment", sa.String(64), nullable=False),
        sa.Column("previous", sa.String(64), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
    )
    op.create_index("entry_proceeding", "entry", ["record_id", "proceeding_id"])


def _payload() -> None:
    op.create_table(
        "payload",
        sa.Column("record_id", sa.String(64), primary_key=True),
        sa.Column("sequence", sa.Integer(), primary_key=True),
        sa.Column("office_id", sa.String(40), nullable=False),
        sa.Column("salt", sa.String(64), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
    )


def _command_key() -> None:
    op.create_table(
        "command_key",
        sa.Column("principal", sa.String(100), primary_key=True),
        sa.Column("key", sa.String(128), primary_key=True),
        sa.Column("office_id", sa.String(40), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("outcome", Json, nullable=False),
        sa.Column("recorded_at", Instant(), nullable=False),
    )
    op.create_index("ix_command_key_recorded_at", "command_key", ["recorded_at"])


def downgrade() -> None:
    """These tables are gone."""
    for table in reversed(TABLES):
        op.drop_table(table)
