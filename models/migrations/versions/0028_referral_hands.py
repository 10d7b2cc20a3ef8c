"""Who acted on a criminal referral or is in its team, where an index finds them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from engine.core.readership import hands_in
from models.columns import Json

revision = "0028"
down_revision = "0023"


def upgrade() -> None:
    """The hands of every referral on record are those that its record names."""
    hands = op.create_table(
        "referral_hand",
        sa.Column("referral_id", sa.String(64), primary_key=True),
        sa.Column("login_key", sa.String(64), primary_key=True),
        sa.Column("office_id", sa.String(40), nullable=False),
        sa.Column("ground", sa.String(20), nullable=False),
    )
    columns = (sa.Column("id", sa.String), sa.Column("office_id", sa.String), sa.Column("record", Json))
    for row in op.get_bind().execute(sa.select(sa.table("referral", *columns))).all():
        known = [
            {"referral_id": row.id, "login_key": login, "office_id": row.office_id, "ground": ground}
            for login, ground in hands_in(row.record).items()
        ]
        if known:
            op.bulk_insert(hands, known)


def downgrade() -> None:
    """The records alone name them."""
    op.drop_table("referral_hand")
