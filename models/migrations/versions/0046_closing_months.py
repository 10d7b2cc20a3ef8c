"""What was closed in a whole month stands in the order of lists too (decision 0044)."""

from __future__ import annotations

from alembic import op

from models.leading import install, remake, remove

revision = "0046"
down_revision = "0045"


def upgrade() -> None:
    """The leads are there, and are kept."""
    remove(op.get_bind())
    install(op.get_bind())
    remake(op.get_bind())


def downgrade() -> None:
    """They go on being kept and lead nobody."""
