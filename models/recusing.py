"""Recusals: every statement that reads them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, and_, bindparam, or_, select

from models.in_one_text import InOneText, each_in
from models.prepared import Prepared
from models.records import table_of
from models.recusal import Recusal, RecusalDecision

RECUSAL, DECISION = table_of(Recusal), table_of(RecusalDecision)
_DECIDED = RECUSAL.outerjoin(DECISION, DECISION.c.recusal_id == RECUSAL.c.id)
_BINDS = or_(
    DECISION.c.outcome == "recused",
    and_(RECUSAL.c.kind == "declared", DECISION.c.recusal_id.is_(None)),
)
_BINDING = select(RECUSAL.c.person).select_from(_DECIDED).where(_BINDS)
_OF_CASE = Prepared(
    select(InOneText(RECUSAL.c.person).label("told"))
    .select_from(_DECIDED)
    .where(_BINDS, RECUSAL.c.finding_id == bindparam("id"))
)
"""One row whoever was recused: some stepped back on the record of a criminal referral, of which no row may tell (law 9)."""
_ON_RECORD = Prepared(_BINDING.where(RECUSAL.c.record_id == bindparam("id")))
_OF_RECORD = Prepared(
    select(RECUSAL, *(DECISION.c[name] for name in ("decided_by", "decided_at", "outcome")))
    .add_columns(DECISION.c.reason.label("decision_reason"))
    .select_from(_DECIDED)
    .where(RECUSAL.c.record_id == bindparam("record_id"))
    .order_by(RECUSAL.c.id)
)


def recused_in(connection: Connection, finding_id: str) -> frozenset[str]:
    """The accounts, folded, that are shut out of the case: of the finding and of its criminal referral."""
    (row,) = _OF_CASE.all(connection, {"id": finding_id})
    return frozenset(each_in(row.told))


def recused_on(connection: Connection, record_id: str) -> frozenset[str]:
    """The accounts, folded, that are shut out by a recusal entered on this record itself."""
    return frozenset(row.person for row in _ON_RECORD.all(connection, {"id": record_id}))


def recusals_of(connection: Connection, record_id: str) -> Sequence[Row[Any]]:
    """Every recusal entered on the record, oldest first, with its decision where there is one."""
    return _OF_RECORD.all(connection, {"record_id": record_id})
