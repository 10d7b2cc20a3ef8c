"""Editions of the rulebook, and proofs."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from models.columns import Instant, Json

revision = "0009"
down_revision = "0008"
TABLES = ("rulebook_edition", "rulebook_proof")
SENTENCE = "this table is append-only"
PROPOSED = (
    *("id", "office_id", "version", "digest", "proof_digest", "rulebook_digest", "files", "in_force_from"),
    *("live_version", "live_digest", "backtest_run_id", "notice", "proposed_by", "proposed_at", "proposal"),
)
"""What an edition was proposed with: it stays."""


def upgrade() -> None:
    """These tables stand, empty; an edition is never deleted, and what it was proposed with stays."""
    op.create_table(
        "rulebook_edition",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("office_id", sa.String(40), nullable=False),
        sa.Column("version", sa.String(100), nullable=False),
        sa.Column("digest", sa.String(80), nullable=False),
        sa.Column("proof_digest", sa.String(80), nullable=False),
        sa.Column("rulebook_digest", sa.String(80), nullable=False),
        sa.Column("files", Json, nullable=False),
        sa.Column("in_force_from", sa.Date(), nullable=False),
        sa.Column("live_version", sa.String(100), nullable=False),
        sa.Column("live_digest", sa.String(80), nullable=False),
        sa.Column("backtest_run_id", sa.String(64), nullable=False),
        sa.Column("notice", Json, nullable=False),
        sa.Column("proposed_by", sa.String(64), nullable=False),
        sa.Column("proposed_at", Instant(), nullable=False),
        sa.Column("proposal", sa.Text(), nullable=False),
        sa.Column("proposal_signature", sa.String(200), nullable=False),
        sa.Column("approved_by", sa.String(64)),
        sa.Column("approved_at", Instant()),
        sa.Column("approval", sa.Text()),
        sa.Column("approval_signature", sa.String(200)),
        sa.Column("withdrawn_by", sa.String(64)),
        sa.Column("withdrawn_at", Instant()),
        sa.Column("withdrawal", sa.Text()),
        sa.Column("withdrawal_signature", sa.String(200)),
        sa.CheckConstraint(
            "(approval IS NULL) = (approval_signature IS NULL)", name="rulebook_edition_approval"
        ),
        sa.CheckConstraint(
            "(withdrawal IS NULL) = (withdrawal_signature IS NULL)", name="rulebook_edition_withdrawal"
        ),
    )
    op.create_index("rulebook_edition_in_force", "rulebook_edition", ["office_id", "in_force_from"])
    standing = sa.text("withdrawal IS NULL")
    op.create_index(
        "rulebook_edition_version",
        "rulebook_edition",
        ["office_id", "version"],
        unique=True,
        sqlite_where=standing,
        postgresql_where=standing,
    )
    op.create_table(
        "rulebook_proof",
        sa.Column("digest", sa.String(80), primary_key=True),
        sa.Column("office_id", sa.String(40), nullable=False),
        sa.Column("proven", sa.Boolean(), nullable=False),
        sa.Column("proof", Json, nullable=False),
        sa.Column("recorded_at", Instant(), nullable=False),
    )
    _guard()


def _guard() -> None:
    fixed = ", ".join(PROPOSED)
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE TRIGGER rulebook_edition_kept BEFORE DELETE ON rulebook_edition "
            "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )
        op.execute(
            "CREATE TRIGGER rulebook_edition_whole BEFORE TRUNCATE ON rulebook_edition "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )
        op.execute(
            f"CREATE TRIGGER rulebook_edition_stays BEFORE UPDATE OF {fixed} ON rulebook_edition "
            "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )
        return
    op.execute(
        "CREATE TRIGGER rulebook_edition_kept BEFORE DELETE ON rulebook_edition "
        f"BEGIN SELECT RAISE(ABORT, '{SENTENCE}'); END"
    )
    op.execute(
        f"CREATE TRIGGER rulebook_edition_stays BEFORE UPDATE OF {fixed} ON rulebook_edition "
        f"BEGIN SELECT RAISE(ABORT, '{SENTENCE}'); END"
    )


def downgrade() -> None:
    """The tables are gone."""
    for table in reversed(TABLES):
        op.drop_table(table)
