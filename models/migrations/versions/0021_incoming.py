"""Inbound matters."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from models.columns import Instant, Json

revision = "0021"
down_revision = "0022"
TABLES = ("incoming", "incoming_deadline", "incoming_arrival", "incoming_person")
STATES = ("received", "signed_for", "accepted", "returned", "forwarded", "noted", "fed_back")
SENTENCE = "this table is append-only"


def upgrade() -> None:
    """The tables stand, empty; what arrived is kept as it arrived, and no matter is ever deleted."""
    _matters()
    _deadlines()
    op.create_table(
        "incoming_arrival",
        sa.Column("system_id", sa.String(60), primary_key=True),
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("office_id", sa.String(40), nullable=False),
        sa.Column("incoming_id", sa.String(64), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("signature", sa.String(2000), nullable=False),
        sa.Column("received_at", Instant(), nullable=False),
    )
    op.create_table(
        "incoming_person",
        sa.Column("incoming_id", sa.String(64), primary_key=True),
        sa.Column("office_id", sa.String(40), nullable=False),
        sa.Column("particulars", Json, nullable=False),
        sa.Column("body", sa.LargeBinary()),
    )
    _guard("incoming_arrival", "UPDATE OR DELETE")
    _guard("incoming", "DELETE")


def _matters() -> None:
    op.create_table(
        "incoming",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("office_id", sa.String(40), nullable=False),
        sa.Column("number", sa.String(40), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("ended", sa.Boolean(), nullable=False),
        sa.Column("department", sa.String(60), nullable=False),
        sa.Column("confidential", sa.Boolean(), nullable=False),
        sa.Column("channel", sa.String(20), nullable=False),
        *(sa.Column(name, sa.String(60)) for name in ("system_id", "sender_department")),
        sa.Column("sender_name", sa.String(200)),
        sa.Column("informant", sa.String(10), nullable=False),
        sa.Column("title", sa.String(200), nullable=False),
        *(sa.Column(name, Json, nullable=False) for name in ("content", "events", "said")),
        *(sa.Column(name, sa.String(64)) for name in ("handler", "entered_by")),
        *(sa.Column(name, sa.String(64)) for name in ("inspection_id", "finding_id", "referral_id")),
        *(sa.Column(name, Instant(), nullable=False) for name in ("received_at", "recorded_at")),
        sa.Column("due_effective", sa.String(40)),
        *(sa.Column(name, Instant()) for name in ("yellow_at", "red_at", "overdue_at", "severe_at")),
        sa.Column("sorts_at", Instant(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("head", sa.String(64), nullable=False),
        sa.CheckConstraint(f"state IN {STATES}", name="incoming_state"),
        sa.CheckConstraint("state <> 'accepted' OR finding_id IS NOT NULL", name="incoming_accepted_once"),
    )
    op.create_index("incoming_number", "incoming", ["office_id", "number"], unique=True)
    op.create_index("incoming_listed", "incoming", ["office_id", "department", "ended", "sorts_at", "id"])
    op.create_index("incoming_finding", "incoming", ["finding_id"])
    op.create_index("incoming_referral", "incoming", ["referral_id"])


def _deadlines() -> None:
    op.create_table(
        "incoming_deadline",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("office_id", sa.String(40), nullable=False),
        sa.Column("department", sa.String(60), nullable=False),
        sa.Column("incoming_id", sa.String(64), nullable=False),
        sa.Column("term", sa.String(30), nullable=False),
        *(sa.Column(name, sa.String(10), nullable=False) for name in ("nature", "state")),
        *(sa.Column(name, Json, nullable=False) for name in ("spec", "history")),
        sa.Column("due_effective", sa.String(40), nullable=False),
        sa.Column("provisional", sa.Boolean(), nullable=False),
        *(
            sa.Column(name, Instant(), nullable=False)
            for name in ("yellow_at", "red_at", "overdue_at", "severe_at")
        ),
        sa.Column("settled_at", Instant()),
        sa.Column("told_stage", sa.Integer(), nullable=False),
    )
    op.create_index("incoming_deadline_term", "incoming_deadline", ["incoming_id", "term"], unique=True)
    op.create_index(
        "incoming_deadline_due", "incoming_deadline", ["office_id", "state", "told_stage", "red_at"]
    )


def _guard(table: str, acts: str) -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            f"CREATE TRIGGER {table}_kept BEFORE {acts} ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )
        op.execute(
            f"CREATE TRIGGER {table}_whole BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )
        return
    for act in acts.split(" OR "):
        op.execute(
            f"CREATE TRIGGER {table}_{act.lower()} BEFORE {act} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{SENTENCE}'); END"
        )


def downgrade() -> None:
    """The tables are gone."""
    for table in reversed(TABLES):
        op.drop_table(table)
