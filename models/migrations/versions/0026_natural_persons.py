"""Accounts of one natural person, and recusals."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"


def upgrade() -> None:
    """Each account is a person of its own, but those that show one certificate, which are one person's."""
    op.add_column("user_account", sa.Column("person", sa.String(64), nullable=True))
    op.create_index("ix_user_account_person", "user_account", ["person"])
    first = (
        "SELECT MIN(a.login_key) FROM user_account a "
        "WHERE a.office_id = user_account.office_id AND a.certificate_no = user_account.certificate_no"
    )
    op.execute(
        f"UPDATE user_account SET person = ({first}) WHERE certificate_no <> '' AND login_key > ({first})"
    )


def downgrade() -> None:
    """Nobody knows of several accounts of one person any more."""
    op.drop_index("ix_user_account_person", "user_account")
    op.drop_column("user_account", "person")
