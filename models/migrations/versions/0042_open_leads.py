"""What leads to open findings stands apart from what leads to closed ones (decision 0040)."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from models.leading import install, remake, remove

revision = "0042"
down_revision = "0041"


def upgrade() -> None:
    """A place is longer by the letter that tells closed ones; it is made anew for every record."""
    remove(op.get_bind())
    if op.get_bind().dialect.name == "postgresql":
        op.alter_column("record_lead", "place", type_=sa.String(64))
    remake(op.get_bind())
    install(op.get_bind())


def downgrade() -> None:
    """Whoever reads places without that letter makes them anew."""
