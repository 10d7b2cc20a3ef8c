"""What decides who is on the list of a criminal referral, beside what its entries say of it: statements only."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, Row, and_, or_, select

from models.records import ENTRY, FINDING, PROCEEDING
from models.referral_list import HAND
from models.referral_reading import REFERRAL

_SAME_ACT = and_(*(FINDING.c[name] == REFERRAL.c[name] for name in ("party_id", "domain", "violation")))


def referrals(connection: Connection) -> Sequence[Row[Any]]:
    """Every referral, opened or not, by id."""
    return connection.execute(select(REFERRAL).order_by(REFERRAL.c.id)).all()


def hands(connection: Connection) -> dict[str, dict[str, str]]:
    """The hands that are kept, by referral: each login, folded, with its ground."""
    found: dict[str, dict[str, str]] = {}
    for row in connection.execute(select(HAND)):
        found.setdefault(row.referral_id, {})[row.login_key] = row.ground
    return found


def entered_by(connection: Connection) -> dict[str, set[str]]:
    """Who made entries of each referral, by login, folded."""
    found: dict[str, set[str]] = {}
    named = select(ENTRY.c.record_id, ENTRY.c.by).join(REFERRAL, REFERRAL.c.id == ENTRY.c.record_id)
    for row in connection.execute(named.distinct()):
        found.setdefault(row.record_id, set()).add(row.by.casefold())
    return found


def moved(connection: Connection) -> Iterator[str]:
    """Records that stand in another state or department than their last entry or their finding has it.

    Referrals, and findings of their acts with their proceedings: by these states lists open and close.
    """
    last = and_(ENTRY.c.record_id == REFERRAL.c.id, ENTRY.c.sequence == REFERRAL.c.sequence)
    other = or_(ENTRY.c.state != REFERRAL.c.state, FINDING.c.department != REFERRAL.c.department)
    joined = REFERRAL.join(ENTRY, last).join(FINDING, FINDING.c.id == REFERRAL.c.finding_id)
    yield from connection.execute(select(REFERRAL.c.id).select_from(joined).where(other)).scalars()
    for table, of_one in (
        (FINDING, and_(ENTRY.c.record_id == FINDING.c.id, ENTRY.c.chart == "finding")),
        (PROCEEDING, ENTRY.c.proceeding_id == PROCEEDING.c.id),
    ):
        later = ENTRY.alias("later")
        same = [later.c.record_id == ENTRY.c.record_id, later.c.chart == ENTRY.c.chart]
        if table is PROCEEDING:
            same.append(later.c.proceeding_id == ENTRY.c.proceeding_id)
        ends = ~select(later.c.sequence).where(*same, later.c.sequence > ENTRY.c.sequence).exists()
        within = (
            FINDING if table is FINDING else FINDING.join(PROCEEDING, PROCEEDING.c.finding_id == FINDING.c.id)
        )
        acts = within.join(REFERRAL, and_(_SAME_ACT, REFERRAL.c.state != "")).join(
            ENTRY, and_(ENTRY.c.record_id == FINDING.c.id, of_one)
        )
        asked = select(FINDING.c.id).select_from(acts).where(ends, ENTRY.c.state != table.c.state)
        yield from connection.execute(asked.distinct()).scalars()
