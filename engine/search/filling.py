"""The search is filled from the records where it is empty or was made in another way: once, when a house opens."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import Connection, Row

from engine.core.search_words import DOCUMENT, FINDING, INSPECTION, PARTY
from engine.search.index import index_document, index_finding, index_inspection, index_party
from engine.writer import Writer
from models import search_filling
from models.database import Database

FORM = "2"
"""How keys are made; where it is another, the search is made anew."""
AT_ONCE = 200


def fill_search(database: Database, writer: Writer, office_id: str) -> None:
    """Every record of the office can be found; what was interrupted goes on where it stopped."""
    with database.read() as connection:
        if search_filling.is_filled(connection, FORM):
            return
    writer.submit(lambda connection: search_filling.begin(connection, office_id, FORM), always=True)
    for kind in (PARTY, INSPECTION, FINDING, DOCUMENT):
        last: str | None = ""
        while last is not None:
            last = writer.submit(_some(office_id, kind, last), always=True)
    writer.submit(lambda connection: search_filling.finish(connection, FORM), always=True)


def _some(office_id: str, kind: str, after: str) -> Callable[[Connection], str | None]:
    """The next records of that kind are found; the id of the last, None where there was none."""

    def act(connection: Connection) -> str | None:
        ids = search_filling.missing(connection, kind, after, AT_ONCE)
        _index(connection, office_id, kind, search_filling.rows(connection, kind, ids) if ids else ())
        return ids[-1] if ids else None

    return act


def _index(connection: Connection, office_id: str, kind: str, rows: Sequence[Row[Any]]) -> None:
    for row in rows:
        if kind == PARTY:
            index_party(connection, office_id, row.id, row.name, row.detail)
        elif kind == FINDING:
            index_finding(connection, office_id, row.id, row.search_text)
        elif kind == INSPECTION:
            numbers = (row.plan_no, row.task_no, row.reference)
            index_inspection(connection, office_id, row.id, row.party, numbers)
        else:
            index_document(connection, office_id, row.id, row.doc_no)
