"""Delegation during leave."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from models.columns import Instant, Json

revision = "0016"
down_revision = "0015"
TABLES = ("delegation", "delegation_end")
SENTENCE = "this table is append-only"


def upgrade() -> None:
    """The tables stand, empty; the database refuses to change or delete what was given or ended."""
    op.create_table(
        "delegation",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("office_id", sa.String(40), nullable=False),
        sa.Column("department", sa.String(60), nullable=False),
        sa.Column("delegator", sa.String(64), nullable=False),
        sa.Column("delegate", sa.String(64), nullable=False),
        sa.Column("roles", Json, nullable=False),
        sa.Column("first_on", sa.Date(), nullable=False),
        sa.Column("last_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(20), nullable=False),
        sa.Column("note", sa.String(200)),
        sa.Column("given_by", sa.String(200), nullable=False),
        sa.Column("given_at", Instant(), nullable=False),
        sa.CheckConstraint("first_on <= last_on", name="delegation_days"),
    )
    op.create_index("delegation_delegate", "delegation", ["delegate", "last_on"])
    op.create_index("delegation_delegator", "delegation", ["delegator", "last_on"])
    op.create_index("delegation_listed", "delegation", ["office_id", "first_on", "id"])
    op.create_table(
        "delegation_end",
        sa.Column("delegation_id", sa.String(64), sa.ForeignKey("delegation.id"), primary_key=True),
        sa.Column("office_id", sa.String(40), nullable=False),
        sa.Column("ended_by", sa.String(200), nullable=False),
        sa.Column("ended_at", Instant(), nullable=False),
    )
    for table in TABLES:
        _guard(table)


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
    """The tables are gone."""
    for table in reversed(TABLES):
        op.drop_table(table)
