"""Linked systems, messages and receipts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from models.columns import Instant, Json

revision = "0005"
down_revision = "0004"
TABLES = ("linked_system", "message", "message_series", "receipt")


def upgrade() -> None:
    """These tables stand, empty."""
    _linked_system()
    _message()
    _message_series()
    _receipt()


def _linked_system() -> None:
    op.create_table(
        "linked_system",
        sa.Column("id", sa.String(60), primary_key=True),
        sa.Column("office_id", sa.String(40), nullable=False),
        sa.Column("department", sa.String(60), nullable=False),
        sa.Column("kinds", Json, nullable=False),
        sa.Column("url", sa.String(500)),
        sa.Column("allow_private", sa.Boolean(), nullable=False),
        sa.Column("scheme", sa.String(10), nullable=False),
        sa.Column("secrets", Json, nullable=False),
        sa.Column("disabled", sa.Boolean(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
    )
    op.create_index("ix_linked_system_department", "linked_system", ["department"])


def _message() -> None:
    op.create_table(
        "message",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("office_id", sa.String(40), nullable=False),
        sa.Column("system_id", sa.String(60)),
        sa.Column("recipient", sa.String(60), nullable=False),
        sa.Column("queue", sa.String(10), nullable=False),
        sa.Column("sequence", sa.BigInteger()),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("chart_name", sa.String(40), nullable=False),
        sa.Column("finding_id", sa.String(64)),
        sa.Column("inspection_id", sa.String(64)),
        sa.Column("proceeding_id", sa.String(64)),
        sa.Column("step_sequence", sa.Integer(), nullable=False),
        sa.Column("answerable", sa.Boolean(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("next_try_at", Instant(), nullable=False),
        sa.Column("leased_until", Instant()),
        sa.Column("lease", sa.String(64)),
        sa.Column("outcome", sa.String(200)),
        sa.Column("delivered_at", Instant()),
        sa.Column("recorded_at", Instant(), nullable=False),
    )
    op.create_index("message_due", "message", ["state", "next_try_at"])
    op.create_index("message_finding", "message", ["finding_id"])
    op.create_index("message_order", "message", ["system_id", "queue", "sequence"], unique=True)
    op.create_index("message_proceeding", "message", ["proceeding_id", "recorded_at"])


def _message_series() -> None:
    op.create_table(
        "message_series",
        sa.Column("system_id", sa.String(60), primary_key=True),
        sa.Column("queue", sa.String(10), primary_key=True),
        sa.Column("last", sa.BigInteger(), nullable=False),
    )


def _receipt() -> None:
    op.create_table(
        "receipt",
        sa.Column("system_id", sa.String(60), primary_key=True),
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("office_id", sa.String(40), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("message_id", sa.String(64), nullable=False),
        sa.Column("finding_id", sa.String(64)),
        sa.Column("proceeding_id", sa.String(64)),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("waiting_for", sa.String(200)),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("signature", sa.String(2000), nullable=False),
        sa.Column("received_at", Instant(), nullable=False),
    )
    op.create_index("ix_receipt_message_id", "receipt", ["message_id"])
    op.create_index("receipt_parked", "receipt", ["finding_id", "state"])


def downgrade() -> None:
    """These tables are gone."""
    for table in reversed(TABLES):
        op.drop_table(table)
