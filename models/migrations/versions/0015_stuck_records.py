"""Whether a clock runs on a record is told by an index alone."""

from __future__ import annotations

from alembic import op

revision = "0015"
down_revision = "0014"
FORMER = {
    "ix_deadline_finding_id": ("deadline", ["finding_id"]),
    "proceeding_kind": ("proceeding", ["office_id", "kind", "state", "finding_id"]),
}
PRESENT = {
    "deadline_of_finding": ("deadline", ["finding_id", "proceeding_id", "state"]),
    "proceeding_kind": ("proceeding", ["office_id", "kind", "state", "finding_id", "id"]),
}


def upgrade() -> None:
    """Open records and their clocks are held against each other without reading either table."""
    _instead(FORMER, PRESENT)


def downgrade() -> None:
    """The indexes are as they were."""
    _instead(PRESENT, FORMER)


def _instead(given_up: dict[str, tuple[str, list[str]]], made: dict[str, tuple[str, list[str]]]) -> None:
    for name, (table, _) in given_up.items():
        op.drop_index(name, table)
    for name, (table, columns) in made.items():
        op.create_index(name, table, columns)
