"""When findings were closed, where an index finds it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"
CLOSING = (
    "chart = 'finding' AND state = 'closed'"
    " AND trigger IN ('approve_close', 'carry_over', 'correct_carry_over')"
)


def upgrade() -> None:
    """The few entries that close a finding are found by their day."""
    op.create_index(
        "entry_closing",
        "entry",
        ["occurred_at", "record_id"],
        sqlite_where=sa.text(CLOSING),
        postgresql_where=sa.text(CLOSING),
    )


def downgrade() -> None:
    """All entries are searched."""
    op.drop_index("entry_closing", "entry")
