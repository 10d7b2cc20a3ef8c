"""Proposals that whoever made them has taken back."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from models.columns import Instant

revision = "0037"
down_revision = "0036"


def upgrade() -> None:
    """A proposal says when it was taken back."""
    op.add_column("proposal", sa.Column("withdrawn_at", Instant()))


def downgrade() -> None:
    """Nothing says so; what was taken back waits again."""
    op.drop_column("proposal", "withdrawn_at")
