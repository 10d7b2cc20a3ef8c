"""The log over all entries, its checkpoints and doubts, and attempts that were refused."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from models.columns import Instant, Json

revision = "0023"
down_revision = "0026"
TABLES = ("log_leaf", "log_checkpoint", "log_doubt", "refused_attempt")
KEPT = ("log_leaf", "log_checkpoint", "refused_attempt")
SENTENCE = "this table is append-only"
OPEN = sa.text("ended_at IS NULL")


def upgrade() -> None:
    """The tables stand, empty; leaves, checkpoints and attempts stay as they are written."""
    op.create_table(
        "log_leaf",
        sa.Column("place", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("office_id", sa.String(40), nullable=False),
        *(sa.Column(name, sa.String(64), nullable=False) for name in ("leaf", "salt")),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("record_id", sa.String(64)),
        sa.Column("sequence", sa.Integer()),
    )
    op.create_index("log_leaf_of", "log_leaf", ["kind", "record_id", "sequence"], unique=True)
    op.create_table(
        "log_checkpoint",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("office_id", sa.String(40), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("signed_at", Instant(), nullable=False),
    )
    _doubts()
    op.create_table(
        "refused_attempt",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("office_id", sa.String(40), nullable=False),
        sa.Column("by", sa.String(200), nullable=False),
        sa.Column("subject", sa.String(20), nullable=False),
        sa.Column("record_id", sa.String(64), nullable=False),
        sa.Column("attempted", sa.String(200), nullable=False),
        sa.Column("code", sa.String(60), nullable=False),
        sa.Column("recorded_at", Instant(), nullable=False),
    )
    for table in KEPT:
        _guard(table)


def _doubts() -> None:
    op.create_table(
        "log_doubt",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("office_id", sa.String(40), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("detail", Json, nullable=False),
        sa.Column("found_at", Instant(), nullable=False),
        sa.Column("first_by", sa.String(64)),
        sa.Column("first_at", Instant()),
        sa.Column("ended_at", Instant()),
        sa.Column("ended_by", sa.String(64)),
    )
    op.create_index(
        "log_doubt_open", "log_doubt", ["office_id"], unique=True, sqlite_where=OPEN, postgresql_where=OPEN
    )


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
