"""What is closed is counted as it is closed, and lists find their rows however many there are (decision 0035)."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from models.migrations.walling import MY_DEPARTMENT, wall_in
from models.tallying import install, recount, remove

revision = "0036"
down_revision = "0035"


def upgrade() -> None:
    """The tally is there, says what the records say, and is kept."""
    op.create_table(
        "closed_tally",
        sa.Column("office_id", sa.String(40), primary_key=True),
        sa.Column("facet", sa.String(12), primary_key=True),
        sa.Column("grain", sa.String(1), primary_key=True),
        sa.Column("value", sa.String(80), primary_key=True),
        sa.Column("department", sa.String(60), primary_key=True),
        sa.Column("day", sa.String(10), primary_key=True),
        sa.Column("count", sa.Integer, nullable=False),
        sa.Column("first_no", sa.String(60), nullable=False),
        sa.Column("last_no", sa.String(60), nullable=False),
        sqlite_with_rowid=False,
    )
    told = ["office_id", "facet", "grain", "day", "department", "value", "count"]
    op.create_index("closed_tally_day", "closed_tally", told)
    wall_in("closed_tally", MY_DEPARTMENT)
    install(op.get_bind())
    recount(op.get_bind())


def downgrade() -> None:
    """What is closed is counted anew whenever somebody asks."""
    remove(op.get_bind())
    op.drop_table("closed_tally")
