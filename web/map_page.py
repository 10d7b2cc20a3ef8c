"""The map of the charts: every state of an inspection, a finding and its proceedings, with how many are in it now."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Response

from engine.core.chart import Chart
from engine.projections.board import Number
from web.asking import Asked, Asking
from web.board_numbers import LIST, PATH, frame, number
from web.chart_map import HIGH, WIDE, drawn
from web.inspections_page import PATH as INSPECTIONS
from web.look import page
from web.problems import read_filtered
from web.routing import PageRoute
from web.wording import Words

router = APIRouter(route_class=PageRoute, include_in_schema=False)
LINE = {"zh": (10, 8), "en": (19, 16)}
"""How many letters of a title stand on the first line of a state, and on the second beside its number."""


@router.get(PATH + "/map")
def map_page(asking: Asked) -> Response:
    """Every chart drawn, and its states as a table."""
    reader = asking.house.reader.board
    told, query, problem = read_filtered(
        asking.query, asking.words, lambda query: reader.places(asking.who, query)
    )
    charts = [_chart(asking, name, states) for name, states in told["charts"].items()]
    return page(
        asking,
        "map.html",
        status=problem.status if problem else 200,
        problem=problem,
        **frame(asking, query, told["as_of"]),
        charts=charts,
    )


def _chart(asking: Asking, name: str, counted: Mapping[str, Number]) -> dict[str, Any]:
    chart, words = asking.house.charts[name], asking.words
    drawing = drawn(chart)
    return {
        "name": name,
        "title": words.of(chart),
        "counts": words("inspections.number" if name == "inspection" else "board.findings"),
        "width": drawing.width,
        "height": drawing.height,
        "wide": WIDE,
        "high": HIGH,
        "ways": [
            {
                "path": way.path,
                "back": way.back,
                "said": words.comma.join(words.of(chart.any_row(one)) for one in way.triggers),
            }
            for way in drawing.ways
        ],
        "states": [
            number(counted[state], INSPECTIONS if name == "inspection" else LIST)
            | {"place": place, **_state(words, chart, state)}
            for state, place in drawing.places.items()
        ],
    }


def _state(words: Words, chart: Chart, state: str) -> dict[str, Any]:
    known = chart.states[state]
    title = words.of(known)
    lines = _lines(title, *LINE[words.language])
    return {"state": state, "kind": known.kind, "title": title, "lines": lines, "cut": lines[-1][-1] == "…"}


def _lines(title: str, first: int, second: int) -> list[str]:
    """The title on one line or two of so many letters; the end of what is longer is cut."""
    if len(title) <= first:
        return [title]
    cut = title.rfind(" ", 0, first + 1)
    line = title[:cut] if cut > 0 else title[:first]
    rest = title[len(line) :].strip()
    return [line, rest if len(rest) <= second else rest[: second - 1] + "…"]
