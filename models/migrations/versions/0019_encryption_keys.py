"""Encryption keys of linked systems, what was sealed to them, and figures of the exchange told by indexes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from models.columns import Instant, Json

revision = "0019"
down_revision = "0016"
SEALED = "sealed_message"
SENTENCE = "this table is append-only"
INDEXES = {
    "message_by_state": ("message", ["system_id", "queue", "state", "recorded_at"]),
    "message_by_delivery": ("message", ["system_id", "queue", "delivered_at"]),
    "receipt_by_day": ("receipt", ["system_id", "received_at"]),
}


def upgrade() -> None:
    """Nobody has an encryption key yet, no system is suspended, and nothing is sealed."""
    op.add_column("linked_system", sa.Column("encryption_keys", Json, nullable=False, server_default="[]"))
    op.add_column(
        "linked_system", sa.Column("suspended", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    op.create_table(
        SEALED,
        sa.Column("message_id", sa.String(64), primary_key=True),
        sa.Column("thumbprint", sa.String(43), primary_key=True),
        sa.Column("office_id", sa.String(40), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("sealed_at", Instant(), nullable=False),
    )
    for name, (table, columns) in INDEXES.items():
        op.create_index(name, table, columns)
    _guard()


def _guard() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            f"CREATE TRIGGER {SEALED}_kept BEFORE UPDATE OR DELETE ON {SEALED} "
            "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )
        op.execute(
            f"CREATE TRIGGER {SEALED}_whole BEFORE TRUNCATE ON {SEALED} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )
        return
    for act, name in (("UPDATE", "stays"), ("DELETE", "kept")):
        op.execute(
            f"CREATE TRIGGER {SEALED}_{name} BEFORE {act} ON {SEALED} "
            f"BEGIN SELECT RAISE(ABORT, '{SENTENCE}'); END"
        )


def downgrade() -> None:
    """Keys, what was sealed and the indexes are gone."""
    for name, (table, _) in INDEXES.items():
        op.drop_index(name, table)
    op.drop_table(SEALED)
    for column in ("encryption_keys", "suspended"):
        op.drop_column("linked_system", column)
