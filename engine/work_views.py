"""Filters of /work that a person gave a name to: theirs alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from sqlalchemy import Connection

from engine.core.commands import Principal
from engine.core.fact_types import CONTROL
from engine.core.refusals import Faults
from engine.projections.sources import ReadClock
from engine.work_reader import FILTERS
from engine.writer import Writer
from models import work_views
from models.database import Database

if TYPE_CHECKING:
    from engine.house import House

KEPT = frozenset({*FILTERS, "sort"})
"""What of the address a saved filter keeps."""
NAME_LENGTH_MAX = 40
QUERY_LENGTH_MAX = 1000
VIEWS_MAX = 20
"""As many as fit into a row of links."""


@dataclass(frozen=True, slots=True)
class WorkViews:
    """The saved filters of an office's people."""

    database: Database
    writer: Writer
    clock: ReadClock
    office_id: str

    @classmethod
    def of(cls, house: House) -> WorkViews:
        """Those of that house."""
        return cls(house.database, house.writer, house.clock, house.office.office_id)

    def all(self, who: Principal) -> dict[str, str]:
        """Name → query of /work, by name."""
        with self.database.read() as connection:
            rows = work_views.views_of(connection, who.login.casefold())
        return {row.name: row.query for row in rows}

    def save(self, who: Principal, name: str, query: str) -> None:
        """The person's filter of that name is this query; raises `facts_invalid`."""
        faults, kept = Faults(), self.all(who)
        if not name:
            faults.add("/name", "missing")
        elif len(name) > NAME_LENGTH_MAX:
            faults.add("/name", "range")
        elif CONTROL.search(name):
            faults.add("/name", "format")
        elif name not in kept and len(kept) >= VIEWS_MAX:
            faults.add("/name", "too_many")
        if len(query) > QUERY_LENGTH_MAX or CONTROL.search(query):
            faults.add("/query", "range")
        elif any(key not in KEPT for key, _ in parse_qsl(query, keep_blank_values=True)):
            faults.add("/query", "unknown_field")
        faults.refuse()
        row = {
            "login_key": who.login.casefold(),
            "name": name,
            "office_id": self.office_id,
            "query": query,
            "saved_at": self.clock.now(),
        }
        self.writer.submit(lambda connection: work_views.replace_view(connection, row))

    def forget(self, who: Principal, name: str) -> None:
        """The person has no filter of that name."""

        def write(connection: Connection) -> None:
            work_views.delete_view(connection, who.login.casefold(), name)

        self.writer.submit(write)
