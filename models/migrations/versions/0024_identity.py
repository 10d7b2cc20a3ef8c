"""Passwords that must be changed, second factors, known browsers, and what a token is for."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from models.columns import Instant, Json

revision = "0024"
down_revision = "0021"


def upgrade() -> None:
    """Present accounts, sessions and tokens are as before; nobody has a second factor."""
    op.add_column(
        "user_account", sa.Column("must_change", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    op.add_column("sign_in", sa.Column("means", sa.String(20)))
    op.add_column("api_token", sa.Column("scopes", Json))
    op.add_column("api_token", sa.Column("last_used_on", sa.Date()))
    op.create_table(
        "second_factor",
        sa.Column("login_key", sa.String(64), primary_key=True),
        sa.Column("office_id", sa.String(40), nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.Column("recovery", Json, nullable=False),
        sa.Column("last_step", sa.Integer(), nullable=False),
        sa.Column("begun_at", Instant(), nullable=False),
        sa.Column("confirmed_at", Instant()),
    )
    op.create_table(
        "known_browser",
        sa.Column("login_key", sa.String(64), primary_key=True),
        sa.Column("digest", sa.String(64), primary_key=True),
        sa.Column("office_id", sa.String(40), nullable=False),
        sa.Column("seen_at", Instant(), nullable=False),
    )
    op.create_index("admin_entry_action", "admin_entry", ["office_id", "action", "id"])


def downgrade() -> None:
    """The tables, columns and the index are gone."""
    op.drop_index("admin_entry_action", "admin_entry")
    for table in ("known_browser", "second_factor"):
        op.drop_table(table)
    for table, column in (
        *(("api_token", "last_used_on"), ("api_token", "scopes")),
        *(("sign_in", "means"), ("user_account", "must_change")),
    ):
        op.drop_column(table, column)
