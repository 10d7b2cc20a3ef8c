"""How often rules fire in the present rulings of findings, counted by the database within what the reader sees."""

from __future__ import annotations

from collections import Counter
from typing import Any

from sqlalchemy import Connection, FromClause, func, not_, select, true

from models.reading.findings import FindingFilter
from models.reading.scope import Scope
from models.reading.tallied import RULE, closed_by
from models.reading.unled import aside
from models.records import FINDING


def hits_by_rule(connection: Connection, seen: Scope) -> dict[str, int]:
    """Rule id → of how many seen findings the latest ruling fired it; rules that never did are left out.

    Rulings as they are kept with a finding hold no confidential rule.
    """
    fired = _latest_fired(connection.dialect.name)
    counted: Any = (
        select(fired.c.value, func.count())
        .select_from(FINDING.join(fired, true()))
        .where(aside(seen)(FINDING), not_(FINDING.c.closed))
        .group_by(fired.c.value)
    )
    hits = Counter(dict(connection.execute(counted).all()))
    hits.update(dict(closed_by(connection, seen, FindingFilter(), RULE, "value")))
    return dict(hits)


def _latest_fired(dialect: str) -> FromClause:
    """The rules of each finding's latest ruling, as rows beside the finding."""
    rulings = FINDING.c.rulings
    if dialect == "sqlite":
        return func.json_each(rulings, "$[#-1].fired").table_valued("value", name="fired")
    return func.jsonb_array_elements_text(rulings[-1]["fired"]).table_valued("value", name="fired")
