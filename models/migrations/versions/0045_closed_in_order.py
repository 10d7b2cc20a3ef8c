"""Every closed finding has a lead in the order of lists, so that a page looks at so many of them (decision 0044)."""

from __future__ import annotations

from alembic import op

from models.leading import install, remake, remove

revision = "0045"
down_revision = "0044"


def upgrade() -> None:
    """The leads are there, and are kept."""
    remove(op.get_bind())
    install(op.get_bind())
    remake(op.get_bind())
    _index_by("key", "place", "record_id")


def downgrade() -> None:
    """They go on being kept and lead nobody."""
    _index_by("key", "place")


def _index_by(*columns: str) -> None:
    op.drop_index("record_lead_place", "record_lead")
    op.create_index("record_lead_place", "record_lead", columns)
