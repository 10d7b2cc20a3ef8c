"""The figures of the ledger, each with the path of the list that gives exactly that number."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from engine.projections.sources import Sources
from models.reading.figures import Tally

LIST = "/api/v1/findings"
CLOSED = "closed"
NOBODY: tuple[tuple[str, str], ...] = (("state", CLOSED), ("light", "green"))
"""A filter that no finding matches, as a closed one burns no light."""

Pairs = Sequence[tuple[str, str]]


def _number(count: int, base: Pairs, *more: tuple[str, str]) -> dict[str, Any]:
    asked = urlencode([*base, *more])
    return {"count": count, "filter": f"{LIST}?{asked}" if asked else LIST}


def split_numbers(found: int, closed: int, base: Pairs, *more: tuple[str, str]) -> dict[str, Any]:
    """found = open + closed, each with its list."""
    return {
        "found": _number(found, base, *more),
        "open": _number(found - closed, base, *more, ("state", "open")),
        "closed": _number(closed, base, *more, ("state", CLOSED)),
    }


def state_numbers(found: int, state: str, base: Pairs) -> dict[str, Any]:
    """The findings in one state are all open or all closed; as several `state` mean any, NOBODY says 0."""
    all_of_it, nothing = _number(found, base, ("state", state)), _number(0, base, *NOBODY)
    if state == CLOSED:
        return {"found": all_of_it, "open": nothing, "closed": all_of_it}
    return {"found": all_of_it, "open": all_of_it, "closed": nothing}


def _sums(tallies: Iterable[Tally], name: str) -> dict[str, tuple[int, int]]:
    """Found and closed per value of one column."""
    sums: dict[str, tuple[int, int]] = {}
    for tally in tallies:
        found, closed = sums.get(getattr(tally, name), (0, 0))
        sums[getattr(tally, name)] = (found + tally.count, closed + tally.count * tally.closed)
    return sums


def ledger_figures(
    sources: Sources, tallies: Sequence[Tally], routes: Mapping[str, tuple[int, int]], base: Pairs
) -> dict[str, Any]:
    """found, open, closed and the four partitions; `base` is the period and department asked for."""
    found = sum(tally.count for tally in tallies)
    closed = sum(tally.count for tally in tallies if tally.closed)
    departments = _sums(tallies, "department")
    states, lights = _sums(tallies, "state"), _sums(tallies, "light")
    undivided = [pair for pair in base if pair[0] != "department"]
    chart, kinds = sources.charts["finding"], sources.charts.dictionary["kinds"]
    return {
        **split_numbers(found, closed, base),
        "by_department": [
            {"department": code, "zh": sources.departments.get(code, code)}
            | split_numbers(*departments[code], undivided, ("department", code))
            for code in _in_order(departments, sources.departments)
        ],
        "by_route": [
            {"route": kind, "zh": kinds[kind]["zh"]}
            | split_numbers(*routes.get(kind, (0, 0)), base, ("route", kind))
            for kind in sources.charts.kinds
        ],
        "by_state": [
            {"state": state.name, "zh": state.zh}
            | state_numbers(states.get(state.name, (0, 0))[0], state.name, base)
            for state in chart.states.values()
        ],
        "by_light": [
            {"light": code, "zh": word.zh} | split_numbers(*lights.get(code, (0, 0)), base, ("light", code))
            for code, word in sources.lights.items()
        ],
    }


def _in_order(counted: Mapping[str, Any], departments: Mapping[str, str]) -> list[str]:
    """The departments that have findings, in the order of the office."""
    places = {code: place for place, code in enumerate(departments)}
    return sorted(counted, key=lambda code: (places.get(code, len(places)), code))
