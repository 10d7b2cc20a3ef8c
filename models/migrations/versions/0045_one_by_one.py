"""What is closed is found by who handled it, and what is seen by its findings after these alone were looked at (0044)."""

from __future__ import annotations

from alembic import op

from models.leading import install, remove
from models.migrations.walling import HOUSE, MY_DEPARTMENT, MY_OFFICE, told

revision = "0045"
down_revision = "0044"

HANDLED = (
    "INSERT INTO record_lead (key, department, place, record_id, office_id)"
    " SELECT substr('h' || handler, 1, 100), department, 'c' || coalesce(substr(ledger_no, 1, 60), ''), id, office_id"
    " FROM finding WHERE closed AND handler IS NOT NULL ON CONFLICT DO NOTHING"
)
ALONE = " OFFSET 0"
"""Without it PostgreSQL may read all findings of the department first, to look up among them whether there is one."""


def upgrade() -> None:
    """Each handler leads to what they closed, and does so from now on; the same rows are shown."""
    remove(op.get_bind())
    install(op.get_bind())
    op.execute(HANDLED)
    _show(ALONE)


def downgrade() -> None:
    """Handlers lead on and nobody is led; the same rows are shown."""
    _show("")


def _show(alone: str) -> None:
    if op.get_bind().dialect.name != "postgresql":
        return
    mine = f"EXISTS (SELECT 1 FROM finding AS one WHERE {{}} AND one.department = {told('sees')}{alone})"
    of_proceeding, of_inspection = (
        mine.format(of) for of in ("one.id = finding_id", "one.inspection_id = inspection.id")
    )
    wide = f"{told('sees')} = '*' OR {told('waiting')} <> ''"
    for table, shown in (
        ("proceeding", f"{MY_OFFICE} AND ({wide} OR {of_proceeding})"),
        ("inspection", f"({MY_DEPARTMENT}) OR ({MY_OFFICE} AND {of_inspection})"),
    ):
        op.execute(f"ALTER POLICY {table}_shown ON {table} USING ({HOUSE} OR ({shown}))")
