"""Lists find what an officer worked on and what had a result, however many others there are (decision 0040)."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from models.leading import install, remake, remove
from models.migrations.walling import MY_DEPARTMENT, wall_in

revision = "0040"
down_revision = "0039"


def upgrade() -> None:
    """What leads to each record is there, and is kept."""
    op.create_table(
        "record_lead",
        sa.Column("key", sa.String(100), primary_key=True),
        sa.Column("department", sa.String(60), primary_key=True),
        sa.Column("place", sa.String(64), primary_key=True),
        sa.Column("record_id", sa.String(64), primary_key=True),
        sa.Column("office_id", sa.String(40), nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_index("record_lead_place", "record_lead", ["key", "place"])
    wall_in("record_lead", MY_DEPARTMENT)
    install(op.get_bind())
    remake(op.get_bind())


def downgrade() -> None:
    """Whoever asks walks to each record."""
    remove(op.get_bind())
    op.drop_table("record_lead")
