"""Sessions that a provider of single sign-on has vouched for, as it names person and session."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0039"
down_revision = "0038"


def upgrade() -> None:
    """Of sessions that are open already nothing is known: they end as before."""
    op.create_table(
        "vouched_session",
        sa.Column("token_digest", sa.String(64), primary_key=True),
        sa.Column("office_id", sa.String(40), nullable=False),
        sa.Column("subject", sa.String(64), nullable=False),
        sa.Column("provider_session", sa.String(64)),
    )
    op.create_index("vouched_session_subject", "vouched_session", ["subject"])
    op.create_index("vouched_session_provider", "vouched_session", ["provider_session"])


def downgrade() -> None:
    """Nothing of it is left."""
    op.drop_table("vouched_session")
