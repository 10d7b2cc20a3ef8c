"""Inspections are counted and listed by their state: those published in the tally, the few others by an index."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from models.tallying import install, recount, remove

revision = "0043"
down_revision = "0042"

NOT_PUBLISHED = sa.text("state <> 'published'")


def upgrade() -> None:
    """The tally tells of states too."""
    op.create_index(
        "inspection_state",
        "inspection",
        ["state", "finished_at", "id"],
        sqlite_where=NOT_PUBLISHED,
        postgresql_where=NOT_PUBLISHED,
    )
    remove(op.get_bind())
    install(op.get_bind())
    recount(op.get_bind())


def downgrade() -> None:
    """What the tally tells besides is nothing that anybody asks."""
    op.drop_index("inspection_state", "inspection")
