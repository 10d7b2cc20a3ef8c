"""What the rows of a sheet of the ledger are made of: findings in the order of their numbers, with all that was entered."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, String, and_, func, literal_column, or_, select

from models.at_rest import opened_entries
from models.case import LIST_NUMBER
from models.reading.findings import FindingFilter, matching
from models.reading.lights import finding_burns
from models.reading.scope import Scope
from models.reading.unled import aside
from models.records import DEADLINE, ENTRY, FINDING, INSPECTION, PARTY, PAYLOAD, PROCEEDING, USER
from models.referral_list import Asking
from models.referral_reading import REFERRAL

_number = literal_column(LIST_NUMBER, String)
_FINDING = (
    *("id", "ledger_no", "state", "closed", "department", "inspection_id", "party_id", "domain", "violation"),
    *("item", "intake", "record", "supervised", "version", "discovered_at", "due_effective"),
)
"""What a row reads of a finding; its rulings, which are long, are no part of it."""


def _asked(seen: Scope, asked: FindingFilter, as_of: datetime) -> list[Any]:
    burning = [or_(*(finding_burns(light, as_of) for light in asked.lights))] if asked.lights else []
    return [seen(FINDING), *matching(asked), *burning]


def how_many(connection: Connection, seen: Scope, asked: FindingFilter, as_of: datetime) -> int:
    """How many findings match and are seen: as many as the list of the same filter has."""
    counted = select(func.count()).select_from(FINDING).where(*_asked(seen, asked, as_of))
    return int(connection.execute(counted).scalar_one())


def findings_by_number(
    connection: Connection, seen: Scope, asked: FindingFilter, as_of: datetime, batch: int
) -> Iterator[list[str]]:
    """The ids of the findings that match and are seen, by ledger number and those without one last, so many at a time."""
    wanted = (
        select(FINDING.c.id).where(*_asked(seen, asked, as_of)).order_by(_number == "", _number, FINDING.c.id)
    )
    streamed = connection.execute(wanted, execution_options={"yield_per": batch})
    for part in streamed.scalars().partitions():
        yield [str(id) for id in part]


def seen_among(connection: Connection, seen: Scope, ids: Sequence[str]) -> frozenset[str]:
    """Those of these findings that there are and that are seen."""
    asked = select(FINDING.c.id).where(FINDING.c.id.in_(ids), aside(seen)(FINDING))
    return frozenset(connection.execute(asked).scalars())


def findings_of(connection: Connection, ids: Sequence[str]) -> dict[str, Row[Any]]:
    """These findings, each with its inspection and its party, by id."""
    columns = [FINDING.c[name] for name in _FINDING]
    asked: Any = (
        select(
            *columns,
            INSPECTION.c.intake.label("inspection_intake"),
            INSPECTION.c.published_on,
            PARTY.c.name.label("party_name"),
            PARTY.c.detail.label("party_detail"),
        )
        .join(INSPECTION, INSPECTION.c.id == FINDING.c.inspection_id)
        .join(PARTY, PARTY.c.id == FINDING.c.party_id)
    )
    return {row.id: row for row in connection.execute(asked.where(FINDING.c.id.in_(ids)))}


def proceedings_of(connection: Connection, ids: Sequence[str]) -> Sequence[Row[Any]]:
    """The proceedings of these findings in the order they were opened: what they are and where they stand."""
    columns = PROCEEDING.c
    asked: Any = select(columns.id, columns.finding_id, columns.kind, columns.state).where(
        columns.finding_id.in_(ids)
    )
    return connection.execute(asked.order_by(columns.ordinal, columns.id)).all()


def deadlines_of(connection: Connection, ids: Sequence[str]) -> Sequence[Row[Any]]:
    """The deadlines of these findings in the order they were opened, without how they were counted."""
    columns = DEADLINE.c
    names = (
        "id",
        "finding_id",
        "proceeding_id",
        "term",
        "state",
        "counted",
        "due_effective",
        "overdue_at",
        "spec",
    )
    asked = select(*(columns[name] for name in names)).where(columns.finding_id.in_(ids))
    return connection.execute(asked.order_by(columns.id)).all()


def said_of(
    connection: Connection, record_ids: Sequence[str], until: datetime | None = None
) -> Sequence[Row[Any]]:
    """Every entry of these records, or those recorded until that instant, with what it says while that is kept."""
    names = (
        "record_id",
        "sequence",
        "chart",
        "trigger",
        "proceeding_id",
        "state",
        "by",
        "occurred_at",
        "recorded_at",
    )
    told = and_(PAYLOAD.c.record_id == ENTRY.c.record_id, PAYLOAD.c.sequence == ENTRY.c.sequence)
    asked: Any = select(*(ENTRY.c[name] for name in names), PAYLOAD.c.body).select_from(
        ENTRY.outerjoin(PAYLOAD, told)
    )
    asked = asked.where(ENTRY.c.record_id.in_(record_ids))
    if until is not None:
        asked = asked.where(ENTRY.c.recorded_at <= until)
    found = connection.execute(asked.order_by(ENTRY.c.record_id, ENTRY.c.sequence)).all()
    return opened_entries(connection, found)


def referrals_among(connection: Connection, asking: Asking, ids: Sequence[str]) -> Sequence[Row[Any]]:
    """The referrals of these findings on whose list the colleague is, oldest first."""
    asked: Any = select(REFERRAL.c.id, REFERRAL.c.finding_id).where(
        REFERRAL.c.finding_id.in_(ids), asking.listed()
    )
    return connection.execute(asked.order_by(REFERRAL.c.id)).all()


def names_of(connection: Connection, office_id: str) -> dict[str, str]:
    """The name of every account of the office, by login, folded."""
    asked = select(USER.c.login_key, USER.c.name).where(USER.c.office_id == office_id)
    return {str(login): str(name) for login, name in connection.execute(asked)}
