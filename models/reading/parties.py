"""What is known of a party, as far as its records are seen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, select, union

from models.reading.scope import Scope
from models.reading.unled import aside
from models.records import FINDING, INSPECTION, PARTY, PROCEEDING


def departments_that_met(connection: Connection, seen: Scope, party_id: str) -> frozenset[str]:
    """The departments with a seen inspection or finding of the party; empty when the party is hidden."""
    met = union(
        *(
            select(table.c.department).where(table.c.party_id == party_id, aside(seen)(table))
            for table in (FINDING, INSPECTION)
        )
    )
    return frozenset(connection.execute(met).scalars())


def party_row(connection: Connection, party_id: str) -> Row[Any] | None:
    """The party of that id."""
    return connection.execute(select(PARTY).where(PARTY.c.id == party_id)).one_or_none()


def sanctions_of(connection: Connection, seen: Scope, party_id: str) -> Sequence[Row[Any]]:
    """The penalties and credit flags in the seen findings of the party, oldest first."""
    columns = PROCEEDING.c
    joined = PROCEEDING.join(FINDING, FINDING.c.id == columns.finding_id)
    asked = select(PROCEEDING).select_from(joined)
    asked = asked.where(
        FINDING.c.party_id == party_id, aside(seen)(FINDING), columns.kind.in_(("penalty", "credit_flag"))
    )
    return connection.execute(asked.order_by(columns.opened_at, columns.id)).all()
