"""When this database was restored from a backup, and since when messages go out again."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from models.columns import Instant

revision = "0025"
down_revision = "0024"
SENTENCE = "this table is append-only"


def upgrade() -> None:
    """The table stands, empty; a restoration is never forgotten, and released once."""
    op.create_table(
        "restoration",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("office_id", sa.String(40), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("backup_at", Instant(), nullable=False),
        sa.Column("restored_at", Instant(), nullable=False),
        sa.Column("restored_by", sa.String(200), nullable=False),
        sa.Column("held", sa.Boolean(), nullable=False),
        sa.Column("released_by", sa.String(200)),
        sa.Column("released_at", Instant()),
    )
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE TRIGGER restoration_kept BEFORE DELETE ON restoration "
            "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )
        op.execute(
            "CREATE TRIGGER restoration_whole BEFORE TRUNCATE ON restoration "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )
        return
    op.execute(
        "CREATE TRIGGER restoration_kept BEFORE DELETE ON restoration "
        f"BEGIN SELECT RAISE(ABORT, '{SENTENCE}'); END"
    )


def downgrade() -> None:
    """The table is gone."""
    op.drop_table("restoration")
