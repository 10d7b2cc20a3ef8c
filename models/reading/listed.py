"""A page of findings in the order of every list: those whose clocks run, worst light first, then the others by number.

What runs is open, and few. The closed findings are nearly all that there are, and few of them may match a filter: the tally
tells beforehand about how many do, and between which ledger numbers. None: nothing is looked for. A few: they are looked
up by what they have in common, and sorted. Many: the list is walked in its order, from the first such number on, and of those
that are walked to a page looks at so many; one that comes out short so says how far it looked, and the next goes on from there.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, func, literal, not_, or_, select, union_all

from models.lead import CLOSED_IN, EVERY, HANDLER
from models.reading import led
from models.reading.closings import closings_within, led_to_within, months_of, whole_month
from models.reading.findings import CLOSED, NO_ROUTE, NOBODY, FindingFilter, matching, spellings
from models.reading.lights import (
    ALL,
    NONE,
    Position,
    findings_in_order,
    findings_without_light,
    without_due,
    without_light,
)
from models.reading.scope import Scope
from models.reading.tallied import ALL as EVERYTHING
from models.reading.tallied import CLOSING, DOMAIN, PROCEEDING_STATE, ROUTE, TALLY, VIOLATION, of_period
from models.reading.unled import aside
from models.records import FINDING, PROCEEDING
from models.searching import findings_that_may_hold


@dataclass(frozen=True, slots=True)
class _Bound:
    """At most how many findings match, between which ledger numbers, and what a few are looked up by."""

    count: int
    spans: Sequence[led.Span]
    leads: Sequence[ColumnElement[bool]] | None


@dataclass(frozen=True, slots=True)
class _Lead:
    """The conditions of the findings, and whether the order of the list leads to them; then how so many of that order are
    looked at, where not each of it may be one of them."""

    conditions: Sequence[ColumnElement[bool]]
    in_order: bool
    walk: led.Walk | None = None


@dataclass(frozen=True, slots=True)
class _Leads:
    """How open findings are come by, and how all are; of the closed ones what is known beforehand."""

    open: _Lead
    all: _Lead
    known: Sequence[_Bound] = ()


@dataclass(frozen=True, slots=True)
class Places:
    """The places of a page, and how far was looked where it came out short and more may follow."""

    found: list[Position]
    cut: Position | None = None


@dataclass(frozen=True, slots=True)
class _Facet:
    """What the tally counts of a filter, under which values, and the condition by which few such findings are looked up."""

    facet: str
    values: Sequence[ColumnElement[bool]]
    leads: Sequence[ColumnElement[bool]] | None


def page_of_findings(
    connection: Connection,
    seen: Scope,
    asked: FindingFilter,
    as_of: datetime,
    after: Position | None,
    limit: int,
    also: Sequence[ColumnElement[bool]] = (),
) -> Places:
    """The places of the next findings that match and are seen, with their ids."""
    lights = [light for light in ALL if not asked.lights or light in asked.lights]
    if asked.states == (CLOSED,) or asked.closed_from or asked.closed_before:
        lights = [light for light in lights if light == NONE]
    leads = _leads(connection, seen, asked)
    burning = [light for light in lights if light != NONE]
    found, cut = list[Position](), None
    if burning and not (after and after[0] == NONE):
        conditions, in_order = [*leads.open.conditions, *also], leads.open.in_order
        found = findings_in_order(connection, conditions, burning, as_of, after, limit, led=in_order)
    if NONE in lights and len(found) < limit:
        rest = after if after and after[0] == NONE else None
        others, cut = _without_light(connection, seen, asked, leads, rest, limit - len(found), also)
        found += others
    return Places(found, cut if len(found) < limit else None)


def _without_light(
    connection: Connection,
    seen: Scope,
    asked: FindingFilter,
    leads: _Leads,
    after: Position | None,
    limit: int,
    also: Sequence[ColumnElement[bool]],
) -> tuple[list[Position], Position | None]:
    """Open findings on which nothing runs and closed ones, by ledger number and id; and how far was looked for them."""
    still = asked.states != (CLOSED,) and not (asked.closed_from or asked.closed_before)
    ended = (not asked.states or CLOSED in asked.states) and asked.due_before is None
    closed = _closed(connection, seen, asked, leads, after) if ended else None
    last = closed.walk.last(connection) if closed is not None and closed.walk is not None else None
    parts: list[Select[Any]] = []
    if still and closed is leads.open:  # nothing tells them apart: one walk finds both
        both = [*closed.conditions, *also, without_due(closed.in_order)]
        return findings_without_light(connection, [without_light(both, after, limit)], limit), None
    if still:
        open = [*leads.open.conditions, *also, not_(FINDING.c.closed), FINDING.c.due_effective.is_(None)]
        parts.append(without_light(open, after, limit, last))
    if closed is not None and closed.walk is not None:
        parts.append(closed.walk.matching([*closed.conditions, *also], last, limit))
    elif closed is not None:
        in_order = [without_due()] if closed.in_order else []
        parts.append(without_light([*closed.conditions, *also, FINDING.c.closed, *in_order], after, limit))
    return findings_without_light(connection, parts, limit), last


def _leads(connection: Connection, seen: Scope, asked: FindingFilter) -> _Leads:
    """The findings of one party, reference or handler are looked up by it, those of a handler in their order.

    Of the others the open ones of an officer are looked up too, as they are few.
    """
    beside = [aside(seen)(FINDING), *matching(asked)]
    if asked.party is not None or asked.reference is not None:
        one = _Lead(beside, in_order=False)
        return _Leads(one, one)
    if asked.handler is not None:
        one = _Lead(beside, in_order=True)
        return _Leads(one, one)
    every = _Lead([seen(FINDING), *matching(asked)], in_order=True)
    if asked.officer is None:
        return _Leads(every, every)
    logins = spellings(asked.officer)
    worked = led.to_officer(connection, seen, asked.department, asked.officer, logins)
    still = _Lead([*beside, FINDING.c.id.in_(worked.open_ids)], in_order=False)
    return _Leads(still, every, [_Bound(worked.count, worked.spans, [FINDING.c.id.in_(worked.ids)])])


def _closed(
    connection: Connection, seen: Scope, asked: FindingFilter, leads: _Leads, after: Position | None
) -> _Lead | None:
    """How the closed findings are come by; None where there are none."""
    whole, beside = _is_whole(asked), [aside(seen)(FINDING), *matching(asked)]
    if not leads.all.in_order or (whole and _is_entered(connection, after)):
        return leads.all
    if whole:
        return _Lead([], True, led.walk(seen, asked.department, _along(asked)[0], after, whole=True))
    bounds = [*_tallied(connection, seen, asked), *leads.known]
    if any(not one.count for one in bounds):
        return None
    few = (one.leads for one in bounds if one.count <= led.FEW)
    looked_up = next((one for one in few if one is not None), None)
    if looked_up is None:
        looked_up = next(_by_what_was_written(connection, asked), None)
    if looked_up is not None:
        return _Lead([*beside, *looked_up], in_order=False)
    key, narrower = _along(asked)
    walk = led.walk(seen, asked.department, key, after, [one.spans for one in bounds], narrower)
    return _Lead([*beside, FINDING.c.closed], True, walk)


def _along(asked: FindingFilter) -> tuple[str, Sequence[ColumnElement[bool]]]:
    """The key of the leads that are walked along, which all that match have, and what is asked of the leads."""
    times = asked.closed_from, asked.closed_before
    narrower = [led_to_within(*times)] if any(times) else []
    if asked.handler not in (None, NOBODY):
        return HANDLER + asked.handler, narrower
    month = whole_month(*times)
    return (EVERY, narrower) if month is None else (CLOSED_IN + month, ())


def _is_entered(connection: Connection, after: Position | None) -> bool:
    """True where an index of the findings is entered at the place; PostgreSQL enters it at its beginning alone.

    On SQLite what leads to the place would take longer, wherever it is.
    """
    return after is None or connection.dialect.name != "postgresql"


def _is_whole(asked: FindingFilter) -> bool:
    """True where each that the order leads to is one of them: of the office, of a department or of who handles them."""
    narrowed = replace(asked, states=(), lights=())
    by_handler = asked.handler not in (None, NOBODY)
    rest = replace(narrowed, handler=None) if by_handler else replace(narrowed, department=None)
    return rest == FindingFilter()


def _tallied(connection: Connection, seen: Scope, asked: FindingFilter) -> list[_Bound]:
    """What the tally knows of the closed findings."""
    facets = list(_facets(seen, asked))
    told = _told(connection, seen, asked, facets) if facets else []
    return [
        _Bound(count, [(first, last)], facet.leads)
        for (count, first, last), facet in zip(told, facets, strict=True)
    ]


def _facets(seen: Scope, asked: FindingFilter) -> Iterator[_Facet]:
    columns, value = PROCEEDING.c, TALLY.c.value
    if asked.discovered_from or asked.discovered_before:
        yield _Facet(EVERYTHING, [value == ""], ())
    if asked.violation is not None:
        yield _Facet(VIOLATION, [value == asked.violation], ())
    if asked.domain is not None:
        yield _Facet(DOMAIN, [value == asked.domain], ())
    if asked.closed_from or asked.closed_before:
        within = closings_within(seen, asked.department, asked.closed_from, asked.closed_before)
        months = months_of(value, asked.closed_from, asked.closed_before)
        yield _Facet(CLOSING, months, [FINDING.c.id.in_(within)])
    if asked.proceedings:
        places = [and_(columns.kind == kind, columns.state == state) for kind, state in asked.proceedings]
        leads = [FINDING.c.id.in_(select(columns.finding_id).where(or_(*places)))]
        named = [".".join(place) for place in asked.proceedings]
        yield _Facet(PROCEEDING_STATE, [value.in_(named)], leads)
    if asked.routes:
        of_kind = FINDING.c.id.in_(select(columns.finding_id).where(columns.kind.in_(asked.routes)))
        yield _Facet(ROUTE, [value.in_(asked.routes)], None if NO_ROUTE in asked.routes else [of_kind])


def _told(
    connection: Connection, seen: Scope, asked: FindingFilter, facets: Sequence[_Facet]
) -> list[tuple[int, str, str]]:
    """For each facet at most how many closed findings have it, and the first and last of their ledger numbers."""
    columns, mine = TALLY.c, [seen(TALLY)]
    if asked.department is not None:
        mine.append(TALLY.c.department == asked.department)
    parts: list[Any] = [
        select(literal(place).label("place"), columns.count, columns.first_no, columns.last_no).where(
            *mine, columns.facet == one.facet, *one.values, columns.count > 0, *days
        )
        for place, one in enumerate(facets)
        for days in of_period(asked.discovered_from, asked.discovered_before)
    ]
    every = union_all(*parts).subquery().c
    told = select(every.place, func.sum(every.count), func.min(every.first_no), func.max(every.last_no))
    found = {row[0]: (int(row[1]), row[2], row[3]) for row in connection.execute(told.group_by(every.place))}
    return [found.get(place, (0, "", "")) for place in range(len(facets))]


def _by_what_was_written(
    connection: Connection, asked: FindingFilter
) -> Iterator[Sequence[ColumnElement[bool]]]:
    """The findings that hold the words, where they are few."""
    for holding in findings_that_may_hold(connection, asked.words) if asked.words else ():
        if _are_few(connection, holding):
            yield [FINDING.c.id.in_(holding)]


def _are_few(connection: Connection, ids: Any) -> bool:
    some = ids.limit(led.FEW + 1).subquery()
    return int(connection.execute(select(func.count()).select_from(some)).scalar_one()) <= led.FEW
