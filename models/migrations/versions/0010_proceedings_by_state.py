"""Proceedings are found by their state."""

from __future__ import annotations

from alembic import op

revision = "0010"
down_revision = "0009"
INDEX, TABLE = "proceeding_kind", "proceeding"


def upgrade() -> None:
    """Proceedings of a kind are found by their state too, without reading each."""
    op.drop_index(INDEX, TABLE)
    op.create_index(INDEX, TABLE, ["office_id", "kind", "state", "finding_id"])


def downgrade() -> None:
    """They are found by their kind alone."""
    op.drop_index(INDEX, TABLE)
    op.create_index(INDEX, TABLE, ["office_id", "kind", "finding_id"])
