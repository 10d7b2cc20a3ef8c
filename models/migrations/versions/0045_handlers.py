"""What is closed is found by who handled it, in the order of lists (decision 0044)."""

from __future__ import annotations

from alembic import op

from models.leading import install, remove

revision = "0045"
down_revision = "0044"

HANDLED = (
    "INSERT INTO record_lead (key, department, place, record_id, office_id)"
    " SELECT substr('h' || handler, 1, 100), department, 'c' || coalesce(substr(ledger_no, 1, 60), ''), id, office_id"
    " FROM finding WHERE closed AND handler IS NOT NULL ON CONFLICT DO NOTHING"
)


def upgrade() -> None:
    """Each handler leads to what they closed, and does so from now on."""
    remove(op.get_bind())
    install(op.get_bind())
    op.execute(HANDLED)


def downgrade() -> None:
    """They lead on and nobody is led."""
