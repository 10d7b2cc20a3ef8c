"""Which records cannot be found yet, and what the search is made from: statements only."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Table, delete, exists, or_, select

from engine.core.search_words import DOCUMENT as OF_DOCUMENT
from engine.core.search_words import FINDING as OF_FINDING
from engine.core.search_words import INSPECTION as OF_INSPECTION
from engine.core.search_words import PARTY as OF_PARTY
from models.records import DOCUMENT, FINDING, INSPECTION, PARTY
from models.search_leading import KEY
from models.searching import FILLING, ITSELF, RECORD, entered, known, reworded


def is_filled(connection: Connection, form: str) -> bool:
    """True when every record is found under keys of that form."""
    row = known(connection, *ITSELF)
    return row is not None and row.text == form


def begin(connection: Connection, office_id: str, form: str) -> None:
    """The search is being filled with keys of that form; those of another form are gone."""
    row = known(connection, *ITSELF)
    if row is None or row.text != FILLING + form:
        if row is not None:
            connection.execute(delete(KEY))
            connection.execute(delete(RECORD))
        entered(connection, office_id, *ITSELF, FILLING + form)


def finish(connection: Connection, form: str) -> None:
    """Every record is found under keys of that form."""
    row = known(connection, *ITSELF)
    assert row is not None, "filling was begun"
    reworded(connection, row.n, form)


def missing(connection: Connection, kind: str, after: str, limit: int) -> list[str]:
    """The ids of the next records of that kind that cannot be found and should be."""
    table, wanted = _TABLES[kind], _should_be_found(kind)
    there = exists().where(RECORD.c.kind == kind, RECORD.c.record_id == table.c.id)
    asked = select(table.c.id).where(table.c.id > after, ~there, *wanted)
    return [str(id) for id in connection.execute(asked.order_by(table.c.id).limit(limit)).scalars()]


def _should_be_found(kind: str) -> list[ColumnElement[bool]]:
    """Documents by their number, where they belong to a finding or inspection and to no criminal referral."""
    if kind != OF_DOCUMENT:
        return []
    owned = (exists().where(one.c.id == DOCUMENT.c.record_id) for one in (FINDING, INSPECTION))
    return [DOCUMENT.c.doc_no.is_not(None), or_(*owned)]


def rows(connection: Connection, kind: str, ids: Sequence[str]) -> Sequence[Row[Any]]:
    """These records as the search is made from them; an inspection beside the name of its party."""
    table = _TABLES[kind]
    asked: Any = select(*(table.c[name] for name in _MADE_FROM[kind]))
    if kind == OF_INSPECTION:
        asked = asked.add_columns(PARTY.c.name.label("party")).join(PARTY, PARTY.c.id == table.c.party_id)
    return connection.execute(asked.where(table.c.id.in_(ids)).order_by(table.c.id)).all()


_MADE_FROM = {
    OF_PARTY: ("id", "name", "detail"),
    OF_FINDING: ("id", "search_text"),
    OF_INSPECTION: ("id", "plan_no", "task_no", "reference"),
    OF_DOCUMENT: ("id", "doc_no"),
}
_TABLES: dict[str, Table] = {
    OF_PARTY: PARTY,
    OF_FINDING: FINDING,
    OF_INSPECTION: INSPECTION,
    OF_DOCUMENT: DOCUMENT,
}
