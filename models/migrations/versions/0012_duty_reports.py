"""Reports that member departments hand in."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from models.columns import Instant

revision = "0012"
down_revision = "0011"
TABLE = "duty_report"
SENTENCE = "this table is append-only"


def upgrade() -> None:
    """The table stands, empty; the database refuses to change or delete what is handed in."""
    op.create_table(
        TABLE,
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("office_id", sa.String(40), nullable=False),
        sa.Column("duty", sa.String(40), nullable=False),
        sa.Column("period", sa.String(10), nullable=False),
        sa.Column("department", sa.String(60), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("doc_no", sa.String(60)),
        sa.Column("summary", sa.String(2000), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("late", sa.Boolean(), nullable=False),
        sa.Column("handed_in_by", sa.String(64), nullable=False),
        sa.Column("handed_in_at", Instant(), nullable=False),
        sa.CheckConstraint("ordinal >= 1", name="duty_report_ordinal"),
    )
    place = ["office_id", "period", "duty", "department", "ordinal"]
    op.create_index("duty_report_place", TABLE, place, unique=True)
    _guard()


def _guard() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            f"CREATE TRIGGER {TABLE}_kept BEFORE UPDATE OR DELETE ON {TABLE} "
            "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )
        op.execute(
            f"CREATE TRIGGER {TABLE}_whole BEFORE TRUNCATE ON {TABLE} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )
        return
    for act, name in (("UPDATE", "stays"), ("DELETE", "kept")):
        op.execute(
            f"CREATE TRIGGER {TABLE}_{name} BEFORE {act} ON {TABLE} "
            f"BEGIN SELECT RAISE(ABORT, '{SENTENCE}'); END"
        )


def downgrade() -> None:
    """The table is gone."""
    op.drop_table(TABLE)
