"""Accounts of one natural person, and recusals."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from models.columns import Instant

revision = "0026"
down_revision = "0025"
TABLES = ("recusal", "recusal_decision")
SENTENCE = "this table is append-only"


def upgrade() -> None:
    """Each account is a person of its own, but those that show one certificate, which are one person's.

    Recusals and their decisions have their tables, to which rows are only ever added.
    """
    op.add_column("user_account", sa.Column("person", sa.String(64), nullable=True))
    op.create_index("ix_user_account_person", "user_account", ["person"])
    first = (
        "SELECT MIN(a.login_key) FROM user_account a "
        "WHERE a.office_id = user_account.office_id AND a.certificate_no = user_account.certificate_no"
    )
    op.execute(
        f"UPDATE user_account SET person = ({first}) WHERE certificate_no <> '' AND login_key > ({first})"
    )
    _recusals()
    for table in TABLES:
        _guard(table)


def _recusals() -> None:
    op.create_table(
        "recusal",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("office_id", sa.String(40), nullable=False),
        *(sa.Column(name, sa.String(64), nullable=False) for name in ("record_id", "finding_id", "person")),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("ground", sa.String(20), nullable=False),
        sa.Column("reason", sa.String(200), nullable=False),
        sa.Column("applicant", sa.String(200)),
        sa.Column("entered_by", sa.String(64), nullable=False),
        sa.Column("entered_at", Instant(), nullable=False),
        sa.CheckConstraint("kind IN ('declared', 'applied')", name="recusal_kind"),
    )
    op.create_index("recusal_case", "recusal", ["finding_id"])
    op.create_index("recusal_record", "recusal", ["record_id", "id"])
    op.create_table(
        "recusal_decision",
        sa.Column("recusal_id", sa.String(64), primary_key=True),
        sa.Column("office_id", sa.String(40), nullable=False),
        sa.Column("outcome", sa.String(10), nullable=False),
        sa.Column("reason", sa.String(200), nullable=False),
        sa.Column("decided_by", sa.String(64), nullable=False),
        sa.Column("decided_at", Instant(), nullable=False),
        sa.CheckConstraint("outcome IN ('recused', 'refused', 'withdrawn')", name="recusal_outcome"),
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
    for act in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER {table}_{act.lower()} BEFORE {act} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{SENTENCE}'); END"
        )


def downgrade() -> None:
    """Nobody knows of several accounts of one person, or of recusals, any more."""
    for table in reversed(TABLES):
        op.drop_table(table)
    op.drop_index("ix_user_account_person", "user_account")
    op.drop_column("user_account", "person")
