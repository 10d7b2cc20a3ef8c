"""The figures of the supervisor's board: each with what a list of findings is asked to show exactly that many."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from engine.core.calendar import WorkingCalendar
from engine.projections.instants import CIVIL
from engine.projections.sources import Sources
from models.reading.board import LATE, Load
from models.reading.figures import Tally
from models.reading.findings import CLOSED, NO_ROUTE, NOBODY, OPEN
from models.reading.lights import LIGHTS, NONE
from models.reading.pace import Stay

AGES = (5, 10, 20, 60)
"""Where the ages of what is open are divided, in working days since it was discovered; the last class is older."""

MONTHS = 12
"""How many months the trend shows, the present one included."""

Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Number:
    """A count with the parameters of the list of findings that has that many rows."""

    name: str
    count: int
    asked: Pairs


@dataclass(frozen=True, slots=True)
class Base:
    """What the whole board was asked for."""

    department: str | None
    since: date | None
    until: date | None

    def number(self, name: str, count: int, *more: tuple[str, str], **narrower: Any) -> Number:
        """The count under these parameters too; `since` and `until` narrow the period, `department` takes its place."""
        department = narrower.get("department", self.department)
        since = max((one for one in (self.since, narrower.get("since")) if one), default=None)
        until = min((one for one in (self.until, narrower.get("until")) if one), default=None)
        named = (("from", since), ("to", until), ("department", department))
        return Number(name, count, (*((key, str(value)) for key, value in named if value), *more))


LATE_PAIRS: Pairs = tuple(("light", light) for light in LATE)
IN_TIME_PAIRS: Pairs = tuple(("light", light) for light in LIGHTS if light not in LATE)


def conservation(base: Base, tallies: Sequence[Tally]) -> dict[str, Number]:
    """found = open + closed; of the open ones how many are overdue."""
    found, closed = _sum(tallies), _sum(one for one in tallies if one.closed)
    late = _sum(one for one in tallies if one.light in LATE)
    return {
        "found": base.number("found", found),
        "open": base.number("open", found - closed, ("state", OPEN)),
        "closed": base.number("closed", closed, ("state", CLOSED)),
        "overdue": base.number("overdue", late, *LATE_PAIRS),
    }


def heat(base: Base, sources: Sources, tallies: Sequence[Tally]) -> list[dict[str, Any]]:
    """For each department that has findings: the open ones by light (`none`: no clock runs), and how many in all."""
    places = {code: place for place, code in enumerate(sources.departments)}
    codes = sorted(
        {one.department for one in tallies}, key=lambda code: (places.get(code, len(places)), code)
    )
    return [_department(base, code, [one for one in tallies if one.department == code]) for code in codes]


def _department(base: Base, code: str, tallies: Sequence[Tally]) -> dict[str, Any]:
    def number(name: str, count: int, *more: tuple[str, str]) -> Number:
        return base.number(f"by_department.{code}.{name}", count, *more, department=code)

    still = [one for one in tallies if not one.closed]
    return {
        "department": code,
        "found": number("found", _sum(tallies)),
        "open": number("open", _sum(still), ("state", OPEN)),
        "closed": number("closed", _sum(tallies) - _sum(still), ("state", CLOSED)),
        "lights": {
            light: number(
                light,
                _sum(one for one in still if one.light == light),
                *((("state", OPEN),) if light == NONE else ()),
                ("light", light),
            )
            for light in (*LIGHTS, NONE)
        },
    }


def flow(base: Base, sources: Sources, counted: Iterable[tuple[str, str, int]]) -> list[dict[str, Any]]:
    """For each route and for none: how many findings took it, and in which states these are now, closed last."""
    by_route: dict[str, dict[str, int]] = {}
    for route, state, count in counted:
        by_route.setdefault(route, {})[state] = count
    states = list(sources.charts["finding"].states)
    return [
        {
            "route": route,
            "found": base.number(f"flow.{route}", sum(held.values()), ("route", route)),
            "states": [
                {
                    "state": state,
                    "number": base.number(
                        f"flow.{route}.{state}", held[state], ("route", route), ("state", state)
                    ),
                }
                for state in states
                if state in held
            ],
        }
        for route in (*sources.charts.kinds, NO_ROUTE)
        if (held := by_route.get(route))
    ]


def age_edges(calendar: WorkingCalendar, today: date) -> list[date]:
    """For each of AGES the first day of discovery since which no more than so many working days have passed."""
    return [calendar.add(today + timedelta(days=1), -(days + 1)) for days in AGES]


def midnight(day: date) -> datetime:
    """The first instant of the day in Asia/Shanghai."""
    return datetime.combine(day, time(), CIVIL)


def ages(base: Base, edges: Sequence[date], counted: Mapping[tuple[int, bool], int]) -> list[dict[str, Any]]:
    """The classes of age from young to old: `low` and `high` working days (None: no end), open, and overdue of these."""
    lows, highs = (0, *(days + 1 for days in AGES)), (*AGES, None)
    shown = []
    for place, (low, high) in enumerate(zip(lows, highs, strict=True)):
        since = edges[place] if place < len(edges) else None
        until = edges[place - 1] - timedelta(days=1) if place else None
        late = counted.get((place, True), 0)
        number = base.number(
            f"age.{low}", late + counted.get((place, False), 0), ("state", OPEN), since=since, until=until
        )
        overdue = base.number(f"age.{low}.overdue", late, *LATE_PAIRS, since=since, until=until)
        shown.append({"low": low, "high": high, "open": number, "overdue": overdue})
    return shown


def pace(
    stays: Iterable[Stay], now_in: Mapping[str, Mapping[str, Number]], sources: Sources
) -> list[dict[str, Any]]:
    """Open states that were left, slowest first: `half` and `most` days, `count` stays, and `now`, how many are there."""
    timed = [one for one in stays if _open_state(sources, one)]
    return [
        {
            "chart": one.chart,
            "state": one.state,
            "half": round(max(one.half, 0.0), 1),
            "most": round(max(one.most, 0.0), 1),
            "count": one.count,
            "now": now_in[one.chart][one.state],
        }
        for one in sorted(timed, key=lambda one: (-one.most, -one.half, one.chart, one.state))
    ]


def _open_state(sources: Sources, stay: Stay) -> bool:
    state = sources.charts[stay.chart].states.get(stay.state)
    return state is not None and state.kind == "open"


def months_until(today: date) -> list[date]:
    """The first days of the present month and those before it, latest first, MONTHS of them."""
    first, found = today.replace(day=1), []
    for _ in range(MONTHS):
        found.append(first)
        first = (first - timedelta(days=1)).replace(day=1)
    return found


def trend(
    base: Base, months: Sequence[date], found: Mapping[tuple[int, bool], int], closed: Mapping[int, int]
) -> list[dict[str, Any]]:
    """Month by month, oldest first: found in it, closed in it, and of those found in it how many are overdue now."""
    shown = []
    for place, first in reversed(list(enumerate(months))):
        last = (first + timedelta(days=32)).replace(day=1) - timedelta(days=1)
        late, name = found.get((place, True), 0), f"month.{first:%Y-%m}"
        within = {"since": first, "until": last}
        ended = (("closed_from", first.isoformat()), ("closed_to", last.isoformat()))
        shown.append(
            {
                "month": f"{first:%Y-%m}",
                "found": base.number(f"{name}.found", late + found.get((place, False), 0), **within),
                "closed": base.number(f"{name}.closed", closed.get(place, 0), *ended),
                "overdue": base.number(f"{name}.overdue", late, *LATE_PAIRS, **within),
            }
        )
    return shown


def load_line(base: Base, load: Load, before: date) -> dict[str, Any]:
    """What an officer has open, how much of it is overdue, and how much is due before that day."""
    handler = load.handler or NOBODY

    def number(part: str, count: int, *more: tuple[str, str]) -> Number:
        name, whose = f"load.{load.department}.{handler}.{part}", ("handler", handler)
        return base.number(name, count, whose, *more, department=load.department)

    return {
        "department": load.department,
        "handler": load.handler,
        "open": number("open", load.open, ("state", OPEN)),
        "overdue": number("overdue", load.overdue, *LATE_PAIRS),
        "due": number("due", load.due, *IN_TIME_PAIRS, ("due_before", before.isoformat())),
    }


def chart_states(
    base: Base, sources: Sources, states: Mapping[str, int], in_states: Mapping[tuple[str, str], int]
) -> dict[str, dict[str, Number]]:
    """For the chart of the finding and each of its proceedings: the state → how many findings are in it."""
    shown = {
        "finding": {
            state: base.number(f"state.{state}", states.get(state, 0), ("state", state))
            for state in sources.charts["finding"].states
        }
    }
    for kind in sources.charts.kinds:
        shown[kind] = {
            state: base.number(
                f"state.{kind}.{state}", in_states.get((kind, state), 0), ("proceeding", f"{kind}.{state}")
            )
            for state in sources.charts[kind].states
        }
    return shown


def inspection_states(base: Base, sources: Sources, states: Mapping[str, int]) -> dict[str, Number]:
    """For the chart of the inspection: the state → how many inspections are in it, with what their list is asked for."""
    return {
        state: base.number(f"state.inspection.{state}", states.get(state, 0), ("state", state))
        for state in sources.charts["inspection"].states
    }


def _sum(tallies: Iterable[Tally]) -> int:
    return sum(one.count for one in tallies)
