"""What a migration says for a new table with rows of a case, so that it stands behind the second wall (0029)."""

from __future__ import annotations

from alembic import op


def told(name: str) -> str:
    """What the transaction was told, as it is known once per statement; null or empty where it was told nothing."""
    return f"(SELECT current_setting('bihuan.{name}', true))"


HOUSE = f"{told('house')} = '1'"
MY_OFFICE = f"office_id = {told('office')}"
MY_DEPARTMENT = f"{MY_OFFICE} AND ({told('sees')} = '*' OR department = {told('sees')})"


def wall_in(table: str, seen: str | None) -> None:
    """On PostgreSQL the house alone writes the table, and others read the rows for which `seen` holds; None: none."""
    if op.get_bind().dialect.name != "postgresql":
        return
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    shown = HOUSE if seen is None else f"{HOUSE} OR ({seen})"
    op.execute(f"CREATE POLICY {table}_shown ON {table} FOR SELECT USING ({shown})")
    op.execute(f"CREATE POLICY {table}_entered ON {table} FOR INSERT WITH CHECK ({HOUSE})")
    op.execute(f"CREATE POLICY {table}_changed ON {table} FOR UPDATE USING ({HOUSE})")
    op.execute(f"CREATE POLICY {table}_removed ON {table} FOR DELETE USING ({HOUSE})")
