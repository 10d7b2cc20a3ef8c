"""What else was found with the party of a finding, counted and listed as far as the reader sees it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, and_, distinct, func, not_, select

from models.reading.scope import Scope
from models.reading.unled import aside
from models.records import FINDING

_SHOWN = (
    "id",
    "ledger_no",
    "item",
    "state",
    "closed",
    "domain",
    "violation",
    "discovered_at",
    "inspection_id",
)


def counts_of_party(connection: Connection, seen: Scope, finding: Row[Any], since: datetime) -> Row[Any]:
    """Of the seen findings of its party, this one among them: `found` ever, and `open`; and how many inspections had some
    discovered from `since` until this one (`within`), and some of the same violation (`alike`)."""
    columns = FINDING.c
    within = and_(columns.discovered_at > since, columns.discovered_at <= finding.discovered_at)
    alike = and_(within, columns.domain == finding.domain, columns.violation == finding.violation)
    asked: Any = select(
        func.count().label("found"),
        func.count().filter(not_(columns.closed)).label("open"),
        func.count(distinct(columns.inspection_id)).filter(within).label("within"),
        func.count(distinct(columns.inspection_id)).filter(alike).label("alike"),
    ).where(columns.party_id == finding.party_id, aside(seen)(FINDING))
    return connection.execute(asked).one()


def others_of_party(connection: Connection, seen: Scope, finding: Row[Any], limit: int) -> Sequence[Row[Any]]:
    """The other seen findings of its party: those of the same inspection first, then the newest."""
    columns = FINDING.c
    other: Any = select(*(columns[name] for name in _SHOWN)).where(
        columns.party_id == finding.party_id, columns.id != finding.id, aside(seen)(FINDING)
    )
    apart = columns.inspection_id != finding.inspection_id
    return connection.execute(
        other.order_by(apart, columns.discovered_at.desc(), columns.id).limit(limit)
    ).all()
