"""Bundles for departments without a network."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from models.columns import Instant

revision = "0020"
down_revision = "0017"
TABLES = ("carrier_bundle", "carrier_content", "carrier_packing", "carrier_answer")
SENTENCE = "this table is append-only"


def upgrade() -> None:
    """A system may be reached by carrier; the tables stand, empty, and keep what is put into them."""
    op.add_column(
        "linked_system", sa.Column("carrier", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    op.add_column("linked_system", sa.Column("carrier_key", sa.String(120)))
    _bundles()
    _packings()
    for table in TABLES:
        _guard(table)


def _bundles() -> None:
    op.create_table(
        "carrier_bundle",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("office_id", sa.String(40), nullable=False),
        sa.Column("system_id", sa.String(60), nullable=False),
        sa.Column("queue", sa.String(10), nullable=False),
        sa.Column("series", sa.String(64), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("department", sa.String(60), nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.Column("reply_name", sa.String(16), nullable=False),
        sa.Column("packed_by", sa.String(200), nullable=False),
        sa.Column("packed_at", Instant(), nullable=False),
    )
    op.create_index("carrier_bundle_number", "carrier_bundle", ["system_id", "series", "number"], unique=True)
    op.create_index("carrier_bundle_reply", "carrier_bundle", ["reply_name"], unique=True)
    op.create_index("carrier_bundle_listed", "carrier_bundle", ["office_id", "department", "queue"])
    op.create_table(
        "carrier_content",
        sa.Column("message_id", sa.String(64), primary_key=True),
        sa.Column("office_id", sa.String(40), nullable=False),
        sa.Column("bundle_id", sa.String(64), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
    )
    op.create_index("carrier_content_bundle", "carrier_content", ["bundle_id", "place"])


def _packings() -> None:
    op.create_table(
        "carrier_packing",
        sa.Column("bundle_id", sa.String(64), primary_key=True),
        sa.Column("copy_no", sa.Integer(), primary_key=True),
        sa.Column("office_id", sa.String(40), nullable=False),
        sa.Column("manifest", sa.LargeBinary(), nullable=False),
        sa.Column("manifest_digest", sa.String(64), nullable=False),
        sa.Column("signature", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("packed_by", sa.String(200), nullable=False),
        sa.Column("packed_at", Instant(), nullable=False),
    )
    op.create_table(
        "carrier_answer",
        sa.Column("digest", sa.String(64), primary_key=True),
        sa.Column("office_id", sa.String(40), nullable=False),
        sa.Column("bundle_id", sa.String(64), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("taken_by", sa.String(200), nullable=False),
        sa.Column("taken_at", Instant(), nullable=False),
    )
    op.create_index("carrier_answer_bundle", "carrier_answer", ["bundle_id"])


def _guard(table: str) -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            f"CREATE TRIGGER {table}_kept BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )
        op.execute(
            f"CREATE TRIGGER {table}_whole BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )
        return
    for act, name in (("UPDATE", "stays"), ("DELETE", "kept")):
        op.execute(
            f"CREATE TRIGGER {table}_{name} BEFORE {act} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{SENTENCE}'); END"
        )


def downgrade() -> None:
    """The tables are gone, and every system is called or pulls."""
    for table in reversed(TABLES):
        op.drop_table(table)
    op.drop_column("linked_system", "carrier_key")
    op.drop_column("linked_system", "carrier")
