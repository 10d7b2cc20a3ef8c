"""What is closed is found by who handled it, and a proceeding is shown after its own finding alone was looked at (0044)."""

from __future__ import annotations

from alembic import op

from models.leading import install, remove
from models.migrations.walling import HOUSE, MY_OFFICE, told

revision = "0045"
down_revision = "0044"

HANDLED = (
    "INSERT INTO record_lead (key, department, place, record_id, office_id)"
    " SELECT substr('h' || handler, 1, 100), department, 'c' || coalesce(substr(ledger_no, 1, 60), ''), id, office_id"
    " FROM finding WHERE closed AND handler IS NOT NULL ON CONFLICT DO NOTHING"
)
ITS_DEPARTMENT = f"(SELECT one.department FROM finding AS one WHERE one.id = finding_id) = {told('sees')}"
"""Where it is asked whether such a finding exists, PostgreSQL may read all findings of the department first to look them up."""
EXISTS = (
    f"EXISTS (SELECT 1 FROM finding AS one WHERE one.id = finding_id AND one.department = {told('sees')})"
)


def upgrade() -> None:
    """Each handler leads to what they closed, and does so from now on; the same proceedings are shown."""
    remove(op.get_bind())
    install(op.get_bind())
    op.execute(HANDLED)
    _show_proceedings(ITS_DEPARTMENT)


def downgrade() -> None:
    """Handlers lead on and nobody is led; the same proceedings are shown."""
    _show_proceedings(EXISTS)


def _show_proceedings(mine: str) -> None:
    if op.get_bind().dialect.name == "postgresql":
        wide = f"{told('sees')} = '*' OR {told('waiting')} <> ''"
        op.execute(
            f"ALTER POLICY proceeding_shown ON proceeding USING ({HOUSE} OR ({MY_OFFICE} AND ({wide} OR {mine})))"
        )
