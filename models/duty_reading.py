"""Reports handed in and the notices of duties: every statement that reads or writes them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, select, update

from models.duty_report import DutyReport
from models.records import NOTICE, USER, insert_or_leave, lock_key, table_of

REPORT = table_of(DutyReport)
DUE_SOON, OVERDUE = "duty_due", "duty_overdue"
"""The kinds of notice: a report is due on the next working day or so; its day has passed."""
NOTICES = (DUE_SOON, OVERDUE)
LOCK = "duties of"


def lock_duties(connection: Connection, office_id: str) -> None:
    """On PostgreSQL who hands in and who reminds follow one another; on SQLite there is one writer anyway."""
    lock_key(connection, LOCK, office_id)


def reports_of(
    connection: Connection,
    office_id: str,
    periods: Collection[str],
    departments: Collection[str],
    until: datetime,
) -> Sequence[Row[Any]]:
    """What these departments handed in on these periods until that instant, each with its corrections, oldest first."""
    found = select(REPORT).where(
        REPORT.c.office_id == office_id,
        REPORT.c.period.in_(sorted(periods)),
        REPORT.c.department.in_(sorted(departments)),
        REPORT.c.handed_in_at <= until,
    )
    return connection.execute(found.order_by(REPORT.c.ordinal)).all()


def reports_on(
    connection: Connection, office_id: str, duty: str, period: str, department: str
) -> Sequence[Row[Any]]:
    """What the department handed in on that period, oldest first; the last one stands."""
    found = select(REPORT).where(
        REPORT.c.office_id == office_id,
        REPORT.c.period == period,
        REPORT.c.duty == duty,
        REPORT.c.department == department,
    )
    return connection.execute(found.order_by(REPORT.c.ordinal)).all()


def last_handed_in_at(connection: Connection) -> datetime | None:
    """When the latest report was handed in; None where there is none."""
    latest: datetime | None = connection.execute(select(func.max(REPORT.c.handed_in_at))).scalar()
    return latest


def first_account_at(connection: Connection, office_id: str) -> datetime | None:
    """When the first account of the office was made; None where there is nobody yet."""
    made: datetime | None = connection.execute(
        select(func.min(USER.c.created_at)).where(USER.c.office_id == office_id)
    ).scalar()
    return made


def told_among(connection: Connection, keys: Collection[str]) -> frozenset[str]:
    """Of these natural keys those under which a notice stands."""
    found = select(NOTICE.c.natural_key).where(NOTICE.c.natural_key.in_(list(keys)))
    return frozenset(connection.execute(found).scalars())


def tell(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Each notice stands once, whoever told it first."""
    if rows:
        statement = insert_or_leave(connection, NOTICE).on_conflict_do_nothing()
        connection.execute(statement, [dict(row) for row in rows])


def settle(connection: Connection, keys: Collection[str]) -> None:
    """The notices of these natural keys, where they stand, need nobody any more."""
    connection.execute(update(NOTICE).where(NOTICE.c.natural_key.in_(list(keys))).values(done=True))


def open_notices(
    connection: Connection, office_id: str, department: str, roles: Collection[str]
) -> Sequence[Any]:
    """What these roles of the department were told of duties and what is not done yet, oldest first."""
    found = select(NOTICE.c.kind, NOTICE.c.role, NOTICE.c.detail).where(
        NOTICE.c.office_id == office_id,
        NOTICE.c.department == department,
        NOTICE.c.role.in_(sorted(roles)),
        NOTICE.c.done.is_(False),
        NOTICE.c.kind.in_(NOTICES),
    )
    return connection.execute(found.order_by(NOTICE.c.recorded_at, NOTICE.c.natural_key)).all()
