"""What can be searched for, and under which keys."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from models.migrations.walling import MY_OFFICE, wall_in
from models.search import Key, Number

revision = "0034"
down_revision = "0033"

SEEN = (
    f"{MY_OFFICE} AND CASE kind WHEN 'p' THEN true"
    " WHEN 'd' THEN EXISTS (SELECT 1 FROM document AS one WHERE one.id = search_record.record_id)"
    " ELSE bihuan_sees_case(record_id) END"
)
"""A party is shown to all, a document as its own table shows it, a finding or inspection as a case."""


def upgrade() -> None:
    """The tables are there and empty; whoever opens the database next fills them from its records."""
    op.create_table(
        "search_record",
        sa.Column("n", Number, primary_key=True, autoincrement=True),
        sa.Column("office_id", sa.String(40), nullable=False),
        sa.Column("kind", sa.String(1), nullable=False),
        sa.Column("record_id", sa.String(64), nullable=False),
        sa.Column("text", sa.Text, nullable=False),
    )
    op.create_index("search_record_of", "search_record", ["kind", "record_id"], unique=True)
    wall_in("search_record", SEEN)
    op.create_table(
        "search_key",
        sa.Column("key", Key, primary_key=True),
        sa.Column("n", Number, primary_key=True, autoincrement=False),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    """Nothing is found by typing it; no record is less."""
    op.drop_table("search_key")
    op.drop_table("search_record")
