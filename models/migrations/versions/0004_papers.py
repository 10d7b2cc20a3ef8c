"""Documents, their series, and attachments."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from models.columns import Instant, Json

revision = "0004"
down_revision = "0003"
TABLES = ("document", "document_series", "attachment")


def upgrade() -> None:
    """These tables stand, empty."""
    _document()
    _document_series()
    _attachment()


def _document() -> None:
    op.create_table(
        "document",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("office_id", sa.String(40), nullable=False),
        sa.Column("record_id", sa.String(64), nullable=False),
        sa.Column("proceeding_id", sa.String(64)),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(60), nullable=False),
        sa.Column("doc_no", sa.String(100)),
        sa.Column("status", sa.String(20), nullable=False),
        sa.Column("digest", sa.String(80)),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("content", Json, nullable=False),
    )
    op.create_index("document_record", "document", ["record_id", "kind"])


def _document_series() -> None:
    op.create_table(
        "document_series",
        sa.Column("office_id", sa.String(40), primary_key=True),
        sa.Column("kind", sa.String(60), primary_key=True),
        sa.Column("year", sa.Integer(), primary_key=True),
        sa.Column("last", sa.Integer(), nullable=False),
    )


def _attachment() -> None:
    op.create_table(
        "attachment",
        sa.Column("finding_id", sa.String(64), primary_key=True),
        sa.Column("digest", sa.String(80), primary_key=True),
        sa.Column("office_id", sa.String(40), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("media_type", sa.String(100), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(200)),
        sa.Column("doc_no", sa.String(60)),
        sa.Column("recorded_at", Instant(), nullable=False),
        sa.Column("recorded_by", sa.String(64), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
    )


def downgrade() -> None:
    """These tables are gone."""
    for table in reversed(TABLES):
        op.drop_table(table)
