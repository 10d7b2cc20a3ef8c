"""Legal holds, lawful erasures, and the one way in which a payload may leave the audit chain."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from models.columns import Instant, Json
from models.migrations.walling import MY_DEPARTMENT, MY_OFFICE, wall_in

revision = "0030"
down_revision = "0029"
TABLES = ("legal_hold", "legal_hold_act", "erasure", "erasure_decision", "erased_payload", "erased_paper")
SENTENCE = "this table is append-only"
SEEN = {
    "legal_hold": f"({MY_DEPARTMENT}) OR ({MY_OFFICE} AND party_id IS NOT NULL)",
    "legal_hold_act": MY_OFFICE,
    "erasure": MY_DEPARTMENT,
    "erasure_decision": f"{MY_OFFICE} AND EXISTS (SELECT 1 FROM erasure AS one WHERE one.id = erasure_id)",
    "erased_payload": f"{MY_OFFICE} AND bihuan_sees_case(record_id)",
    "erased_paper": f"{MY_OFFICE} AND bihuan_sees_case(finding_id)",
}
"""What others than the house may read: a hold on a party stands in every department."""
ERASED = "SELECT 1 FROM erased_payload e WHERE e.record_id = OLD.record_id AND e.sequence = OLD.sequence"


def upgrade() -> None:
    """The tables stand, empty and only ever added to; a payload may be deleted where an erasure names it."""
    _holds()
    _erasures()
    for table in TABLES:
        _guard(table)
        wall_in(table, SEEN[table])
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE FUNCTION refuse_unless_erased() RETURNS trigger LANGUAGE plpgsql AS $$ "
            f"BEGIN IF NOT EXISTS ({ERASED}) THEN RAISE EXCEPTION '{SENTENCE}'; END IF; RETURN OLD; END $$"
        )
        op.execute("DROP TRIGGER payload_kept ON payload")
        op.execute(
            "CREATE TRIGGER payload_stays BEFORE UPDATE ON payload FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )
        op.execute(
            "CREATE TRIGGER payload_kept BEFORE DELETE ON payload "
            "FOR EACH ROW EXECUTE FUNCTION refuse_unless_erased()"
        )
        return
    op.execute("DROP TRIGGER payload_kept")
    op.execute(
        f"CREATE TRIGGER payload_kept BEFORE DELETE ON payload WHEN NOT EXISTS ({ERASED}) "
        f"BEGIN SELECT RAISE(ABORT, '{SENTENCE}'); END"
    )


def _id(name: str, *, key: bool = False, optional: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.String(64), primary_key=key, nullable=optional)


def _office() -> sa.Column[str]:
    return sa.Column("office_id", sa.String(40), nullable=False)


def _text(name: str, length: int = 200) -> sa.Column[str]:
    return sa.Column(name, sa.String(length), nullable=False)


def _at(name: str) -> sa.Column[sa.types.UserDefinedType[object]]:
    return sa.Column(name, Instant(), nullable=False)


def _holds() -> None:
    op.create_table(
        "legal_hold",
        *(_id("id", key=True), _office(), _text("department", 60), _id("finding_id")),
        *(_id("party_id", optional=True), _text("reason"), _id("put_by"), _at("put_at")),
    )
    op.create_index("legal_hold_finding", "legal_hold", ["finding_id"])
    op.create_index("legal_hold_party", "legal_hold", ["party_id"])
    op.create_table(
        "legal_hold_act",
        *(_id("id", key=True), _office(), _id("hold_id"), _text("act", 20), _text("reason")),
        *(_id("by"), _at("at")),
        sa.CheckConstraint("act IN ('release_proposed', 'kept', 'released')", name="legal_hold_act_kind"),
    )
    op.create_index("legal_hold_act_of", "legal_hold_act", ["hold_id", "id"])


def _erasures() -> None:
    op.create_table(
        "erasure",
        *(_id("id", key=True), _office(), _id("finding_id"), _text("department", 60), _text("basis")),
        *(_text("reason"), sa.Column("papers", Json), _id("proposed_by"), _at("proposed_at")),
    )
    op.create_index("erasure_finding", "erasure", ["finding_id", "id"])
    op.create_table(
        "erasure_decision",
        *(_id("erasure_id", key=True), _office(), _text("outcome", 20), _text("reason")),
        *(_id("decided_by"), _at("decided_at"), sa.Column("destroyed", Json)),
        sa.CheckConstraint("outcome IN ('carried_out', 'refused', 'withdrawn')", name="erasure_outcome"),
    )
    op.create_table(
        "erased_payload",
        _id("record_id", key=True),
        sa.Column("sequence", sa.Integer(), primary_key=True, autoincrement=False),
        *(_office(), _id("erasure_id"), _text("commitment", 64)),
    )
    op.create_table(
        "erased_paper",
        _id("finding_id", key=True),
        sa.Column("digest", sa.String(80), primary_key=True),
        *(_office(), _id("erasure_id")),
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
    """No payload may leave any more, and nobody knows of holds and erasures."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP TRIGGER payload_stays ON payload")
        op.execute("DROP TRIGGER payload_kept ON payload")
        op.execute("DROP FUNCTION refuse_unless_erased()")
        op.execute(
            "CREATE TRIGGER payload_kept BEFORE UPDATE OR DELETE ON payload "
            "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )
    else:
        op.execute("DROP TRIGGER payload_kept")
        op.execute(
            f"CREATE TRIGGER payload_kept BEFORE DELETE ON payload BEGIN SELECT RAISE(ABORT, '{SENTENCE}'); END"
        )
    for table in reversed(TABLES):
        op.drop_table(table)
