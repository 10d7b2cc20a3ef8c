"""What is closed is counted as it is closed, and lists find their rows however many there are (decision 0035)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from alembic import op

from models.migrations.walling import MY_DEPARTMENT, wall_in
from models.tallying import install, recount, remove

revision = "0036"
down_revision = "0035"


DUE = "(CASE WHEN closed OR due_effective IS NULL THEN '' ELSE due_effective END)"
NUMBER = "(coalesce(substr(ledger_no, 1, 60), ''))"
FIGURES = (
    *("office_id", "department", "state", "closed", "due_effective", "severe_at", "overdue_at", "red_at"),
    *("yellow_at", "discovered_at", "owner_role", "handler", "supervised", "id"),
)
FORMER = (
    ("finding_figures", "finding", FIGURES),
    ("finding_discovered", "finding", ("office_id", "discovered_at")),
    ("ix_finding_handler", "finding", ("handler",)),
    ("ix_finding_party_id", "finding", ("party_id",)),
    ("inspection_finished", "inspection", ("office_id", "finished_at")),
)
UNPUBLISHED = "published_on IS NULL AND state {} ('withheld', 'deferred')"
MADE: tuple[tuple[str, str, tuple[str, ...], str | None], ...] = (
    ("finding_figures", "finding", FIGURES, "closed = 0"),
    ("finding_clockless", "finding", ("office_id", NUMBER, "id"), "closed = 0 AND due_effective IS NULL"),
    ("finding_discovered", "finding", ("discovered_at", "office_id", "department", "carried", "id"), None),
    ("finding_kept_under", "finding", ("reference",), "reference IS NOT NULL"),
    ("finding_handled", "finding", ("handler", DUE, NUMBER, "id"), None),
    ("finding_act", "finding", ("party_id", "domain", "violation"), None),
    ("finding_violation", "finding", ("violation", "domain"), None),
    ("finding_domain", "finding", ("domain",), None),
    ("inspection_finished", "inspection", ("office_id", "finished_at", "id"), None),
    ("inspection_finished_department", "inspection", ("office_id", "department", "finished_at", "id"), None),
    (
        *("inspection_not_public", "inspection", ("finished_at", "id", "publication_due_on")),
        UNPUBLISHED.format("NOT IN"),
    ),
    ("inspection_withheld", "inspection", ("finished_at", "id"), UNPUBLISHED.format("IN")),
    ("inspection_public_late", "inspection", ("finished_at", "id"), "published_on > publication_due_on"),
    ("inspection_task", "inspection", ("task_no",), None),
    ("inspection_plan", "inspection", ("plan_no",), None),
    ("receipt_received", "receipt", ("received_at", "id"), None),
    ("receipt_state", "receipt", ("state", "received_at", "id"), None),
    ("incoming_sorted", "incoming", ("office_id", "sorts_at", "id"), None),
    ("incoming_not_ended", "incoming", ("sorts_at", "id"), "ended = 0"),
    ("message_inspection", "message", ("inspection_id",), None),
    ("message_sent", "message", ("queue", "recorded_at", "id"), None),
    (
        *("message_unentered", "message", ("recorded_at", "id")),
        "state = 'paper' AND system_id IS NULL AND delivered_at IS NULL",
    ),
)


def upgrade() -> None:
    """The tally is there, says what the records say, and is kept."""
    op.create_table(
        "closed_tally",
        sa.Column("office_id", sa.String(40), primary_key=True),
        sa.Column("facet", sa.String(12), primary_key=True),
        sa.Column("grain", sa.String(1), primary_key=True),
        sa.Column("value", sa.String(120), primary_key=True),
        sa.Column("department", sa.String(60), primary_key=True),
        sa.Column("day", sa.String(10), primary_key=True),
        sa.Column("count", sa.Integer, nullable=False),
        sa.Column("first_no", sa.String(60), nullable=False),
        sa.Column("last_no", sa.String(60), nullable=False),
        sqlite_with_rowid=False,
    )
    told = ["office_id", "facet", "grain", "day", "department", "value", "count"]
    op.create_index("closed_tally_day", "closed_tally", told)
    wall_in("closed_tally", MY_DEPARTMENT)
    for name, table, _ in FORMER:
        op.drop_index(name, table)
    for name, table, columns, only in MADE:
        _index(name, table, columns, only)
    install(op.get_bind())
    recount(op.get_bind())


def _index(name: str, table: str, columns: Sequence[str], only: str | None) -> None:
    """The index holds the rows for which `only` holds, or all."""
    where: dict[str, Any] = {}
    if only is not None:
        where["sqlite_where"] = sa.text(only)
        where["postgresql_where"] = sa.text(
            only.replace("closed = 0", "NOT closed").replace("ended = 0", "NOT ended")
        )
    told = [sa.text(one) if one.startswith("(") else one for one in columns]
    op.create_index(name, table, told, **where)


def downgrade() -> None:
    """What is closed is counted anew whenever somebody asks."""
    remove(op.get_bind())
    for name, table, _, _ in MADE:
        op.drop_index(name, table)
    for name, table, columns in FORMER:
        _index(name, table, columns, None)
    op.drop_table("closed_tally")
