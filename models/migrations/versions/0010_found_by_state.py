"""Proceedings are found by their state, deadlines by how much of their end was told."""

from __future__ import annotations

from alembic import op

revision = "0010"
down_revision = "0009"
FORMER = {
    "proceeding_kind": ("proceeding", ["office_id", "kind", "finding_id"]),
    "deadline_due": ("deadline", ["office_id", "state", "overdue_at"]),
    "referral_deadline_due": ("referral_deadline", ["office_id", "state", "overdue_at"]),
}
PRESENT = {
    "proceeding_kind": ("proceeding", ["office_id", "kind", "state", "finding_id"]),
    "deadline_due": ("deadline", ["office_id", "state", "told_stage", "overdue_at"]),
    "referral_deadline_due": ("referral_deadline", ["office_id", "state", "told_stage", "overdue_at"]),
}


def upgrade() -> None:
    """Each sweep reads a stretch of an index: what was told already is not passed over again."""
    _instead(PRESENT)


def downgrade() -> None:
    """The indexes are as they were."""
    _instead(FORMER)


def _instead(indexes: dict[str, tuple[str, list[str]]]) -> None:
    for name, (table, columns) in indexes.items():
        op.drop_index(name, table)
        op.create_index(name, table, columns)
