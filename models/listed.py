"""What decides who is on the list of a criminal referral, beside what its entries say of it: statements only."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, bindparam, select

from models.prepared import Prepared
from models.records import ENTRY
from models.referral_list import HAND
from models.referral_reading import REFERRAL

_STEPS = Prepared(
    select(ENTRY.c.chart, ENTRY.c.proceeding_id, ENTRY.c.state, ENTRY.c.by)
    .where(ENTRY.c.record_id == bindparam("record"))
    .order_by(ENTRY.c.sequence)
)
"""Without what they say: record by record, for the entries of a whole office are far more than those of its referrals."""


def referrals(connection: Connection) -> Sequence[Row[Any]]:
    """Every referral, opened or not, by id."""
    return connection.execute(select(REFERRAL).order_by(REFERRAL.c.id)).all()


def hands(connection: Connection) -> dict[str, dict[str, str]]:
    """The hands that are kept, by referral: each login, folded, with its ground."""
    found: dict[str, dict[str, str]] = {}
    for row in connection.execute(select(HAND)):
        found.setdefault(row.referral_id, {})[row.login_key] = row.ground
    return found


def steps(connection: Connection, record_id: str) -> Sequence[Row[Any]]:
    """Chart, proceeding, state and person of each entry of the record, in order."""
    return _STEPS.all(connection, {"record": record_id})
