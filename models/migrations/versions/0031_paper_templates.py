"""Templates that papers were issued with, and which of an office's own are in force."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from models.columns import Instant

revision = "0031"
down_revision = "0030"
TABLES = ("paper_template", "template_change")
SENTENCE = "this table is append-only"


def upgrade() -> None:
    """These tables stand, empty; what is in them is neither changed nor deleted."""
    op.create_table(
        "paper_template",
        sa.Column("digest", sa.String(80), primary_key=True),
        sa.Column("office_id", sa.String(40), nullable=False),
        sa.Column("kind", sa.String(60), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("recorded_at", Instant(), nullable=False),
    )
    op.create_table(
        "template_change",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("office_id", sa.String(40), nullable=False),
        sa.Column("kind", sa.String(60), nullable=False),
        sa.Column("digest", sa.String(80)),
        sa.Column("changed_by", sa.String(200), nullable=False),
        sa.Column("changed_at", Instant(), nullable=False),
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
