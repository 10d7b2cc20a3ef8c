"""What waits for one destination is found without looking at what waits for the others."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0019"
PRESSING = sa.text("state = 'waiting' AND due_at IS NOT NULL")


def upgrade() -> None:
    """No index invites a claim to read everything that is due; what has a deadline is found by destination."""
    op.drop_index("message_due", "message")
    op.create_index("message_state", "message", ["state"])
    op.create_index(
        "message_pressing",
        "message",
        ["system_id", "due_at"],
        sqlite_where=PRESSING,
        postgresql_where=PRESSING,
    )


def downgrade() -> None:
    """The former indexes stand again."""
    op.drop_index("message_pressing", "message")
    op.drop_index("message_state", "message")
    op.create_index("message_due", "message", ["state", "next_try_at"])
