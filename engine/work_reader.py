"""What waits for a person, in four groups, worst first: filtered, counted and sorted by the database."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import ColumnElement, Connection

from engine.comments import COMMENT
from engine.core.commands import CLOCK, IMPORTER, Principal
from engine.core.delegation import may_take
from engine.cursor import Cursors
from engine.projections.asked import Asked, Query
from engine.projections.filters import PAGING
from engine.projections.history import timeline_item
from engine.projections.instants import recorded
from engine.projections.lines import finding_lines
from engine.projections.paging import Page, page_asked
from engine.projections.privacy import knows_particulars
from engine.projections.sources import ReadClock, Sources
from engine.projections.work import GROUPS, owned_states
from models.database import Database
from models.reading import figures, work
from models.reading.findings import OPEN, FindingFilter
from models.reading.lights import Position, position
from models.reading.listed import page_of_findings
from models.reading.scope import Scope, behalf, scope
from models.reading.work import BY_ROLE, DUE, HANDLED, SORTS, WorkFilter
from models.records import FINDING

FILTERS = ("whose", "todo", "department", "party", "domain", "q", "due_from", "due_to")
ASKED = ("group", "sort", *FILTERS, *PAGING)
WHOSE = (HANDLED, BY_ROLE)


def departures(sources: Sources, who: Principal) -> dict[str, tuple[tuple[str, str], ...]]:
    """Every step, as chart.trigger, that the person's roles take on findings and proceedings, with the (chart, state)
    pairs that it leads on from."""
    found: dict[str, dict[tuple[str, str], None]] = defaultdict(dict)
    for chart in ("finding", *sources.charts.kinds):
        for row in sources.charts[chart].rows:
            if row.source is not None and row.by & who.all_roles and may_take(who, row):
                found[f"{chart}.{row.trigger}"][chart, row.source] = None
    return {name: tuple(pairs) for name, pairs in found.items()}


@dataclass(frozen=True, slots=True)
class WorkReader:
    """Reads with the person's rights; a criminal referral is no part of it (law 9)."""

    database: Database
    sources: Sources
    clock: ReadClock
    cursors: Cursors

    def work(self, who: Principal, query: Query) -> dict[str, Any]:
        """{"as_of", "counts", "groups"}: what waits for this person, worst first; or one `group`, from a cursor on.

        `counts` tells how many wait with any of WHOSE, other filters applied. Items say beside the line of a list
        which proceedings are `open`, what a person did `latest`, and the latest `note`. Raises `parameter_invalid`.
        """
        asked = Asked(query, ASKED)
        named, sort = asked.code("group", GROUPS), asked.code("sort", (DUE, *SORTS)) or DUE
        if "cursor" in asked.given and named is None:
            asked.wrong("group", "missing")
        wanted = self._filter(asked, who)
        page = page_asked(self.cursors, who, "work", asked, self.clock.now())
        waits = figures.waiting_for(who, owned_states(self.sources.charts, who))
        anybody = [waits, *work.narrowed(replace(wanted, whose=None), who.handles_for)]
        with self.database.read(behalf(self.sources.office_id, who)) as connection:
            seen = scope(self.sources.office_id, who)
            counts = work.lights_of(connection, seen, anybody, who.handles_for, page.as_of)
            conditions = [waits, *work.narrowed(wanted, who.handles_for)]
            groups = [
                self._group(connection, seen, page, group, sort, conditions, _by_light(counts, wanted.whose))
                for group in ([named] if named else GROUPS)
            ]
            told = self._lines(connection, who, page, [place for group in groups for place in group["items"]])
        for group in groups:
            group["items"] = [told[place[3]] for place in group["items"]]
        return {"as_of": recorded(page.as_of), "counts": _by_whose(counts), "groups": groups}

    def _filter(self, asked: Asked, who: Principal) -> WorkFilter:
        steps = departures(self.sources, who)
        step = asked.code("todo", steps)
        words = (asked.text("q") or "").casefold().split()
        narrow = FindingFilter(
            department=asked.code("department", self.sources.departments),
            party=asked.text("party"),
            domain=asked.code("domain", self.sources.domains),
            words=tuple(dict.fromkeys(words)),
        )
        return WorkFilter(
            words=narrow,
            states=None if step is None else steps.get(step, ()),
            due_from=asked.day("due_from"),
            due_to=asked.day("due_to"),
            whose=asked.code("whose", WHOSE),
        )

    def _group(
        self,
        connection: Connection,
        seen: Scope,
        page: Page,
        group: str,
        sort: str,
        conditions: Sequence[ColumnElement[bool]],
        counts: Mapping[str, int],
    ) -> dict[str, Any]:
        """{"group", "count", "items", "next"}, items as places."""
        kept = {name: values for name, values in page.asked.given.items() if name in (*FILTERS, "sort")}
        onward = replace(page, asked=Asked({**kept, "group": [group]}, ASKED))
        after = None if page.after is None else position(page.after)
        # A light that nothing shows would be looked for in vain among all findings.
        shown = tuple(light for light in GROUPS[group] if counts.get(light) or (after and light == after[0]))
        places: list[Position] = []
        if shown and sort == DUE:
            wanted = FindingFilter(lights=shown, states=(OPEN,))
            places = page_of_findings(
                connection, seen, wanted, page.as_of, after, page.limit + 1, conditions
            ).found
        elif shown:
            places = work.sorted_places(
                connection, [seen(FINDING), *conditions], shown, page.as_of, sort, after, page.limit + 1
            )
        last = places[page.limit - 1] if len(places) > page.limit else None
        count = sum(counts.get(light, 0) for light in shown)
        answer = onward.answer([], last)
        return {"group": group, "count": count, "items": places[: page.limit], "next": answer["next"]}

    def _lines(
        self, connection: Connection, who: Principal, page: Page, places: Sequence[Position]
    ) -> dict[str, dict[str, Any]]:
        if not places:
            return {}
        ids = [place[3] for place in places]
        opened: dict[str, list[dict[str, str]]] = defaultdict(list)
        for one in work.open_proceedings(connection, ids):
            opened[one.finding_id].append({"id": one.id, "kind": one.kind, "state": one.state})
        latest = work.latest_entries(connection, ids, (CLOCK.login, IMPORTER.login))
        notes = work.latest_entries(connection, ids, (), COMMENT)
        lines = finding_lines(connection, self.sources, places, page.as_of)
        return {
            line["id"]: {
                **line,
                "open": opened[line["id"]],
                "latest": self._told(latest.get(line["id"]), knows_particulars(who, line["department"])),
                "note": self._told(notes.get(line["id"]), knows_particulars(who, line["department"])),
            }
            for line in lines
        }

    def _told(self, row: Any, particulars: bool) -> dict[str, Any] | None:
        return None if row is None else timeline_item(self.sources, row, (), particulars)


def _by_light(counts: Mapping[tuple[str, bool], int], whose: str | None) -> dict[str, int]:
    found: dict[str, int] = defaultdict(int)
    for (light, mine), count in counts.items():
        if whose is None or mine == (whose == HANDLED):
            found[light] += count
    return found


def _by_whose(counts: Mapping[tuple[str, bool], int]) -> dict[str, int]:
    def total(chosen: Iterable[bool]) -> int:
        return sum(count for (_, mine), count in counts.items() if mine in chosen)

    return {"all": total((True, False)), HANDLED: total((True,)), BY_ROLE: total((False,))}
