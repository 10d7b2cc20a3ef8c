"""公示率: which inspections had to be public by a day, and which of these are, in time or late, or are still missing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    and_,
    func,
    not_,
    or_,
    select,
)

from models.reading.inspections import (
    InspectionFilter,
    Place,
    in_publication,
    matching,
    page_of_inspections,
)
from models.reading.scope import Scope
from models.reading.tallied import PUBLIC, summed
from models.reading.unled import aside
from models.records import INSPECTION

OWED, ON_TIME, LATE, MISSING, NOT_ON_TIME = "owed", "on_time", "late", "missing", "not_on_time"
SETS = (OWED, ON_TIME, LATE, MISSING, NOT_ON_TIME)
"""owed = on_time ∪ late ∪ missing, which have nothing in common; not_on_time = owed ∖ on_time."""


def in_set(name: str, today: date) -> ColumnElement[bool]:
    """Whether an inspection belongs to the set on that day; one carried over, withheld or not due yet is in none."""
    columns = INSPECTION.c
    published = columns.published_on.is_not(None)
    in_time = and_(published, columns.published_on <= columns.publication_due_on)
    missing = in_publication("late", today)
    conditions = {
        OWED: or_(published, missing),
        ON_TIME: in_time,
        LATE: and_(published, columns.published_on > columns.publication_due_on),
        MISSING: missing,
        NOT_ON_TIME: and_(or_(published, missing), not_(in_time)),
    }
    counted = and_(not_(columns.carried), columns.publication_due_on.is_not(None))
    return and_(counted, conditions[name])


def counts(connection: Connection, seen: Scope, asked: InspectionFilter, today: date) -> dict[str, int]:
    """How many inspections that are seen and match belong to each set; the filter names a department and a time.

    What is public is told by the tally; what is missing, which the clock alone decides, is counted.
    """
    told = summed(
        connection,
        seen,
        asked.department,
        asked.finished_from,
        asked.finished_before,
        PUBLIC,
        "value",
    )
    public = {ON_TIME: 0, LATE: 0} | dict(told)
    counted = select(func.count()).where(
        aside(seen)(INSPECTION), in_set(MISSING, today), *matching(asked, today)
    )
    missing = int(connection.execute(counted.select_from(INSPECTION)).scalar_one())
    late = public[LATE] + missing
    return {**public, OWED: public[ON_TIME] + late, MISSING: missing, NOT_ON_TIME: late}


def of_ledger(counted: Mapping[str, int]) -> dict[str, int]:
    """The same as the ledger of the contract tells it: `late` is what was not in time, published or not."""
    return {"due": counted[OWED], "on_time": counted[ON_TIME], "late": counted[NOT_ON_TIME]}


def page_of_set(
    connection: Connection,
    seen: Scope,
    asked: InspectionFilter,
    name: str,
    today: date,
    after: Place | None,
    limit: int,
) -> Sequence[Row[Any]]:
    """The next inspections of the set that match and are seen, newest first."""
    rare = name in (LATE, MISSING)
    return page_of_inspections(connection, seen, asked, today, after, limit, in_set(name, today), rare)
