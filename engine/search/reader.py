"""What is found by typing it, as far as the person sees it: parties, findings, inspections and documents."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Row

from engine.core import search_words
from engine.core.commands import Principal
from engine.core.search_words import Sought, sought
from engine.cursor import Cursors
from engine.projections.asked import Asked, Query
from engine.projections.filters import PAGING
from engine.projections.instants import recorded
from engine.projections.paging import Page, page_asked
from engine.projections.sources import ReadClock, Sources
from engine.search.lines import LINES
from models import search_leading, searching
from models.database import Database
from models.reading.scope import behalf, particulars, scope
from models.searching import Seen, Wanted

KINDS: Mapping[str, str] = {
    "parties": search_words.PARTY,
    "findings": search_words.FINDING,
    "inspections": search_words.INSPECTION,
    "documents": search_words.DOCUMENT,
}
OVERVIEW = 10
"""How many of each kind are told where nobody asked for one kind."""


class SearchReader:
    """Looks things up with the rights of this moment; what is hidden is found as little as what never was."""

    def __init__(self, database: Database, sources: Sources, clock: ReadClock, cursors: Cursors) -> None:
        self._database, self._sources, self._clock, self._cursors = database, sources, clock, cursors

    def search(self, who: Principal, query: Query) -> dict[str, Any]:
        """{"as_of", "groups"}: of each kind the best hits, whole lines first, then the newest; or one `kind`, paged.

        Nothing where nothing is asked.

        A group is {"kind", "items", "next", "cut"}; an item is that of its list with `exact` and `matches`, each of
        them a field and its text in parts, `[text, hit]`. A group is cut where the words are each so common that only
        the newest records were looked at for this page, however few items it has; `next` goes on from there. Raises
        `parameter_invalid`.
        """
        asked = Asked(query, ("q", "kind", *PAGING))
        words, named = asked.text("q"), asked.code("kind", KINDS)
        if "cursor" in asked.given and named is None:
            asked.wrong("kind", "missing")
        page = page_asked(self._cursors, who, "search", asked, self._clock.now())
        with self._database.read(behalf(self._sources.office_id, who)) as connection:
            groups = self._groups(connection, page, [named] if named else list(KINDS), sought(words or ""))
        return {"as_of": recorded(page.as_of), "groups": groups}

    def _groups(
        self, connection: Connection, page: Page, kinds: Sequence[str], wanted: Sought | None
    ) -> list[dict[str, Any]]:
        if wanted is None:
            return [{"kind": kind, "items": [], "next": None, "cut": False} for kind in kinds]
        leading = search_leading.leading(connection, [KINDS[kind] for kind in kinds], wanted)
        office = self._sources.office_id
        return [
            self._group(connection, page, kind, Wanted(KINDS[kind], wanted, leading[KINDS[kind]], office))
            for kind in kinds
        ]

    def _group(self, connection: Connection, page: Page, kind: str, wanted: Wanted) -> dict[str, Any]:
        asked = Asked({**page.asked.given, "kind": [kind]}, ("q", "kind", *PAGING))
        limit = page.limit if "kind" in page.asked.given or "limit" in page.asked.given else OVERVIEW
        one = Page(page.cursors, page.who, page.name, asked, page.as_of, page.after, limit)
        seen = Seen(scope(wanted.office_id, page.who), particulars(wanted.office_id, page.who))
        after = None if page.after is None else (int(page.after[0]), int(page.after[1]))
        found = searching.page(connection, seen, wanted, after, limit + 1)
        rows = found.rows[:limit]
        items = self._items(connection, one, kind, wanted.sought, rows)
        onward = (rows[-1].rank, rows[-1].n) if len(found.rows) > limit else found.cut
        answer = one.answer(items, onward)
        return {"kind": kind, "items": items, "next": answer["next"], "cut": found.cut is not None}

    def _items(
        self, connection: Connection, page: Page, kind: str, wanted: Sought, rows: Sequence[Row[Any]]
    ) -> list[dict[str, Any]]:
        if not rows:
            return []
        exact = {row.record_id: row.rank == searching.EXACT for row in rows}
        lines = LINES[kind](connection, self._sources, page, wanted, list(exact))
        return [{**line, "exact": exact[line["id"]]} for line in lines]
