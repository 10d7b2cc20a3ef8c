"""The first tables."""

from __future__ import annotations

from alembic import op
from sqlmodel import SQLModel

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Every table stands, empty."""
    SQLModel.metadata.create_all(op.get_bind())


def downgrade() -> None:
    """No table is left."""
    SQLModel.metadata.drop_all(op.get_bind())
