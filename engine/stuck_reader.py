"""Open records without a clock, an owner or a step that leads on (law 3); in a sound house there are none."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from sqlalchemy import Connection

from engine.core.commands import Principal
from engine.core.refusals import Refusal
from engine.core.stuck import FINDING, LACKS, Need, needs_of
from engine.core.visibility import OFFICE_WIDE, reads_findings
from engine.cursor import Cursors
from engine.projections.asked import Asked, Query
from engine.projections.filters import PAGING
from engine.projections.paging import page_asked
from engine.projections.sources import ReadClock, Sources
from engine.projections.stuck import stuck_item
from models.database import Database
from models.reading import stuck
from models.reading.scope import Scope, behalf, every_record, scope
from models.reading.stuck import Measure

PARAMETERS = ("department", "lacks", *PAGING)
SWEPT_WITHIN = timedelta(hours=1)
"""The sweep moves on what is done every minute; what it left for so long, it will not move."""


class StuckReader:
    """For whoever reads findings, within what they see of them; criminal referrals are no part of any answer."""

    def __init__(self, database: Database, sources: Sources, clock: ReadClock, cursors: Cursors) -> None:
        self._database, self._sources, self._clock, self._cursors = database, sources, clock, cursors

    @cached_property
    def _needs(self) -> Mapping[tuple[str, str], Need]:
        """What a record in each open state needs; made when it is first asked for."""
        return {(need.chart, need.state.name): need for need in needs_of(self._sources.charts)}

    def page(self, who: Principal, query: Query) -> dict[str, Any]:
        """A page of such records, oldest finding first; raises `not_yours` and `parameter_invalid`."""
        if not reads_findings(who):
            raise Refusal("not_yours")
        asked = Asked(query, PARAMETERS)
        department, lacks = asked.code("department", self._sources.departments), asked.code("lacks", LACKS)
        page = page_asked(self._cursors, who, "stuck", asked, self._clock.now())
        after = None if page.after is None else (str(page.after[0]), str(page.after[1]))
        seen = scope(self._sources.office_id, who)
        with self._database.read(behalf(self._sources.office_id, who)) as connection:
            departments = self._departments(connection, seen, department)
            measure = self._measure(connection, departments, page.as_of)
            rows = stuck.page_of_stuck(connection, seen, measure, departments, lacks, after, page.limit + 1)
        shown = rows[: page.limit]
        last = (shown[-1].finding_id, shown[-1].proceeding_id) if len(rows) > page.limit else None
        return page.answer([stuck_item(self._sources, self._needs, row) for row in shown], last)

    def count(self, who: Principal, department: str | None = None) -> int:
        """How many such records the person sees, of that department or of all; each counts once."""
        seen = scope(self._sources.office_id, who)
        with self._database.read(behalf(self._sources.office_id, who)) as connection:
            departments = self._departments(connection, seen, department)
            measure = self._measure(connection, departments, self._clock.now())
            return stuck.count_of_stuck(connection, seen, measure, departments)

    def by_lack(self) -> dict[str, int]:
        """How many records of the whole office lack a clock, an owner, a step; one that lacks two counts twice."""
        everything = every_record(self._sources.office_id)
        with self._database.read() as connection:
            departments = self._departments(connection, everything, None)
            measure = self._measure(connection, departments, self._clock.now())
            return stuck.stuck_by_lack(connection, everything, measure, departments)

    def _departments(self, connection: Connection, seen: Scope, asked: str | None) -> Sequence[str]:
        return [asked] if asked else sorted(stuck.departments_with_open_findings(connection, seen))

    def _measure(self, connection: Connection, departments: Sequence[str], as_of: datetime) -> Measure:
        """What the records of these departments are held against: the charts, and the accounts of this moment."""
        held = _held(stuck.roles_held(connection, self._sources.office_id), departments)
        return Measure(
            clocked=self._states(lambda need: need.clocked),
            borne=self._states(lambda need: need.borne).get(FINDING, ()),
            untouched_since=as_of - SWEPT_WITHIN,
            ownerless={one: self._ownerless(held[one]) for one in departments},
            stepless={one: self._stepless(held[one]) for one in departments},
        )

    def _ownerless(self, held: frozenset[str]) -> dict[str, list[str]]:
        return self._states(lambda need: not need.owned(held))

    def _stepless(self, held: frozenset[str]) -> dict[str, list[str]]:
        return self._states(lambda need: not need.led_on(held))

    def _states(self, which: Callable[[Need], bool]) -> dict[str, list[str]]:
        """By chart, the states of which that is true."""
        found: dict[str, list[str]] = defaultdict(list)
        for need in self._needs.values():
            if which(need):
                found[need.chart].append(need.state.name)
        return dict(found)


def _held(
    accounts: Iterable[tuple[str, Collection[str]]], departments: Sequence[str]
) -> dict[str, frozenset[str]]:
    """By department the roles somebody there holds, and those that are held for the whole office."""
    everywhere: set[str] = set()
    there: dict[str, set[str]] = defaultdict(set)
    for department, roles in accounts:
        there[department] |= set(roles)
        everywhere |= OFFICE_WIDE & set(roles)
    return {one: frozenset(there[one] | everywhere) for one in departments}
