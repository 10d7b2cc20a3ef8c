"""Accounts, sign-ins, tokens; notices, marks and what administrators did."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from models.columns import Instant, Json

revision = "0003"
down_revision = "0002"
TABLES = ("user_account", "sign_in", "api_token", "notice", "mark", "proposal", "admin_entry")


def upgrade() -> None:
    """These tables stand, empty."""
    _user_account()
    _sign_in()
    _api_token()
    _notice()
    _mark()
    _proposal()
    _admin_entry()


def _user_account() -> None:
    op.create_table(
        "user_account",
        sa.Column("login_key", sa.String(64), primary_key=True),
        sa.Column("login", sa.String(64), nullable=False),
        sa.Column("office_id", sa.String(40), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("department", sa.String(60), nullable=False),
        sa.Column("unit", sa.String(60)),
        sa.Column("certificate_no", sa.String(40)),
        sa.Column("title", sa.String(100)),
        sa.Column("phone", sa.String(40)),
        sa.Column("roles", Json, nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("disabled", sa.Boolean(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
    )
    op.create_index("ix_user_account_office_id", "user_account", ["office_id"])


def _sign_in() -> None:
    op.create_table(
        "sign_in",
        sa.Column("token_digest", sa.String(64), primary_key=True),
        sa.Column("office_id", sa.String(40), nullable=False),
        sa.Column("login_key", sa.String(64), nullable=False),
        sa.Column("csrf", sa.String(64), nullable=False),
        sa.Column("language", sa.String(2)),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("seen_at", Instant(), nullable=False),
        sa.Column("ended", sa.Boolean(), nullable=False),
    )
    op.create_index("ix_sign_in_login_key", "sign_in", ["login_key"])


def _api_token() -> None:
    op.create_table(
        "api_token",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("office_id", sa.String(40), nullable=False),
        sa.Column("token_digest", sa.String(64), nullable=False),
        sa.Column("login_key", sa.String(64), nullable=False),
        sa.Column("scope", sa.String(10), nullable=False),
        sa.Column("expires_at", Instant(), nullable=False),
        sa.Column("issued_at", Instant(), nullable=False),
        sa.Column("revoked", sa.Boolean(), nullable=False),
        sa.UniqueConstraint("token_digest"),
    )
    op.create_index("ix_api_token_login_key", "api_token", ["login_key"])


def _notice() -> None:
    op.create_table(
        "notice",
        sa.Column("natural_key", sa.String(200), primary_key=True),
        sa.Column("office_id", sa.String(40), nullable=False),
        sa.Column("department", sa.String(60), nullable=False),
        sa.Column("role", sa.String(40), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("finding_id", sa.String(64)),
        sa.Column("detail", Json, nullable=False),
        sa.Column("done", sa.Boolean(), nullable=False),
        sa.Column("recorded_at", Instant(), nullable=False),
    )
    op.create_index("ix_notice_finding_id", "notice", ["finding_id"])
    op.create_index("notice_role", "notice", ["office_id", "department", "role", "done"])


def _mark() -> None:
    op.create_table(
        "mark",
        sa.Column("name", sa.String(60), primary_key=True),
        sa.Column("value", sa.String(400), nullable=False),
        sa.Column("recorded_at", Instant(), nullable=False),
    )


def _proposal() -> None:
    op.create_table(
        "proposal",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("office_id", sa.String(40), nullable=False),
        sa.Column("action", sa.String(40), nullable=False),
        sa.Column("detail", Json, nullable=False),
        sa.Column("proposed_by", sa.String(64), nullable=False),
        sa.Column("proposed_at", Instant(), nullable=False),
        sa.Column("confirmed_by", sa.String(64)),
        sa.Column("confirmed_at", Instant()),
    )


def _admin_entry() -> None:
    op.create_table(
        "admin_entry",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("office_id", sa.String(40), nullable=False),
        sa.Column("action", sa.String(40), nullable=False),
        sa.Column("by", sa.String(200), nullable=False),
        sa.Column("detail", Json, nullable=False),
        sa.Column("recorded_at", Instant(), nullable=False),
    )


def downgrade() -> None:
    """These tables are gone."""
    for table in reversed(TABLES):
        op.drop_table(table)
