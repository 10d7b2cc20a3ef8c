"""Reminders are seen by somebody, and deadlines climb the ladder of the office."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from models.columns import ID_LENGTH, Instant

revision = "0014"
down_revision = "0013"
FORMER = ["office_id", "department", "role", "done"]
LADDER_OF_WHAT_RUNS = "UPDATE deadline SET rung_at = yellow_at WHERE state IN ('running', 'suspended')"
ABOUT_INSPECTIONS = """
UPDATE notice SET inspection_id = (SELECT id FROM inspection WHERE id = substr(natural_key, 8, 36))
WHERE finding_id IS NULL AND natural_key LIKE 'remind:%'
"""
OF_OVERDUE_INSPECTIONS = """
UPDATE notice SET inspection_id = (SELECT inspection_id FROM deadline WHERE id = substr(natural_key, 7, 36))
WHERE finding_id IS NULL AND natural_key LIKE 'lapse:%'
"""


def upgrade() -> None:
    """What runs begins at the foot of the ladder; of older notices about an inspection it is known again."""
    op.add_column("notice", sa.Column("inspection_id", sa.String(ID_LENGTH)))
    op.add_column("notice", sa.Column("done_by", sa.String(ID_LENGTH)))
    op.add_column("notice", sa.Column("done_at", Instant()))
    op.drop_index("notice_role", "notice")
    op.create_index("notice_role", "notice", [*FORMER, "recorded_at", "natural_key"])
    op.add_column("deadline", sa.Column("rung", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("deadline", sa.Column("rung_at", Instant()))
    op.create_index("deadline_rung", "deadline", ["office_id", "state", "rung_at"])
    for statement in (LADDER_OF_WHAT_RUNS, ABOUT_INSPECTIONS, OF_OVERDUE_INSPECTIONS):
        op.execute(statement)


def downgrade() -> None:
    """The tables are as they were."""
    op.drop_index("deadline_rung", "deadline")
    op.drop_column("deadline", "rung_at")
    op.drop_column("deadline", "rung")
    op.drop_index("notice_role", "notice")
    op.create_index("notice_role", "notice", FORMER)
    for name in ("done_at", "done_by", "inspection_id"):
        op.drop_column("notice", name)
