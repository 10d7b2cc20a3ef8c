"""Messages on paper whose arrival nobody entered are counted however many went on paper: their index says their state too.

SQLite takes the index that more of a condition leads into: before, that was the one of all messages in a state.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0041"
down_revision = "0040"

UNENTERED = sa.text("state = 'paper' AND system_id IS NULL AND delivered_at IS NULL")
FORMER, PRESENT = ("recorded_at", "id"), ("state", "delivered_at", "recorded_at", "id")


def upgrade() -> None:
    _index_by(*PRESENT)


def downgrade() -> None:
    _index_by(*FORMER)


def _index_by(*columns: str) -> None:
    op.drop_index("message_unentered", "message")
    op.create_index(
        "message_unentered", "message", columns, sqlite_where=UNENTERED, postgresql_where=UNENTERED
    )
