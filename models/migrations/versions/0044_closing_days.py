"""What was closed in a time is found by the days that lead to it, and every closed finding has a lead (decision 0044)."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from models.leading import install, remake, remove

revision = "0044"
down_revision = "0043"

OF_CLOSINGS = sa.text("key >= 'd' AND key < 'e'")
CLOSING = sa.text(
    "chart = 'finding' AND state = 'closed'"
    " AND trigger IN ('approve_close', 'carry_over', 'correct_carry_over')"
)


def upgrade() -> None:
    """The leads are there, and are kept; no entry is asked for them."""
    _index_by("key", "place", "record_id")
    op.create_index(
        "record_lead_closing",
        "record_lead",
        ["record_id", "key"],
        sqlite_where=OF_CLOSINGS,
        postgresql_where=OF_CLOSINGS,
    )
    op.drop_index("entry_closing", "entry")
    remove(op.get_bind())
    install(op.get_bind())
    remake(op.get_bind())


def downgrade() -> None:
    """The entries are asked again; the leads go on being kept and lead nobody."""
    op.create_index(
        "entry_closing",
        "entry",
        ["occurred_at", "record_id"],
        sqlite_where=CLOSING,
        postgresql_where=CLOSING,
    )
    op.drop_index("record_lead_closing", "record_lead")
    _index_by("key", "place")


def _index_by(*columns: str) -> None:
    op.drop_index("record_lead_place", "record_lead")
    op.create_index("record_lead_place", "record_lead", columns)
