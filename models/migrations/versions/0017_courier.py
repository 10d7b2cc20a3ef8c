"""What the couriers of all nodes know: order by thread, deadlines of messages, whether a receiver answers."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from models.columns import Instant, Json

revision = "0017"
down_revision = "0016"
INDEXES = {
    "message_open": (["system_id", "queue", "sequence"], "state = 'waiting'"),
    "message_thread": (["system_id", "queue", "thread", "sequence"], "state IN ('waiting', 'dead')"),
    "message_leased": (["system_id"], "lease IS NOT NULL"),
    "message_alarm": (["alarm_at"], "alarm_at IS NOT NULL"),
}
COLUMNS = ("alarm_at", "due_at", "waiting_since", "thread")


def upgrade() -> None:
    """Messages keep order with what they are about; no destination has failed yet."""
    for name in ("waiting_since", "due_at", "alarm_at"):
        op.add_column("message", sa.Column(name, Instant()))
    op.add_column("message", sa.Column("thread", sa.String(64), nullable=False, server_default=""))
    op.execute("UPDATE message SET thread = coalesce(finding_id, inspection_id, proceeding_id, id)")
    if op.get_bind().dialect.name == "postgresql":
        op.alter_column("message", "thread", server_default=None)
    for name, (columns, condition) in INDEXES.items():
        where = sa.text(condition)
        op.create_index(name, "message", columns, sqlite_where=where, postgresql_where=where)
    op.create_table(
        "destination",
        sa.Column("system_id", sa.String(60), primary_key=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("openings", sa.Integer(), nullable=False),
        sa.Column("open_until", Instant()),
        sa.Column("failing_since", Instant()),
        sa.Column("allowed", Json),
    )


def downgrade() -> None:
    """The former shape stands again."""
    op.drop_table("destination")
    for name in INDEXES:
        op.drop_index(name, "message")
    for name in COLUMNS:
        op.drop_column("message", name)
