"""Notices of the State Council that were loaded, and which of them the deadlines were counted by."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from models.columns import Instant, Json

revision = "0011"
down_revision = "0010"
TABLES = ("calendar_notice", "calendar_recount")
SENTENCE = "this table is append-only"


def upgrade() -> None:
    """These tables stand, empty; what is in them is neither changed nor deleted."""
    op.create_table(
        "calendar_notice",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("office_id", sa.String(40), nullable=False),
        sa.Column("calendar", sa.String(40), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(2000), nullable=False),
        sa.Column("document_no", sa.String(2000)),
        sa.Column("published_on", sa.Date()),
        sa.Column("file", Json, nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("loaded_by", sa.String(200), nullable=False),
        sa.Column("loaded_at", Instant(), nullable=False),
    )
    op.create_index("calendar_notice_office", "calendar_notice", ["office_id", "id"])
    op.create_table(
        "calendar_recount",
        sa.Column("office_id", sa.String(40), primary_key=True),
        sa.Column("notice", sa.String(100), primary_key=True),
        sa.Column("finished_at", Instant(), nullable=False),
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
