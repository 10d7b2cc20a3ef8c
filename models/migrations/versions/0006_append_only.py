"""Guards in the database itself: what is written in the audit chain stays written."""

from __future__ import annotations

from alembic import op

revision = "0006"
down_revision = "0005"

NEVER_CHANGED = ("entry", "command_key", "admin_entry", "payload")
NEVER_DELETED = (*NEVER_CHANGED, "receipt", "finding", "inspection", "document", "deadline", "proceeding")
SENTENCE = "this table is append-only"


def upgrade() -> None:
    """UPDATE and DELETE on append-only tables are refused by the database, whoever asks."""
    if op.get_bind().dialect.name == "postgresql":
        _guard_postgresql()
        return
    for table in NEVER_CHANGED:
        op.execute(
            f"CREATE TRIGGER {table}_stays BEFORE UPDATE ON {table} BEGIN SELECT RAISE(ABORT, '{SENTENCE}'); END"
        )
    for table in NEVER_DELETED:
        op.execute(
            f"CREATE TRIGGER {table}_kept BEFORE DELETE ON {table} BEGIN SELECT RAISE(ABORT, '{SENTENCE}'); END"
        )


def _guard_postgresql() -> None:
    op.execute(
        "CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$ "
        f"BEGIN RAISE EXCEPTION '{SENTENCE}'; END $$"
    )
    for table in NEVER_DELETED:
        acts = "UPDATE OR DELETE" if table in NEVER_CHANGED else "DELETE"
        op.execute(
            f"CREATE TRIGGER {table}_kept BEFORE {acts} ON {table} FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )
        op.execute(
            f"CREATE TRIGGER {table}_whole BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )


def downgrade() -> None:
    """The guards are gone."""
    postgresql = op.get_bind().dialect.name == "postgresql"
    for table in NEVER_DELETED:
        where = f" ON {table}" if postgresql else ""
        op.execute(f"DROP TRIGGER {table}_kept{where}")
        if postgresql:
            op.execute(f"DROP TRIGGER {table}_whole ON {table}")
        elif table in NEVER_CHANGED:
            op.execute(f"DROP TRIGGER {table}_stays")
    if postgresql:
        op.execute("DROP FUNCTION refuse_change()")
